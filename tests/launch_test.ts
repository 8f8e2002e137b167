/** `launch` on this machine: one result, one exit code, signals passed on, mistakes in one line. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { differences, gridiron, inFolder, pause, results, start } from "./program.ts";

const LOCAL = ["launch", "-N", "3", "--scheduler", "local"];
const SCAN = ["sweep", "--beta", "0.1:3:0.1", "--h", "0.5,1", "--iterations", "10000"];

Deno.test("launch --scheduler local gives the bytes of one process, once for all ranks", () =>
  inFolder(async (folder) => {
    assertEquals((await gridiron(folder, [...SCAN, "-o", "one"])).code, 0);
    const { code, stderr } = await gridiron(folder, [...LOCAL, "--", ...SCAN, "-o", "three"]);
    assertEquals(code, 0, stderr);
    // One report, of all, behind what the ranks say of their parts.
    assertMatch(
      stderr,
      new RegExp(
        "^(rank [012] of 3 on \\S+: .*\\n){3}60 points in .* with 3 ranks, seed 1.*\\n" +
          "results: three/results\\.csv\\nseries:  three/mc_data/ \\(60 files\\)\\n$",
      ),
    );
    assertEquals(
      differences(await results(`${folder}/three`), await results(`${folder}/one`)),
      [],
    );
    const fresh = await gridiron(folder, [...LOCAL, "--", ...SCAN, "-o", "three", "--fresh"]);
    assertEquals(fresh.code, 0, fresh.stderr);
    assertEquals(fresh.stderr.match(/what was there is kept in /g)?.length, 1);
    assertEquals(
      differences(await results(`${folder}/three`), await results(`${folder}/one`)),
      [],
    );
  }));

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGUSR2", 75]] as const) {
  Deno.test(`launch passes ${signal} on, exits with ${code}, and what was finished is kept`, () =>
    inFolder(async (folder) => {
      const scan = ["sweep", "--beta", "1:4000", "--iterations", "1e5", "--series", "none"];
      const { process, ended } = start(folder, [...LOCAL, "--", ...scan, "-o", "out"]);
      const endMs = performance.now() + 60_000;
      while (![0, 1, 2].every((rank) => rows(folder, rank) > 3)) {
        assert(performance.now() < endMs, "no rank began");
        await pause(20);
      }
      process.kill(signal);
      const { code: exit, stderr } = await ended;
      assertEquals(exit, code, stderr);
      assertMatch(
        stderr,
        /incomplete: \d+ points missing; to go on: .* -N 3 --scheduler local -- resume out\n/,
      );
      assertEquals(stderr.match(/to go on: /g)?.length, 1, stderr);
      const status = JSON.parse((await gridiron(folder, ["status", "out", "--json"])).stdout);
      assert(status.done > 0 && status.missing > 0 && status.damaged === 0);
    }));
}

/** Lines of a rank's ledger. */
function rows(folder: string, rank: number): number {
  try {
    return Deno.readTextFileSync(`${folder}/out/ledger/${rank}-1.ndjson`).split("\n").length;
  } catch {
    return 0;
  }
}

Deno.test("launch tells the end of one rank, of a complete run and of failures alike", () =>
  inFolder(async (folder) => {
    const launch = (size: string, argv: readonly string[]) =>
      gridiron(folder, ["launch", "-N", size, "--scheduler", "local", "--", ...argv]);
    const scan = [...SCAN, "-o", "out", "--series", "none"];
    const one = await launch("1", scan);
    assertMatch(one.stderr, /^rank 0 of 1 .*\n60 points in .* with 1 rank, .*\nresults: .*\n$/);
    const drawn = await launch("2", [...scan, "--plot", "out.svg"]);
    assertEquals(drawn.stderr.match(/^plot: /gm)?.length, 1, drawn.stderr);
    const again = await launch("2", ["resume", "out"]);
    assertMatch(again.stderr, /\n60 points, all done before \(seed 1\)\nresults: .*\n$/);
    const quiet = await launch("2", ["resume", "out", "--quiet"]);
    assertEquals([quiet.code, quiet.stdout, quiet.stderr], [0, "", ""]);
    const json = await launch("2", ["resume", "out", "--json"]);
    assertEquals([json.code, JSON.parse(json.stdout).complete, json.stderr], [0, true, ""]);
    const slow = ["sweep", "--beta", "1,2", "--iterations", "1e9", "--timeout", "0.01s"];
    const failed = await launch("2", [...slow, "--series", "none", "-o", "slow"]);
    assertEquals(failed.code, 1, failed.stderr);
    assertMatch(
      failed.stderr,
      /\n2 points failed: .*\npoint 0: .*, and 1 more\nresults: slow\/results.csv\n$/,
    );
  }));

