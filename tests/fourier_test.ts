/** `fourier` as a user runs it: lists, names, bad files, files that change, the same bytes. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodeImage } from "../src/image/decode.ts";
import { encodePng } from "../src/image/encode_png.ts";
import { gridiron, inFolder, pause, start } from "./program.ts";
import { root } from "./project.ts";

const PHOTOS = new URL("examples/photos/", root);
const HEADER = "index,image,operation,radius,units,noise,grey,observe,replica,width,height," +
  "energy_kept,rms_change,min,max";

/** A folder with `a.png`, `b.png`, … of a few pixels each, all different. */
function withImages(
  names: readonly string[],
  action: (folder: string) => Promise<void>,
): () => Promise<void> {
  return () =>
    inFolder(async (folder) => {
      for (const [i, name] of names.entries()) {
        const path = `${folder}/${name}`;
        await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
        await Deno.writeFile(path, smallPng(i + 1));
      }
      await action(folder);
    });
}

function smallPng(seed: number): Uint8Array {
  const grey = Uint8Array.from({ length: 12 * 10 }, (_, i) => (i * i * seed + 7 * i) % 256);
  return encodePng(12, 10, grey);
}

/** Every file of a run directory but its ledgers and run.json, as bytes. */
async function pictures(directory: string, below = ""): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(`${directory}/${below}`)) {
    const path = below + name;
    if (path === "ledger" || path === "run.json") continue;
    if (isDirectory) {
      for (const [inner, text] of await pictures(directory, `${path}/`)) files.set(inner, text);
    } else files.set(path, (await Deno.readFile(`${directory}/${path}`)).join());
  }
  return new Map([...files].sort(([a], [b]) => a < b ? -1 : 1));
}

async function rowsOf(folder: string): Promise<string[][]> {
  const text = await Deno.readTextFile(`${folder}/results.csv`);
  return text.trimEnd().split("\n").slice(1).map((line) => line.split(","));
}

