/** Several processes in one run directory: none undoes what another did, and all tell the truth. */
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { UsageError } from "../src/errors.ts";
import { kernels } from "../src/kernels.ts";
import { lockManifest, readManifest, replaceManifest } from "../src/manifest.ts";
import { ALONE } from "../src/nodes/ranks.ts";
import { runSweep } from "../src/sweep.ts";
import { contents, gridiron, inFolder, start } from "./program.ts";

const PAUSE_MS = 20;
const LONGEST_MS = 60_000;
const RUN = ["--iterations", "100", "--series", "none", "-o", "run", "--no-progress"];

/** Waits until a ledger of the run has its last line. */
async function closing(folder: string, ledger: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < LONGEST_MS; waitedMs += PAUSE_MS) {
    const text = await Deno.readTextFile(`${folder}/run/ledger/${ledger}`).catch(() => "");
    if (text.includes('"closed"')) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`${ledger} was not closed, expected it within ${LONGEST_MS / 1000} s`);
}

/** Puts a plan in the place of the newest, as an extension by another process would. */
async function extendElsewhere(folder: string): Promise<void> {
  const directory = `${folder}/run`;
  await gridiron(folder, ["sweep", "--beta", "1:3", "--beta", "7", ...RUN.with(5, "other")]);
  const { plans } = (await readManifest(`${folder}/other`))!;
  const manifest = (await readManifest(directory))!;
  await replaceManifest(directory, { ...manifest, plans: [manifest.plans[0]!, plans[0]!] });
}

Deno.test("who extends a run that was extended meanwhile is refused, and changes nothing", () =>
  inFolder(async (folder) => {
    await gridiron(folder, ["sweep", "--beta", "1:3", ...RUN]);
    const lock = await lockManifest(`${folder}/run`);
    const waiting = start(folder, ["sweep", "--beta", "1:3", "--beta", "9", ...RUN]);
    await new Promise((resolve) => setTimeout(resolve, 50 * PAUSE_MS));
    await extendElsewhere(folder);
    const before = await contents(`${folder}/run`);
    lock[Symbol.dispose]();
    const { code, stderr } = await waiting.ended;
    assertEquals(code, 2, stderr);
    assertMatch(stderr, /^gridiron: Cannot use ".*run": (another process has changed|it holds an)/);
    assertEquals(await contents(`${folder}/run`), before);
  }));

Deno.test("who begins just when another process extends the run makes no points", () =>
  inFolder(async (folder) => {
    await gridiron(folder, ["sweep", "--beta", "1:3", ...RUN]);
    const directory = `${folder}/run`;
    const [plan] = (await readManifest(directory))!.plans;
    const before = await Deno.readTextFile(`${directory}/run.json`);
    await extendElsewhere(folder);
    const extended = await Deno.readTextFile(`${directory}/run.json`);
    await Deno.writeTextFile(`${directory}/run.json`, before);
    // A point is missing, and a line is torn: that is announced once the ledgers were read.
    const path = `${directory}/ledger/0-1.ndjson`;
    const lines = (await Deno.readTextFile(path)).split("\n");
    await Deno.writeTextFile(
      path,
      lines.filter((line) => !line.startsWith("[2,")).join("\n") + "x",
    );
    const sweep = () =>
      runSweep({
        ...{ kernel: kernels.metropolis!, plan: plan!, directory, folder, workers: 1, argv: [] },
        ...{ inputs: undefined, rank: ALONE, signal: new AbortController().signal },
        ...{ timeoutMs: Infinity, retries: 0, maxFailures: Infinity, skip: [] },
        ...{ skipFailed: false, keepRows: false, progress() {} },
        announce: () => Deno.writeTextFileSync(`${directory}/run.json`, extended),
      });
    await assertRejects(sweep, UsageError, "another process has changed its plan meanwhile");
    const ledger = await Deno.readTextFile(`${directory}/ledger/0-2.ndjson`);
    assertMatch(ledger, /"closed":/);
    assertEquals(/^\[\d/m.test(ledger), false);
  }));

Deno.test("whoever waits for the lock gets that of the run.json that is there then", () =>
  inFolder(async (folder) => {
    await gridiron(folder, ["sweep", "--beta", "1:3", ...RUN]);
    const directory = `${folder}/run`;
    const first = await lockManifest(directory);
    const waiting = lockManifest(directory);
    await replaceManifest(directory, (await readManifest(directory))!);
    first[Symbol.dispose]();
    using _second = await waiting;
    using other = await Deno.open(`${directory}/run.json`, { read: true });
    assertEquals(other.tryLockSync(true), false);
  }));

Deno.test("who made points of a plan that was extended meanwhile leaves the table alone", () =>
  inFolder(async (folder) => {
    await gridiron(folder, ["sweep", "--beta", "1:3", ...RUN]);
    await Deno.remove(`${folder}/run/ledger/0-1.ndjson`);
    const lock = await lockManifest(`${folder}/run`);
    const waiting = start(folder, ["sweep", "--beta", "1:3", ...RUN]);
    await closing(folder, "0-1.ndjson");
    await extendElsewhere(folder);
    await Deno.writeTextFile(`${folder}/run/results.csv`, "newer\n");
    lock[Symbol.dispose]();
    const { code, stderr } = await waiting.ended;
    assertEquals(code, 1);
    assertMatch(stderr, /Cannot write the table of ".*": another process .*, to go on: .* resume /);
    assertEquals(await Deno.readTextFile(`${folder}/run/results.csv`), "newer\n");
    // Its points are there for whoever goes on.
    const gone = await gridiron(folder, ["resume", "run"]);
    assertMatch(gone.stderr, /^4 points \(3 done before\)/);
  }));

Deno.test("rows that go while a run is merged are told, and it fails", () =>
  inFolder(async (folder) => {
    await gridiron(folder, ["sweep", "--beta", "1:3", ...RUN]);
    await Deno.remove(`${folder}/run/ledger/0-1.ndjson`);
    const lock = await lockManifest(`${folder}/run`);
    const waiting = start(folder, ["resume", "run", "--no-progress"]);
    await closing(folder, "0-1.ndjson");
    await Deno.remove(`${folder}/run/ledger/0-1.ndjson`);
    lock[Symbol.dispose]();
    const { code, stderr } = await waiting.ended;
    assertEquals(code, 1);
    assertStringIncludes(stderr, "3 points without a row: ");
    assertMatch(stderr, /to go on: .* resume run\n$/);
  }));

Deno.test("a second signal ends a process that waits for another one's merge", () =>
  inFolder(async (folder) => {
    await gridiron(folder, ["sweep", "--beta", "1:3", ...RUN]);
    await Deno.remove(`${folder}/run/ledger/0-1.ndjson`);
    using _lock = await lockManifest(`${folder}/run`);
    const { process, ended } = start(folder, ["resume", "run", "--no-progress"]);
    await closing(folder, "0-1.ndjson");
    process.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 50 * PAUSE_MS));
    process.kill("SIGINT");
    assertEquals((await ended).code, 130);
  }));

