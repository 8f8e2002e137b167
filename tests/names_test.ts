/** Hostile names and values: refused or kept inside the run directory, never a broken table. */
import { assert, assertEquals } from "@std/assert";
import { readCsv } from "../src/csv.ts";
import { EFFORT } from "./effort.ts";
import { contents, gridiron, inFolder } from "./program.ts";
import { root } from "./project.ts";
import { uniforms } from "./rerun.ts";
import { tally } from "./tally.ts";

const SEED = 300;
const TEMPLATES = 40 * EFFORT;
const PHOTO = new URL("examples/photos/chart.png", root);

/** What a line on standard error must not hold. */
const STACK = /\n\s+at |panicked|Uncaught|\[object|undefined|NaN/;

/** Pieces of which hostile names are made; NUL cannot be part of a command line. */
const PIECES = [
  ...["..", "/", "../", "./", "~", "-", "--", "-rf", "\n", "\r", "\t", "\x1b[31m", "\x7f", " "],
  ...["{beta}", "{", "}", "{{", "}}", "{beta:.1f}", "{beta:", "{nothing}", "{id}", "%", "$HOME"],
  ...["`id`", "$(id)", ";", "&", "|", "*", "?", "[", '"', "'", "\\", ":", "\u0000".slice(1), "ä"],
  ...["a\u0308", "😀", "\u202e", "\ufeff", "\u2028", "=1+1", "@SUM(A1)", "+1", "CON", ".tmp"],
  ...["run.json", "results.csv", "ledger/0-1.ndjson", "inputs/", "x".repeat(300), "mc", ".dat"],
];

Deno.test(`${TEMPLATES} hostile templates write below the run directory or nothing`, () =>
  inFolder(async (folder) => {
    const uniform = uniforms(SEED);
    await Deno.writeTextFile(`${folder}/precious.txt`, "mine");
    let accepted = 0;
    for (let trial = 0; trial < TEMPLATES; trial++) {
      const length = 1 + Math.floor(uniform() * 5);
      const pieces = Array.from({ length }, () => PIECES[Math.floor(uniform() * PIECES.length)]!);
      const template = pieces.join("") + (uniform() < 0.5 ? "{beta}" : "");
      const argv = ["sweep", "--beta", "1,2", "--iterations", "5", "-o", "out"];
      const ran = await gridiron(folder, [...argv, `--series=${template}`]);
      const told = JSON.stringify(template);
      assert(ran.code === 0 || ran.code === 2, `${told}: ${ran.code} ${ran.stderr}`);
      assert(!STACK.test(ran.stderr), `${told}: ${ran.stderr}`);
      const moves = /(?![\n\t])[\p{Cc}\u202e]/u.test(ran.stderr);
      assert(!moves, `${told} moves a terminal's cursor`);
      const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
      if (ran.code === 2) {
        assertEquals(ran.stderr.trimEnd().split("\n").length, 1, `${told}: ${ran.stderr}`);
        assertEquals(names, ["precious.txt"], told);
        continue;
      }
      accepted++;
      assertEquals(names, ["out", "precious.txt"], told);
      const files = [...(await contents(`${folder}/out`)).keys()];
      const own = /^(run\.json|results\.csv|ledger\/0-1\.ndjson)$/;
      assertEquals(files.filter((name) => own.test(name)).length, 3, told);
      assertEquals(files.length, template === "none" ? 3 : 5, told);
      assertEquals((await gridiron(folder, ["verify", "out"])).code, 0, told);
      await Deno.remove(`${folder}/out`, { recursive: true });
    }
    tally("hostile templates", { "inputs tried": TEMPLATES, accepted });
  }));

Deno.test("images with hostile names give whole tables, and pictures below the run directory", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/in`);
    const names = [
      ...["=1+1.png", "@SUM(A1).png", "-rf.png", "--help.png", 'quote".png', "comma,.png"],
      ...["line\nfeed.png", "return\r.png", "tab\t.png", "ä.png", "a\u0308.png", "😀.png"],
      ...["..png", "...png", "{stem}.png", "$(id).png", "x".repeat(200) + ".png", " .png"],
      ...["\x1b[31m.png", "back\\slash.png", "\u202egnp.png", "run.json", "results.csv"],
    ];
    for (const name of names) await Deno.copyFile(PHOTO, `${folder}/in/${name}`);
    await Deno.writeTextFile(`${folder}/list`, names.map((name) => `in/${name}`).join("\0"));
    const options = [
      "--from",
      "list",
      "-0",
      "--radius",
      "5",
      "-o",
      "out",
      "--series",
      "p/{id}.png",
    ];
    const ran = await gridiron(folder, ["fourier", ...options]);
    assertEquals(ran.code, 0, ran.stderr);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      ...["in", "list", "out"],
    ]);
    const rows = readCsv("results.csv", await Deno.readTextFile(`${folder}/out/results.csv`));
    assertEquals(rows.length, names.length + 1);
    const image = rows[0]!.cells.indexOf("image");
    assertEquals(rows.slice(1).map(({ cells }) => cells[image]), names.map((name) => `in/${name}`));
    assertEquals((await gridiron(folder, ["verify", "out"])).code, 0);
    tally("hostile file names", { "inputs tried": names.length });
  }));

Deno.test("hostile values of options are refused in one line, and nothing is written", () =>
  inFolder(async (folder) => {
    const values = [
      ...["../x", "-", "--", "\n", "=1+1", "@", "@/dev/null", "@../..", "@-", "1e999", "NaN"],
      ...["0x10", "1_000", "１", "∞", "x".repeat(300), "1".repeat(300), "lin:0:1:1e300", "1:1e308"],
      ...["geom:0:1:3", "log:0:400:2", ",", ",,", "1,,2", ":", "::", "1:2:0", "1:2:-1", "\t", "😀"],
    ];
    let tried = 0;
    for (const option of ["--beta", "--seed", "--where", "--zip", "--points", "--workers"]) {
      for (const value of values.filter((_, i) => EFFORT > 1 || i % 4 === 0)) {
        const beta = option === "--beta" ? [] : ["--beta", "1,2"];
        const argv = ["sweep", ...beta, `${option}=${value}`, "--iterations", "5", "--dry-run"];
        const ran = await gridiron(folder, argv);
        tried++;
        const told = `${option}=${JSON.stringify(value)}: ${ran.stderr}`;
        assert(ran.code === 0 || ran.code === 2, told);
        assert(!STACK.test(ran.stderr.replaceAll(value, "")), told);
        if (ran.code === 2) {
          // A condition is shown again, with a mark where it goes wrong.
          const lines = ran.stderr.trimEnd().split("\n").length;
          assert(lines === 1 || option === "--where" && lines === 3, told);
        }
        assertEquals([...Deno.readDirSync(folder)], []);
      }
    }
    tally("hostile values", { "inputs tried": tried });
  }));