Deno.test("fourier gives photographs and figures the same bytes by 1, 2 and 3 workers", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/photos`);
    for (const name of ["landscape.jpg", "micrograph.jpg", "chart.png"]) {
      await Deno.copyFile(new URL(name, PHOTOS), `${folder}/photos/${name}`);
    }
    const argv = ["photos/*.jpg", "photos/chart.png", "--radius", "25,50", "--figure"];
    const operations = ["--operation", "lowpass,highpass,noise,autocorrelation"];
    const seen: Map<string, string>[] = [];
    for (const workers of ["1", "2", "3"]) {
      const out = `optics${workers}`;
      const command = ["fourier", ...argv, ...operations, "-o", out, "--workers", workers];
      const { code, stderr } = await gridiron(folder, command);
      assertEquals(code, 0, stderr);
      assertMatch(stderr, /^21 points in /);
      seen.push(await pictures(`${folder}/${out}`));
    }
    const [first, ...others] = seen;
    for (const other of others) assertEquals(other, first);
    // A table, 21 pictures and as many figures.
    assertEquals(first!.size, 1 + 2 * 21);
    const blurred = await Deno.readFile(`${folder}/optics1/landscape_lowpass_r25.png`);
    const { width, height } = await decodeImage(blurred, { grey: "luma" });
    assertEquals([width, height], [620, 747]);
    const text = await Deno.readTextFile(`${folder}/optics1/results.csv`);
    assertEquals(text.split("\n")[0], HEADER);
  }));

Deno.test(
  "fourier makes a figure again that is gone or empty",
  withImages(["a.png"], async (folder) => {
    const argv = ["fourier", "a.png", "--radius", "1,2,3", "--figure", "-o", "out"];
    assertEquals((await gridiron(folder, argv)).code, 0);
    const before = await pictures(`${folder}/out`);
    await Deno.remove(`${folder}/out/figures/a_lowpass_r1.png`);
    await Deno.truncate(`${folder}/out/figures/a_lowpass_r3.png`);
    const status = await gridiron(folder, ["status", "out"]);
    assertEquals(status.code, 1);
    assertMatch(status.stdout, /missing points: 0, 2\n/);
    const again = await gridiron(folder, argv);
    assertMatch(again.stderr, /^2 series files have vanished .*\n3 points \(1 done before\)/);
    assertEquals(await pictures(`${folder}/out`), before);
  }),
);

Deno.test(
  "fourier counts a point once where a parameter has no influence",
  withImages(["a.png"], async (folder) => {
    const argv = ["fourier", "a.png", "--radius", "1,2,3", "--operation"];
    await gridiron(folder, [...argv, "lowpass,autocorrelation", "-o", "out"]);
    const rows = await rowsOf(`${folder}/out`);
    assertEquals(rows.map((row) => row.slice(0, 6)), [
      ["0", "a.png", "lowpass", "1", "bins", ""],
      ["1", "a.png", "lowpass", "2", "bins", ""],
      ["2", "a.png", "lowpass", "3", "bins", ""],
      ["3", "a.png", "autocorrelation", "", "", ""],
    ]);
    // Then the radius is not even asked for, and the row is the same.
    await gridiron(folder, ["fourier", "a.png", "--operation", "autocorrelation", "-o", "alone"]);
    const [alone] = await rowsOf(`${folder}/alone`);
    assertEquals(alone!.slice(1), rows[3]!.slice(1));
  }),
);

Deno.test(
  "fourier takes lists with any names",
  withImages(["with space.png", 'quo"te,.png', "new\nline.png", "-dash.png"], async (folder) => {
    const names = ["with space.png", 'quo"te,.png', "-dash.png"];
    await Deno.writeTextFile(`${folder}/list.txt`, names.join("\r\n") + "\r\n");
    const argv = ["fourier", "--from", "list.txt", "--radius", "2", "-o", "lines"];
    const { code, stderr } = await gridiron(folder, argv);
    assertEquals(code, 0, stderr);
    const table = await Deno.readTextFile(`${folder}/lines/results.csv`);
    assertStringIncludes(table, '\n1,"quo""te,.png",lowpass,2,');
    await Deno.writeTextFile(`${folder}/list.nul`, ["new\nline.png", ...names].join("\0"));
    const template = ["--series", "{id}.png"];
    const nul = ["fourier", "--from", "list.nul", "-0", "--radius", "2", ...template, "-o", "nul"];
    assertEquals((await gridiron(folder, nul)).code, 0);
    assertStringIncludes(
      await Deno.readTextFile(`${folder}/nul/results.csv`),
      '\n0,"new\nline.png"',
    );
    // A line feed in a picture's name is refused before anything runs.
    const refused = await gridiron(folder, [...nul.slice(0, 6), "-o", "refused"]);
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.stderr, "control characters");
  }),
);

Deno.test(
  "fourier makes again what comes of a changed file, and reads no other",
  withImages(["a.png", "b.png"], async (folder) => {
    const argv = ["fourier", "a.png", "b.png", "--radius", "1,2", "-o", "out"];
    await gridiron(folder, argv);
    const before = await pictures(`${folder}/out`);
    await Deno.writeFile(`${folder}/b.png`, smallPng(9));
    const again = await gridiron(folder, argv);
    assertMatch(
      again.stderr,
      /^2 points of files that have changed: made again\n4 points \(2 done/,
    );
    const after = await pictures(`${folder}/out`);
    for (const name of ["a_lowpass_r1.png", "a_lowpass_r2.png"]) {
      assertEquals(after.get(name), before.get(name));
    }
    assert(after.get("b_lowpass_r1.png") !== before.get("b_lowpass_r1.png"));
    // As if it had been so from the start.
    await gridiron(folder, [...argv.slice(0, -1), "fresh"]);
    assertEquals(await pictures(`${folder}/fresh`), after);
    // What is gone cannot be made again: its rows stand.
    await Deno.remove(`${folder}/a.png`);
    const gone = await gridiron(folder, argv);
    assertEquals(gone.code, 0);
    assertStringIncludes(gone.stderr, "4 points, all done before");
    const ledger = await Deno.readTextFile(`${folder}/out/ledger/0-2.ndjson`);
    assertEquals(new Set(ledger.match(/"file":"[^"]*"/g)), new Set(['"file":"b.png"']));
  }),
);

Deno.test(
  "fourier gives equal files equal rows under two names",
  withImages(["a.png"], async (folder) => {
    await Deno.copyFile(`${folder}/a.png`, `${folder}/copy.png`);
    const noise = ["--operation", "noise", "--radius", "2", "-o", "out"];
    await gridiron(folder, ["fourier", "a.png", "copy.png", ...noise]);
    const [a, copy] = await rowsOf(`${folder}/out`);
    assertEquals(a!.slice(2), copy!.slice(2));
    const files = await pictures(`${folder}/out`);
    assertEquals(files.get("a_noise_r2.png"), files.get("copy_noise_r2.png"));
  }),
);

Deno.test(
  "fourier lets bad files fail by name, and the others go on",
  withImages(["good.png"], async (folder) => {
    const photo = await Deno.readFile(new URL("landscape.jpg", PHOTOS));
    await Deno.writeFile(`${folder}/cut.jpg`, photo.subarray(0, 9000));
    await Deno.writeFile(`${folder}/empty.jpg`, new Uint8Array());
    await Deno.writeTextFile(`${folder}/text.png`, "no image");
    await Deno.mkdir(`${folder}/folder.png`);
    const absurd = smallPng(1);
    new DataView(absurd.buffer).setUint32(16, 70_000);
    await Deno.writeFile(`${folder}/absurd.png`, absurd);
    await new Deno.Command("mkfifo", { args: [`${folder}/pipe.png`] }).output();
    const names = ["cut.jpg", "empty.jpg", "text.png", "folder.png", "absurd.png", "missing.png"];
    const bad = [...names, "pipe.png"];
    const argv = ["fourier", ...bad, "good.png", "--radius", "2", "-o", "out"];
    const { code, stderr } = await gridiron(folder, argv);
    assertEquals(code, 1);
    assertMatch(stderr, /7 points failed: out\/failures\.csv\npoint 0: .*cut.*, and 6 more\n/);
    // Files that were not made are not counted.
    assertStringIncludes(stderr, "series:  out/ (1 file)\n");
    const failures = await Deno.readTextFile(`${folder}/out/failures.csv`);
    for (
      const reason of [
        'cut.jpg"": it is truncated',
        'empty.jpg"": it is empty',
        'text.png"": it is no JPEG and no PNG',
        'folder.png"": it is a folder',
        'absurd.png"": it is',
        'missing.png"": No such file',
        'pipe.png"": it is a pipe or a device',
      ]
    ) assertStringIncludes(failures, reason);
    assertEquals((await rowsOf(`${folder}/out`)).filter((row) => row[9] !== "").length, 1);
    // A mended file is all that is needed.
    await Deno.writeFile(`${folder}/text.png`, smallPng(3));
    const again = await gridiron(folder, argv);
    assertStringIncludes(again.stderr, "6 points failed");
  }),
);

Deno.test(
  "fourier refuses a run none of whose images is there, and lets the rows of one stand",
  withImages(["a.png"], async (folder) => {
    const argv = (...images: string[]) => ["fourier", ...images, "--radius", "2", "-o", "out"];
    for (const more of [[], ["--dry-run"]]) {
      const one = await gridiron(folder, [...argv("aa.png"), ...more]);
      assertEquals(one.code, 2, one.stderr);
      assertEquals(one.stderr.split("\n").length, 2);
      assertStringIncludes(one.stderr, 'Cannot find "aa.png": nothing has that name, expected');
      const two = await gridiron(folder, [...argv("aa.png", "b.png"), ...more]);
      assertStringIncludes(two.stderr, 'Cannot find "aa.png", nor any other of 2 files: nothing');
    }
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["a.png"]);
    assertEquals((await gridiron(folder, argv("a.png"))).code, 0);
    await Deno.remove(`${folder}/a.png`);
    const gone = await gridiron(folder, argv("a.png"));
    assertEquals(gone.code, 0, gone.stderr);
    // To begin anew without it would put the rows aside for nothing.
    assertEquals((await gridiron(folder, [...argv("a.png"), "--fresh"])).code, 2);
  }),
);

Deno.test(
  "fourier never writes over an image that it reads",
  withImages(["a.png", "Cat.PNG", "figures/b.png", "far/c.png"], async (folder) => {
    await Deno.symlink(folder, `${folder}/link`);
    await Deno.symlink("far/c.png", `${folder}/d.png`);
    await Deno.writeFile(`${folder}/bins2.png`, smallPng(7));
    await Deno.symlink("../bins2.png", `${folder}/far/e.png`);
    const names = ["a.png", "Cat.PNG", "figures/b.png", "far/c.png", "bins2.png"];
    const held = () => Promise.all(names.map((name) => Deno.readFile(`${folder}/${name}`)));
    const listed = () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    const [before, listedBefore] = [await held(), listed()];
    const stem = ["--series", "{stem}.png"];
    const cases: [image: string, argv: string[], told: string][] = [
      ["a.png", [...stem, "-o", "."], '"a.png"'],
      ["link/./far/../a.png", [...stem, "-o", "link"], '"link/a.png"'],
      ["a.png", [...stem, "-o", ".", "--dry-run"], '"a.png"'],
      // File systems that know no case take these for one.
      ["Cat.PNG", [...stem, "-o", "."], '"Cat.PNG"'],
      // The link itself would be replaced.
      ["d.png", [...stem, "-o", "."], '"d.png"'],
      // A link that leads to what would be written.
      ["far/e.png", ["--series", "{units}{radius}.png", "-o", "."], '"bins2.png"'],
      ["figures/b.png", [...stem, "--figure", "-o", "."], '"figures/b.png"'],
    ];
    for (const [image, argv, told] of cases) {
      const ran = await gridiron(folder, ["fourier", image, "--radius", "2", ...argv]);
      assertEquals(ran.code, 2, ran.stderr);
      assertStringIncludes(ran.stderr, `Cannot write to ${told}: it is one of the input files`);
      assertEquals(ran.stderr.trim().split("\n").length, 1);
      assertEquals([await held(), listed()], [before, listedBefore]);
    }
    // In a folder with the images, pictures of other names are no danger.
    const argv = ["fourier", "a.png", "Cat.PNG", "far/e.png", "--radius", "2", "-o", "."];
    assertEquals((await gridiron(folder, argv)).code, 0);
    assertEquals(await held(), before);
    // Nor may one picture become the input of another where the first is made anew.
    const own = ["fourier", "a.png", "a_lowpass_r2.png", "--radius", "2", "-o", "."];
    const refused = await gridiron(folder, own);
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.stderr, '"a_lowpass_r2.png": it is one of the input files');
  }),
);

for (
  const [argv, reason] of [
    [["--radius", "5"], "Cannot find images: none is named, expected image files such as"],
    [["none/*.jpg", "--radius", "5"], 'Cannot find images "none/*.jpg": nothing matches'],
    [["a.png"], "--radius (of the circle around zero frequency) is missing"],
    [["a.png", "--radius", "-1"], "Cannot use --radius -1: expected at least 0"],
    [["a.png", "--radius", "1", "--operation", "lowpas"], "did you mean lowpass?"],
    [["a.png", "--radius", "1", "--noise", "2"], "Cannot use --noise 2: expected at most 1"],
    [["a.png", "sub/a.png", "--radius", "1"], '"a.png" and "sub/a.png" would share their files'],
    [["a.png", "--radius", "1,2", "--series", "{stem}.png"], "points that differ in radius"],
    [
      ["a.png", "--radius", "1", "--series", "none", "--figure"],
      "Cannot use --figure with --series",
    ],
    [["a.png", "--radius", "1", "--series", "{image}.png"], "expected one of {stem}"],
    [["a.png", "--radius", "1", "--series", "{stem:.2f}.png"], "stem is no number"],
  ] as [string[], string][]
) {
  Deno.test(
    `fourier ${argv.join(" ")} is refused in one line`,
    withImages(["a.png", "sub/a.png"], async (folder) => {
      const { code, stderr } = await gridiron(folder, ["fourier", ...argv, "-o", "out"]);
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, reason);
      assertEquals(stderr.trim().split("\n").length, 1);
      assertEquals([...Deno.readDirSync(folder)].some(({ name }) => name === "out"), false);
    }),
  );
}

Deno.test(
  "fourier knows no choice and no file in a condition",
  withImages(["a.png"], async (folder) => {
    const argv = ["fourier", "a.png", "--radius", "1,2"];
    const { code, stderr } = await gridiron(folder, [...argv, "--where", "operation == 1"]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, 'there is no parameter "operation"');
    assertEquals((await gridiron(folder, [...argv, "--where", "radius > 1", "-o", "out"])).code, 0);
    assertEquals((await rowsOf(`${folder}/out`)).map(([index]) => index), ["1"]);
  }),
);

Deno.test("an image that changes during its run leaves the table that merge makes", () =>
  inFolder(async (folder) => {
    for (let i = 0; i < 8; i++) {
      await Deno.copyFile(new URL("chart.png", PHOTOS), `${folder}/z${i}.png`);
    }
    const { ended } = start(folder, [
      ...["fourier", "z*.png", "--radius", "5,10,20,30,40,50", "--workers", "1"],
      ...["--series", "none", "-o", "out", "--quiet"],
    ]);
    const ledger = `${folder}/out/ledger/0-1.ndjson`;
    const isBegun = () => {
      try {
        return Deno.readTextFileSync(ledger).split("\n").some((line) => /^\[\d/.test(line));
      } catch {
        return false;
      }
    };
    while (!isBegun()) await pause(5);
    await Deno.copyFile(new URL("micrograph.jpg", PHOTOS), `${folder}/z0.png`);
    await ended;
    const table = await Deno.readTextFile(`${folder}/out/results.csv`);
    const merged = await gridiron(folder, ["merge", "out", "--allow-missing"]);
    assertEquals(merged.code, 0, merged.stderr);
    assertEquals(await Deno.readTextFile(`${folder}/out/results.csv`), table);
  }));