Deno.test("merge and --fresh wait for whoever merges", () =>
  inFolder(async (folder) => {
    await gridiron(folder, ["sweep", "--beta", "1:3", ...RUN]);
    for (const command of [["merge", "run"], ["sweep", "--beta", "1:3", ...RUN, "--fresh"]]) {
      const lock = await lockManifest(`${folder}/run`);
      let isOver = false;
      const waiting = start(folder, command).ended.finally(() => isOver = true);
      await new Promise((resolve) => setTimeout(resolve, 40 * PAUSE_MS));
      assertEquals(isOver, false);
      lock[Symbol.dispose]();
      assertEquals((await waiting).code, 0);
    }
    assertEquals([...(await contents(`${folder}/run.old-1`)).keys()], [
      ...["ledger/0-1.ndjson", "results.csv", "run.json"],
    ]);
  }));

Deno.test("merge leaves the table alone when the plan was extended while it waited", () =>
  inFolder(async (folder) => {
    await gridiron(folder, ["sweep", "--beta", "1:3", ...RUN]);
    const lock = await lockManifest(`${folder}/run`);
    const waiting = start(folder, ["merge", "run"]);
    await new Promise((resolve) => setTimeout(resolve, 50 * PAUSE_MS));
    await extendElsewhere(folder);
    await Deno.writeTextFile(`${folder}/run/results.csv`, "newer\n");
    lock[Symbol.dispose]();
    assertEquals((await waiting.ended).code, 2);
    assertEquals(await Deno.readTextFile(`${folder}/run/results.csv`), "newer\n");
  }));

Deno.test("who clears up spares what others write who began meanwhile", () =>
  inFolder(async (folder) => {
    const series = ["--iterations", "3e7", "-o", "run", "--no-progress", "--workers", "1"];
    await gridiron(folder, ["sweep", "--beta", "1:2", ...series]);
    // A start that died, and a point that is missing.
    const path = `${folder}/run/ledger/0-1.ndjson`;
    const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
    await Deno.writeTextFile(path, lines.slice(0, -3).join("\n") + "\n");
    const lock = await lockManifest(`${folder}/run`);
    const first = start(folder, ["resume", "run", "--no-progress"]);
    await closing(folder, "0-2.ndjson");
    await Deno.remove(`${folder}/run/mc_data/b1_m1_h1.dat`);
    const second = start(folder, ["resume", "run", "--no-progress"]);
    const writing = `${folder}/run/mc_data/b1_m1_h1.dat.0-3-0.tmp`;
    while (!await Deno.stat(writing).then(() => true, () => false)) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    lock[Symbol.dispose]();
    assertEquals((await first.ended).code, 0);
    const { code, stderr } = await second.ended;
    assertEquals(code, 0, stderr);
  }));

Deno.test("launch fails when nobody can write the table", () =>
  inFolder(async (folder) => {
    for (const ranks of ["1", "2"]) {
      await gridiron(folder, ["sweep", "--beta", "1:9", ...RUN]);
      await Deno.remove(`${folder}/run/results.csv`);
      await Deno.mkdir(`${folder}/run/results.csv/in the way`, { recursive: true });
      await Deno.remove(`${folder}/run/ledger/0-1.ndjson`);
      const launch = ["launch", "-N", ranks, "--scheduler", "local", "--", "resume", "run"];
      const { code, stderr } = await gridiron(folder, launch);
      assertEquals(code, 1, stderr);
      assertMatch(stderr, /Cannot write the table of "run": .*\n$/);
      assertEquals(/^results: /m.test(stderr), false);
      await Deno.remove(`${folder}/run`, { recursive: true });
    }
  }));
