/** `merge DIR --format`: one file and nothing else, and no file of the run in danger. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { contents, gridiron, inFolder } from "./program.ts";

const SWEEP = ["sweep", "--beta", "1:4", "--iterations", "1000", "--series", "none", "-o", "out"];

Deno.test("merge --format and -o write one file, by name or ending, where they are told", () =>
  inFolder(async (folder) => {
    assertEquals((await gridiron(folder, [...SWEEP, "--quiet"])).code, 0);
    const before = await contents(folder);
    for (
      const [file, options] of [
        ["copy.csv", ["-o", "copy.csv"]],
        ["table.npy", ["-o", "table.npy"]],
        ["table", ["--format", "ndjson", "-o", "table"]],
        ["out/results.parquet", ["--format", "parquet"]],
      ] as const
    ) {
      const ran = await gridiron(folder, ["merge", "out", ...options]);
      assertEquals([ran.code, ran.stderr], [0, `results: ${file} (4 rows)\n`]);
      const now = await contents(folder);
      assertEquals([...now.keys()].filter((name) => !before.has(name)), [file]);
      if (file === "copy.csv") assertEquals(now.get(file), before.get("out/results.csv"));
      await Deno.remove(`${folder}/${file}`);
    }
    assertEquals(await contents(folder), before);
  }));

Deno.test("merge -o refuses what a run needs, what is no file, and what says no format", () =>
  inFolder(async (folder) => {
    assertEquals((await gridiron(folder, [...SWEEP, "--quiet"])).code, 0);
    await Deno.mkdir(`${folder}/folder.csv`);
    await Deno.symlink("out", `${folder}/link`);
    const before = await contents(`${folder}/out`);
    for (
      const [options, why] of [
        [["--format", "xlsx"], "expected one of csv, ndjson, parquet, npy"],
        [["-o", "table.xlsx"], "its ending tells no format"],
        [["-o", "out/run.json", "--format", "csv"], "that is for what the run writes"],
        [["-o", "link/ledger/0-1.ndjson"], "that is for what the run writes"],
        [["-o", "out/inputs/a.csv"], "that is for what the run writes"],
        [["-o", "folder.csv"], "it is no file"],
        [["-o", "/dev/null", "--format", "csv"], "it is no file"],
        [["-o", "out/results.csv/a.csv"], "that is for what the run writes"],
      ] as const
    ) {
      const ran = await gridiron(folder, ["merge", "out", ...options]);
      assertEquals(ran.code, 2, ran.stderr);
      assertStringIncludes(ran.stderr, why);
      assertEquals(ran.stderr.trimEnd().split("\n").length, 1);
    }
    const nowhere = await gridiron(folder, ["merge", "out", "-o", "nowhere/a.csv"]);
    assertEquals([nowhere.code, nowhere.stderr.split("\n").length], [1, 2]);
    assertStringIncludes(nowhere.stderr, 'Cannot write "nowhere/a.csv": No such file or directory');
    assertEquals(await contents(`${folder}/out`), before);
  }));
