/** `pi` as a user runs it: one count however it is divided, bad input, stopping and going on. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { gridiron, inFolder, pause, start } from "./program.ts";

Deno.test("pi gives one count for any number of streams and workers", () =>
  inFolder(async (folder) => {
    const seen: unknown[] = [];
    for (const division of [["--streams", "8"], ["--streams", "3", "--workers", "1"], []]) {
      const argv = ["pi", "--samples", "2e7", ...division, "--json"];
      const { code, stdout, stderr } = await gridiron(folder, argv);
      assertEquals([code, stderr], [0, ""]);
      const { count, estimate, standard_error, samples, seed, directory, ...rest } = JSON.parse(
        stdout,
      );
      assertEquals(Object.keys(rest), ["streams", "workers", "seconds"]);
      assertEquals([samples, seed, estimate], [2e7, 1, 4 * count / 2e7]);
      const rows = await Deno.readTextFile(`${folder}/${directory}/results.csv`);
      assertEquals(rows.trim().split("\n").length, 1 + rest.streams);
      seen.push([count, estimate, standard_error]);
    }
    assertEquals(seen, [seen[0], seen[0], seen[0]]);
  }));

Deno.test("pi tells the estimate, and again without computing it", () =>
  inFolder(async (folder) => {
    const first = await gridiron(folder, ["pi", "--samples", "1e7", "-o", "out"]);
    assertMatch(first.stderr, /^π = 3\.14\d{3} ± 0\.00052, \d\.\d\d standard errors from π$/m);
    assertMatch(first.stderr, /^10000000 samples in 10 streams in .* samples\/s$/m);
    assertEquals([first.code, first.stdout], [0, ""]);
    const again = await gridiron(folder, ["pi", "--samples", "1e7", "-o", "out"]);
    assertStringIncludes(again.stderr, "10 points, all done before");
    const [estimate] = first.stderr.split("\n");
    for (const command of ["resume", "merge"]) {
      const { stderr } = await gridiron(folder, [command, "out"]);
      assertStringIncludes(stderr, estimate!);
    }
  }));

Deno.test("pi stops on SIGINT, keeps whole streams and goes on", () =>
  inFolder(async (folder) => {
    const argv = ["pi", "--samples", "4e9", "-o", "out", "--json"];
    const { process, ended } = start(folder, argv);
    const ledger = `${folder}/out/ledger/0-1.ndjson`;
    const lines = () => Deno.readTextFile(ledger).then((text) => text.split("\n").length, () => 0);
    while (await lines() < 8) await pause(10);
    process.kill("SIGINT");
    const stopped = await ended;
    assertEquals(stopped.code, 130);
    assertEquals(JSON.parse(stopped.stdout).count, null);
    const kept = await lines();
    assert(kept >= 8);
    const { code, stdout } = await gridiron(folder, argv);
    assertEquals(code, 0);
    // What one undisturbed run of all four billion gives.
    assertEquals(JSON.parse(stdout).count, 3_141_616_200);
  }));

for (
  const [argv, reason] of [
    [["--samples", "0"], 'Cannot use --samples "0": expected a whole number from 1 to'],
    [["--samples", "-5"], 'Cannot use --samples "-5": expected a whole number from 1 to'],
    [["--samples", "1.5"], 'Cannot use --samples "1.5": expected a whole number'],
    [["--samples", "9007199254740993"], "expected a whole number from 1 to 9007199254740992"],
    [["--samples", "1e16"], 'Cannot use --samples "1e16"'],
    [["--samples", "many"], 'Cannot use --samples "many"'],
    [["--streams", "0"], 'Cannot use --streams "0": expected a whole number from 1 on'],
    [["--samples", "1e7", "--streams", "11"], "make 10 blocks of 1048576, expected at most 10"],
    [["--workers", "0"], "--workers"],
    [["--beta", "1"], "there is no such option"],
    [["1e9"], 'Cannot use "1e9": expected options only, such as --samples 1e10'],
  ] as [string[], string][]
) {
  Deno.test(`pi ${argv.join(" ")} is refused in one line`, () =>
    inFolder(async (folder) => {
      const { code, stdout, stderr } = await gridiron(folder, ["pi", ...argv]);
      assertEquals([code, stdout], [2, ""]);
      assertStringIncludes(stderr, reason);
      assertEquals(stderr.trim().split("\n").length, 1);
      assertEquals([...Deno.readDirSync(folder)], []);
    }));
}