Deno.test("launch --print shows the commands and starts nothing", () =>
  inFolder(async (folder) => {
    const srun = await gridiron(folder, ["launch", "-N4", "--print", "--", "pi", "-o", "a b"]);
    assertEquals(srun.code, 0);
    assertMatch(srun.stdout, /^srun --nodes=4 --ntasks=4 /);
    assertMatch(srun.stdout, /main\.ts pi -o 'a b' --launched --session launch-[0-9a-f]{8}\n$/);
    const local = await gridiron(folder, [...LOCAL, "--print", "--", "pi"]);
    assertEquals(local.stdout.trimEnd().split("\n").length, 3);
    assertEquals([...Deno.readDirSync(folder)].length, 0);
  }));

Deno.test("launch --sbatch writes a script, and says what submits it", () =>
  inFolder(async (folder) => {
    const argv = ["launch", "-N2", "--sbatch", "--", "sweep", "--beta", "1,2", "-o", "a b"];
    const { code, stderr } = await gridiron(folder, argv);
    assertEquals(code, 0);
    assertEquals(stderr, "batch script: a b/job.sbatch\nto submit it: sbatch 'a b/job.sbatch'\n");
    assertMatch(await Deno.readTextFile(`${folder}/a b/job.sbatch`), /^#!\/bin\/sh\n#SBATCH /);
  }));

Deno.test("launch tells mistakes in one line, before anything starts", () =>
  inFolder(async (folder) => {
    const wrong: [string[], string][] = [
      [["launch", "-N", "0", "--", "pi"], 'Cannot use --nodes "0"'],
      [["launch", "--", "pi"], "the number of nodes is missing"],
      [
        ["launch", "-N", "2", "--partition", "map", "sweep", "--beta", "1"],
        'Cannot launch "sweep": there is no -- before it, expected deno task launch -N 2 ' +
        "--partition map -- sweep --beta 1",
      ],
      [["launch", "pi", "--", "pi"], 'Cannot launch "pi": expected the command behind --'],
      [[...LOCAL, "--", "sweep", "--beta", "1", "--workers-view"], "Cannot use --workers-view"],
      [["launch", "-N", "2", "--"], "Cannot launch nothing"],
      [["launch", "-N", "2", "--", "status", "x"], 'Cannot launch "status": expected one of'],
      [[...LOCAL, "--", "sweep", "--bta", "1"], "did you mean --beta?"],
      [["launch", "-N", "2", "--scheduler", "pbs", "--", "pi"], 'Cannot use --scheduler "pbs"'],
      [["launch", "-N", "2", "--time", "soon", "--", "pi"], 'Cannot use --time "soon"'],
      [["launch", "-N", "2", "--submit", "--", "pi"], "expected --sbatch --submit"],
      [[...LOCAL, "--time", "1", "--", "pi"], "Cannot use --time with --scheduler local"],
      [[...LOCAL, "--sbatch", "--", "pi"], "Cannot use --sbatch with --scheduler local"],
    ];
    for (const [argv, message] of wrong) {
      const { code, stderr } = await gridiron(folder, argv);
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, message);
      assertEquals(stderr.split("\n").length, 2, stderr);
    }
  }));

Deno.test("launch without Slurm says what is missing", () =>
  inFolder(async (folder) => {
    const empty = `${folder}/empty`;
    await Deno.mkdir(empty);
    const argv = ["launch", "-N", "2", "--", "sweep", "--beta", "1"];
    const { code, stderr } = await gridiron(folder, argv, { PATH: empty });
    assertEquals(code, 2);
    assertStringIncludes(stderr, 'Cannot start "srun": it is not here, expected Slurm\'s srun');
  }));

Deno.test("launch on this host tells at once that its folder cannot be had", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    const run = ["sweep", "--beta", "1", "-o", "file/run"];
    for (const nodes of ["1", "2"]) {
      const argv = ["launch", "-N", nodes, "--scheduler", "local", "--", ...run];
      const { code, stderr } = await gridiron(folder, argv);
      assertEquals(code, 2);
      assertMatch(stderr, /^gridiron: Cannot write to ".*file\/run": it is not a folder, .*\n$/);
    }
  }));

Deno.test("launch says what may help when srun fails", () =>
  inFolder(async (folder) => {
    const srun = '#!/bin/sh\necho "srun: error: no" >&2\nexit "$SLURM_EXIT_ERROR"\n';
    await Deno.writeTextFile(`${folder}/srun`, srun, { mode: 0o755 });
    for (const command of [["map", "sqrt", "1,4"], ["sweep", "--beta", "1"]]) {
      const argv = ["launch", "-N", "4", "--", ...command];
      const { code, stdout, stderr } = await gridiron(folder, argv, { PATH: folder });
      assertEquals([code, stdout], [1, ""]);
      const lines = stderr.trimEnd().split("\n");
      assertEquals(lines[0], "srun: error: no");
      assertMatch(
        lines.at(-1)!,
        /^gridiron: Cannot launch 4 ranks: .*, expected a scheduler that works \(sinfo\), or --sch/,
      );
    }
  }));
