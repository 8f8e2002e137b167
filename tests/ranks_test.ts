/** Several ranks on one machine: the bytes of one process, whoever dies, comes late or twice. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { differences, gridiron, inFolder, pause, results, start, startRanks } from "./program.ts";

const VALUES = "0.1,0.2,0.3,0.5,1,2,3,5,10";
const SCAN = [
  ...["sweep", "--beta", VALUES, "--m", VALUES, "--h", "0.25,0.5,1,2.5"],
  ...["--iterations", "10000"],
];
const PHOTOS = new URL("../examples/photos/", import.meta.url).pathname;
/** What several programs at once may take on any machine. */
const PATIENCE_MS = 60_000;

/** Waits until a file has so many lines. */
async function untilLines(path: string, lines: number): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  for (; performance.now() < endMs; await pause(10)) {
    try {
      if ((await Deno.readTextFile(path)).split("\n").length > lines) return;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new Error(`no ${lines} lines in ${path}`);
}

Deno.test("four ranks write the bytes of one process, and one of them the table", () =>
  inFolder(async (folder) => {
    assertEquals((await gridiron(folder, [...SCAN, "-o", "one"])).code, 0);
    const ranks = startRanks(folder, [...SCAN, "-o", "four"], 4);
    const ran = await Promise.all(ranks.map(({ ended }) => ended));
    for (const { code, stderr } of ran) assertEquals(code, 0, stderr);
    assertEquals(
      differences(await results(`${folder}/four`), await results(`${folder}/one`)),
      [],
    );
    assertEquals(
      ran.filter(({ stderr }) => stderr.includes("results: four/results.csv")).length,
      1,
    );
    for (const [rank, { stderr }] of ran.entries()) {
      assertMatch(stderr, new RegExp(`rank ${rank} of 4 on \\S+: \\d+ points in `));
    }
    // Once more, as two ranks of the whole: nothing to do, the same table.
    const again = await Promise.all(
      startRanks(folder, ["resume", "four"], 2, { session: "U" }).map(({ ended }) => ended),
    );
    for (const { code, stderr } of again) {
      assertEquals(code, 0, stderr);
      assertStringIncludes(stderr, ": 0 points in ");
    }
    assertEquals(
      differences(await results(`${folder}/four`), await results(`${folder}/one`)),
      [],
    );
  }));

for (
  const [command, ...argv] of [
    ["pi", "--samples", "2e7", "--streams", "10"],
    ["fourier", `${PHOTOS}chart.png`, `${PHOTOS}micrograph.jpg`, "--radius", "10,20"],
  ]
) {
  Deno.test(`three ranks of ${command} write the bytes of one process`, () =>
    inFolder(async (folder) => {
      assertEquals((await gridiron(folder, [command!, ...argv, "-o", "one"])).code, 0);
      const ranks = startRanks(folder, [command!, ...argv, "-o", "three"], 3);
      for (const { ended } of ranks) assertEquals((await ended).code, 0);
      assertEquals(
        differences(await results(`${folder}/three`), await results(`${folder}/one`)),
        [],
      );
    }));
}

Deno.test("the survivors finish what a killed rank leaves", () =>
  inFolder(async (folder) => {
    const scan = ["sweep", "--beta", "1:400", "--iterations", "1e5", "--series", "none"];
    assertEquals((await gridiron(folder, [...scan, "-o", "one"])).code, 0);
    const ranks = startRanks(folder, [...scan, "-o", "three"], 3);
    await untilLines(`${folder}/three/ledger/1-1.ndjson`, 3);
    ranks[1]!.process.kill("SIGKILL");
    // As it would leave the series that it was writing: whoever merges removes it.
    await Deno.writeTextFile(`${folder}/three/b1.dat.1-1-0.tmp`, "x,acc");
    const ran = await Promise.all(ranks.map(({ ended }) => ended));
    assertEquals(ran[0]!.code, 0, ran[0]!.stderr);
    assertEquals(ran[2]!.code, 0, ran[2]!.stderr);
    assertMatch(ran[0]!.stderr + ran[2]!.stderr, /took over \d+ of other ranks/);
    assertEquals(
      differences(await results(`${folder}/three`), await results(`${folder}/one`)),
      [],
    );
    assertEquals((await gridiron(folder, ["status", "three"])).code, 0);
  }));

Deno.test("a stopped session goes on with other ranks, nothing computed twice", () =>
  inFolder(async (folder) => {
    const scan = ["sweep", "--beta", "1:400", "--iterations", "1e5", "--series", "none"];
    assertEquals((await gridiron(folder, [...scan, "-o", "one"])).code, 0);
    const ranks = startRanks(folder, [...scan, "-o", "many"], 3);
    for (const rank of [0, 1, 2]) await untilLines(`${folder}/many/ledger/${rank}-1.ndjson`, 3);
    for (const { process } of ranks) process.kill("SIGUSR2");
    for (const { ended } of ranks) {
      const { code, stderr } = await ended;
      assertEquals(code, 75, stderr);
      assertStringIncludes(stderr, "to go on: deno task resume many");
    }
    const status = await gridiron(folder, ["status", "many", "--json"]);
    const { done, missing } = JSON.parse(status.stdout);
    assert(done > 0 && missing > 0, status.stdout);
    const again = startRanks(folder, ["resume", "many"], 2, { session: "U" });
    for (const { ended } of again) {
      const { code, stderr } = await ended;
      assertEquals(code, 0, stderr);
    }
    const { duplicated } = JSON.parse(
      (await gridiron(folder, ["status", "many", "--json"])).stdout,
    );
    assertEquals(duplicated, 0);
    assertEquals(
      differences(await results(`${folder}/many`), await results(`${folder}/one`)),
      [],
    );
  }));

Deno.test("a rank that comes late finds its session, one that comes twice is refused", () =>
  inFolder(async (folder) => {
    const scan = ["sweep", "--beta", "1:20", "-o", "out", "--series", "none", "--workers", "1"];
    const late = start(folder, [...scan, "--rank", "1/2", "--session", "T"]);
    await pause(300);
    const first = start(folder, [...scan, "--rank", "0/2", "--session", "T"]);
    assertEquals((await late.ended).code, 0);
    assertEquals((await first.ended).code, 0);
    for (const rank of [0, 1]) {
      const argv = [...scan, "--rank", `${rank}/2`, "--session", "T"];
      const { code, stderr } = await gridiron(folder, argv);
      assertEquals(code, 2);
      assertMatch(
        stderr,
        /^gridiron: Cannot begin rank \d of session "T": another process [^\n]+\n$/,
      );
    }
  }));

Deno.test("ranks that disagree, and what rank 0 refuses, are refused in one line each", () =>
  inFolder(async (folder) => {
    const run = async (session: string, commands: readonly (readonly string[])[]) =>
      await Promise.all(
        commands.map((argv, rank) =>
          start(folder, [...argv, "--rank", `${rank}/2`, "--session", session]).ended
        ),
      );
    const sweep = ["sweep", "-o", "out", "--series", "none", "--beta"];
    const [, other] = await run("A", [[...sweep, "1,2"], [...sweep, "3,4"]]);
    assertEquals(other!.code, 2);
    assertStringIncludes(other!.stderr, "rank 0 runs another plan, expected the same command");
    const refused = await run("B", [[...sweep, "7"], [...sweep, "7"]]);
    assertEquals(refused.map(({ code }) => code), [2, 2]);
    assertStringIncludes(refused[0]!.stderr, 'Cannot use "');
    assertStringIncludes(refused[1]!.stderr, "rank 0 refused: ");
  }));

Deno.test("a batch script of two tasks without srun runs alone and says so", () =>
  inFolder(async (folder) => {
    const batch = { SLURM_JOB_ID: "7", SLURM_PROCID: "0", SLURM_NTASKS: "2" };
    const argv = ["sweep", "--beta", "1,2", "-o", "out", "--series", "none"];
    const { code, stderr } = await gridiron(folder, argv, batch);
    assertEquals(code, 0);
    assertStringIncludes(stderr, "running alone in a job of 2 tasks; to use them all: srun ");
    assertStringIncludes(stderr, "2 points in ");
  }));

Deno.test("--fresh is refused by one of several ranks, and left out by a job that goes on", () =>
  inFolder(async (folder) => {
    const argv = ["sweep", "--beta", "1", "-o", "out", "--series", "none", "--fresh"];
    const ranked = await gridiron(folder, [...argv, "--rank", "0/2", "--session", "T"]);
    assertEquals(ranked.code, 2);
    assertStringIncludes(ranked.stderr, "Cannot use --fresh as rank 0 of 2");
    const restarted = await gridiron(folder, argv, { SLURM_RESTART_COUNT: "1" });
    assertEquals(restarted.code, 0);
    assertStringIncludes(restarted.stderr, "--fresh is left out: the job was restarted");
  }));
