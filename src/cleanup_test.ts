/** Leftovers: temporaries of known names go, everything else stays. */
import { assertEquals } from "@std/assert";
import { contents, inFolder } from "../tests/program.ts";
import { removeLeftovers } from "./cleanup.ts";
import { makeManifest, settleManifest } from "./manifest.ts";
import { planOf } from "../tests/run_fixture.ts";
import { SeriesWriter } from "./series_file.ts";
import { TextFile } from "./text_file.ts";

const UUID = "01234567-89ab-cdef-0123-456789abcdef";
const TEMPORARIES = [
  `run.json.${UUID}.tmp`,
  `results.csv.${UUID}.tmp`,
  `.probe-${UUID}`,
  "x.dat.0-1-0.tmp",
  "mc_data/b1_m0.5.dat.12-3-45.tmp",
  `mc_data/deep/er/x.${UUID}.tmp`,
];
const KEPT = [
  "run.json",
  "results.csv",
  "notes.tmp",
  "x.dat.0-1.tmp",
  "x.dat.0-1-0.tmp.txt",
  "x.dat.a-1-0.tmp",
  "x.dat.0-1-0-2.tmp",
  `x.${UUID}`,
  `x.${UUID}0.tmp`,
  `x.${UUID.slice(1)}.tmp`,
  `probe-${UUID}`,
  `.probe-${UUID}.txt`,
  ".probe-",
  "ledger/0-1.ndjson",
  "mc_data/b1_m0.5.dat",
  "mc_data/deep/er/x",
];

const DEEP = { isDeep: true, living: () => new Set<string>() };

function write(folder: string, paths: readonly string[]): void {
  for (const path of paths) {
    const below = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
    Deno.mkdirSync(`${folder}/${below}`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/${path}`, path);
  }
}

Deno.test("removeLeftovers() removes temporaries of known names, in folders too", async () => {
  await inFolder(async (folder) => {
    write(folder, [...TEMPORARIES, ...KEPT]);
    Deno.mkdirSync(`${folder}/folder.0-1-0.tmp`);
    removeLeftovers(folder, DEEP);
    const left = await contents(folder);
    assertEquals([...left.keys()].toSorted(), KEPT.toSorted());
    for (const [path, text] of left) assertEquals(text, path);
    assertEquals(Deno.statSync(`${folder}/folder.0-1-0.tmp`).isDirectory, true);
    removeLeftovers(folder, DEEP);
    assertEquals((await contents(folder)).size, KEPT.length);
  });
});

Deno.test("removeLeftovers() leaves folders alone unless it is to go deep", async () => {
  await inFolder(async (folder) => {
    write(folder, [...TEMPORARIES, ...KEPT]);
    removeLeftovers(folder, { isDeep: false, living: () => new Set() });
    const below = TEMPORARIES.filter((path) => path.includes("/"));
    assertEquals([...(await contents(folder)).keys()].toSorted(), [...KEPT, ...below].toSorted());
  });
});

Deno.test("removeLeftovers() leaves the series that living ranks are writing", async () => {
  await inFolder(async (folder) => {
    write(folder, ["x.dat.1-2-0.tmp", "x.dat.1-1-0.tmp", "x.dat.0-2-0.tmp", `x.${UUID}.tmp`]);
    removeLeftovers(folder, { isDeep: true, living: () => new Set(["1-2"]) });
    assertEquals([...(await contents(folder)).keys()], ["x.dat.1-2-0.tmp"]);
  });
});

Deno.test("removeLeftovers() follows no symbolic links, and removes none", async () => {
  await inFolder(async (outside) => {
    await inFolder((folder) => {
      write(outside, TEMPORARIES);
      Deno.symlinkSync(outside, `${folder}/mc_data`);
      Deno.symlinkSync(`${outside}/${TEMPORARIES[0]}`, `${folder}/x.dat.0-1-0.tmp`);
      Deno.symlinkSync("nowhere", `${folder}/y.dat.0-1-0.tmp`);
      Deno.symlinkSync(".", `${folder}/circle`);
      removeLeftovers(folder, DEEP);
      const names = [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();
      assertEquals(names, ["circle", "mc_data", "x.dat.0-1-0.tmp", "y.dat.0-1-0.tmp"]);
      return Promise.resolve();
    });
    assertEquals([...(await contents(outside)).keys()], TEMPORARIES.toSorted());
  });
});

Deno.test("removeLeftovers() removes what writers that died have left", async () => {
  await inFolder(async (folder) => {
    await settleManifest(folder, makeManifest(planOf({ b: [1] }), "", "/home"));
    const series = new SeriesWriter(folder);
    const file = series.begin("data/b1.dat", "0-1-0");
    using table = new TextFile(`${folder}/results.csv`);
    table.write("index\n");
    assertEquals((await contents(folder)).size, 3);
    removeLeftovers(folder, DEEP);
    assertEquals([...(await contents(folder)).keys()], ["run.json"]);
    // Their files are gone; what is left to do is to close them.
    file.abandon();
    table[Symbol.dispose]();
  });
});
