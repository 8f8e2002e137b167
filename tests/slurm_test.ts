/** A real Slurm on this machine: the bytes of one process on four nodes, whatever happens. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EFFORT } from "./effort.ts";
import {
  differences,
  gridiron,
  inFolder,
  pause,
  permissionsOf,
  type Ran,
  results,
  signal,
  start,
  startProgram,
} from "./program.ts";
import { root } from "./project.ts";

const CLUSTER = new URL("scripts/dev_cluster.sh", root).pathname;
const SCAN = ["sweep", "--beta", "1:300", "--iterations", "1e5", "--series", "none"];
/** Long enough to be interrupted. */
const LONG_SCAN = ["sweep", "--beta", "1:3000", "--iterations", "1e5", "--series", "none"];
/** gridiron as a user's script calls it. */
const PROGRAM = [
  ...[Deno.execPath(), "run", ...permissionsOf("launch"), new URL("main.ts", root).pathname],
];
const PHOTOS = new URL("examples/photos/", root).pathname;
const PATIENCE_MS = 60_000;
/** The first example of every course on MPI. */
const TOY = ["map", "host", "0:99"];

/** Why there can be no cluster here; undefined when there can. */
const reason = await whyNot();

async function whyNot(): Promise<string | undefined> {
  if (Deno.uid() !== 0) return "a cluster needs root";
  for (const program of ["slurmctld", "slurmd", "srun", "munged"]) {
    const { success } = await new Deno.Command("sh", { args: ["-c", `command -v ${program}`] })
      .output();
    if (!success) return "Slurm is not installed: apt-get install slurm-wlm munge";
  }
  return undefined;
}

async function run(folder: string, words: readonly string[]): Promise<Ran> {
  return await startProgram(folder, words).ended;
}

/** Whether the cluster was there before. */
let wasUp = false;

Deno.test.beforeAll(async () => {
  if (reason !== undefined) return;
  wasUp = (await run(".", [CLUSTER, "status"])).code === 0;
  if (wasUp) return;
  const { code, stderr } = await run(".", [CLUSTER, "up", "4"]);
  assertEquals(code, 0, stderr);
});

Deno.test.afterAll(async () => {
  if (reason === undefined && !wasUp) await run(".", [CLUSTER, "down"]);
});

/** A test in a folder, on a cluster of four nodes; without Slurm it says why it is left out. */
function clusterTest(name: string, action: (folder: string) => Promise<void>): void {
  const title = reason === undefined ? name : `${name} (${reason})`;
  Deno.test({ name: title, ignore: reason !== undefined, fn: () => inFolder(action) });
}

async function sameAs(folder: string, one: string, other: string): Promise<void> {
  assertEquals(
    differences(await results(`${folder}/${other}`), await results(`${folder}/${one}`)),
    [],
  );
}

/** Waits until something holds. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  for (; performance.now() < endMs; await pause(100)) if (await holds()) return;
  throw new Error(`${what}: not within ${PATIENCE_MS / 1000} s`);
}

/** The first line of a rank's ledger, once there are a few lines. */
async function header(path: string): Promise<{ pid: number; host: string }> {
  const endMs = performance.now() + PATIENCE_MS;
  for (; performance.now() < endMs; await pause(20)) {
    try {
      const lines = (await Deno.readTextFile(path)).split("\n");
      if (lines.length > 3) return JSON.parse(lines[0]!)[1];
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new Error(`no lines in ${path}`);
}

const SRUN = ["srun", "-N4", "--ntasks-per-node=1", "-c", "2"];

clusterTest("four nodes write the bytes of one process", async (folder) => {
  assertEquals((await gridiron(folder, [...SCAN, "-o", "one"])).code, 0);
  const bare = await run(folder, [...SRUN, ...PROGRAM, ...SCAN, "-o", "bare"]);
  assertEquals(bare.code, 0, bare.stderr);
  await sameAs(folder, "one", "bare");
  const hosts = [];
  for (const rank of [0, 1, 2, 3]) {
    hosts.push((await header(`${folder}/bare/ledger/${rank}-1.ndjson`)).host);
  }
  assertEquals(hosts.sort(), ["node1", "node2", "node3", "node4"]);
  const launched = await gridiron(folder, ["launch", "-N4", "--", ...SCAN, "-o", "launched"]);
  assertEquals(launched.code, 0, launched.stderr);
  await sameAs(folder, "one", "launched");
  const pi = ["pi", "--samples", "1e7", "--streams", "9"];
  assertEquals((await gridiron(folder, [...pi, "-o", "pi1"])).code, 0);
  assertEquals((await run(folder, [...SRUN, ...PROGRAM, ...pi, "-o", "pi4"])).code, 0);
  await sameAs(folder, "pi1", "pi4");
  const images = ["fourier", `${PHOTOS}chart.png`, `${PHOTOS}micrograph.jpg`, "--radius", "10,20"];
  assertEquals((await gridiron(folder, [...images, "-o", "images1"])).code, 0);
  assertEquals((await run(folder, [...SRUN, ...PROGRAM, ...images, "-o", "images4"])).code, 0);
  await sameAs(folder, "images1", "images4");
});

clusterTest(
  "launch -N 4 -- map host 0:99 prints a hundred lines, from four nodes",
  async (folder) => {
    const { code, stdout, stderr } = await gridiron(folder, ["launch", "-N4", "--", ...TOY]);
    assertEquals(code, 0, stderr);
    const lines = stdout.trimEnd().split("\n").map((line) =>
      /^Rank: (\d+) -- (node\d)$/.exec(line)
    );
    assertEquals(
      lines.map((line) => Number(line?.[1])),
      Array.from({ length: 100 }, (_, id) => id),
    );
    const hosts = new Set(lines.map((line) => line?.[2]));
    assertEquals([...hosts].sort(), ["node1", "node2", "node3", "node4"]);
    const bare = await run(folder, [...SRUN, ...PROGRAM, ...TOY]);
    assertEquals(bare.code, 0, bare.stderr);
    assertEquals(bare.stdout, stdout);
    assertEquals([...Deno.readDirSync(folder)], []);
  },
);

clusterTest("a killed rank is healed by the others, and launch exits with 0", async (folder) => {
  assertEquals((await gridiron(folder, [...SCAN, "-o", "one"])).code, 0);
  const launched = gridiron(folder, ["launch", "-N4", "--", ...SCAN, "-o", "out"]);
  Deno.kill((await header(`${folder}/out/ledger/2-1.ndjson`)).pid, "SIGKILL");
  // As it would leave a series: launch, which knows that all have ended, removes it.
  await Deno.writeTextFile(`${folder}/out/b1.dat.2-1-0.tmp`, "x,acc");
  const { code, stderr } = await launched;
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "results: out/results.csv");
  await sameAs(folder, "one", "out");
});

clusterTest("a rank that starts late finds its points made, or makes them", async (folder) => {
  assertEquals((await gridiron(folder, [...SCAN, "-o", "one"])).code, 0);
  const late = ["sh", "-c", '[ $SLURM_PROCID = 3 ] && sleep 3; exec "$@"', "late"];
  const ran = await run(folder, [...SRUN, ...late, ...PROGRAM, ...SCAN, "-o", "out"]);
  assertEquals(ran.code, 0, ran.stderr);
  assertMatch(ran.stderr, /^rank 3 of 4 on node4: /m);
  await sameAs(folder, "one", "out");
});

clusterTest("mpirun inside a job gives every rank its own points", async (folder) => {
  assertEquals((await gridiron(folder, [...SCAN, "-o", "one"])).code, 0);
  const mpirun = ["mpirun", "-n", "2", "--allow-run-as-root", "--oversubscribe"];
  const words = ["salloc", "-N2", "--ntasks-per-node=1", ...mpirun, ...PROGRAM, ...SCAN];
  const { code, stderr } = await run(folder, [...words, "-o", "out"]);
  assertEquals(code, 0, stderr);
  const hosts = [];
  for (const rank of [0, 1]) {
    hosts.push((await header(`${folder}/out/ledger/${rank}-1.ndjson`)).host);
  }
  assertEquals(hosts.sort(), ["node1", "node2"]);
  await sameAs(folder, "one", "out");
});

clusterTest("scancel keeps what was finished, and resume completes it", async (folder) => {
  const launched = gridiron(folder, [
    ...["launch", "-N4", "--launcher-arg=--job-name=cancelled", "--"],
    ...[...LONG_SCAN, "-o", "out"],
  ]);
  await header(`${folder}/out/ledger/3-1.ndjson`);
  await run(folder, ["scancel", "--name=cancelled"]);
  const { code, stderr } = await launched;
  assert(code !== 0, stderr);
  const before = JSON.parse((await gridiron(folder, ["status", "out", "--json"])).stdout);
  assert(before.done > 0 && before.missing > 0 && before.damaged === 0);
  const again = await gridiron(folder, ["launch", "-N2", "--", "resume", "out"]);
  assertEquals(again.code, 0, again.stderr);
  const after = JSON.parse((await gridiron(folder, ["status", "out", "--json"])).stdout);
  assertEquals([after.complete, after.duplicated], [true, 0]);
});

clusterTest("sbatch without srun runs alone and says so; salloc too", async (folder) => {
  const argv = ["sweep", "--beta", "1,2", "--iterations", "100", "--series", "none", "-o", "out"];
  const wrapped = [...PROGRAM, ...argv].map((word) => `'${word}'`).join(" ");
  const batch = ["sbatch", "-W", "-N2", "--ntasks-per-node=1", "-o", "log", "--wrap", wrapped];
  assertEquals((await run(folder, batch)).code, 0);
  const log = await Deno.readTextFile(`${folder}/log`);
  assertStringIncludes(log, "running alone in a job of 2 tasks; to use them all: srun ");
  assertMatch(log, /^2 points in /m);
  const salloc = ["salloc", "-N2", "--ntasks-per-node=1", ...PROGRAM, ...argv];
  const { code, stderr } = await run(folder, salloc);
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "running alone in a job of 2 tasks");
});

clusterTest("launch --sbatch --submit is a job that completes the run", async (folder) => {
  assertEquals((await gridiron(folder, [...SCAN, "-o", "one"])).code, 0);
  await submit(folder, ["--time", "5"], SCAN);
  await until("complete", async () => (await gridiron(folder, ["status", "out"])).code === 0);
  await until("job over", () => isIdle(folder));
  await takeLog(folder);
  await sameAs(folder, "one", "out");
});

/** Submits a batch job that runs a scan in `out`; returns its number. */
async function submit(
  folder: string,
  options: readonly string[],
  scan: readonly string[],
): Promise<string> {
  const batch = ["--cpus", "2", "--sbatch", "--submit", ...options];
  const argv = ["launch", "-N4", ...batch, "--", ...scan, "-o", "out"];
  const { code, stdout, stderr } = await gridiron(folder, argv);
  assertEquals(code, 0, stderr);
  return /^Submitted batch job (\d+)\n$/.exec(stdout)![1]!;
}

async function isIdle(folder: string): Promise<boolean> {
  return (await run(folder, ["squeue", "-h"])).stdout === "";
}

/** Whether a job that has begun waits to begin again. */
async function isQueued(folder: string, job: string): Promise<boolean> {
  const { stdout } = await run(folder, ["squeue", "-h", "-j", job, "-o", "%T %r"]);
  return stdout === "PENDING BeginTime\n";
}

/** Removes the script and the log, which stand in the run directory; returns the log. */
async function takeLog(folder: string): Promise<string> {
  let log = "";
  for (const { name } of [...Deno.readDirSync(`${folder}/out`)]) {
    const path = `${folder}/out/${name}`;
    if (/^slurm-.*\.log$/.test(name)) log = await Deno.readTextFile(path);
    if (/^(job\.sbatch|slurm-.*\.log)$/.test(name)) await Deno.remove(path);
  }
  return log;
}

/** Sends a job what it gets before its time is up, once all ranks of an attempt are at work. */
async function tellTimeIsUp(folder: string, job: string, attempt: number): Promise<void> {
  for (const rank of [0, 1, 2, 3]) await header(`${folder}/out/ledger/${rank}-${attempt}.ndjson`);
  assertEquals((await run(folder, ["scancel", "--signal=USR2", job])).code, 0);
}

clusterTest("a job whose time is up is requeued, and goes on until all is done", async (folder) => {
  assertEquals((await gridiron(folder, [...LONG_SCAN, "-o", "one"])).code, 0);
  const job = await submit(folder, ["--time", "5"], LONG_SCAN);
  await tellTimeIsUp(folder, job, 1);
  await until("requeued", () => isQueued(folder, job));
  // Slurm would wait for two minutes.
  assertEquals(
    (await run(folder, ["scontrol", "update", `JobId=${job}`, "StartTime=now"])).code,
    0,
  );
  await until("job over", () => isIdle(folder));
  assertMatch(await takeLog(folder), /\d+ points in [^]*\d+ points in /);
  assertEquals([...Deno.readDirSync(`${folder}/out/ledger`)].length, 8);
  const status = JSON.parse((await gridiron(folder, ["status", "out", "--json"])).stdout);
  assertEquals([status.complete, status.damaged], [true, 0]);
  await sameAs(folder, "one", "out");
});

if (EFFORT > 1) {
  clusterTest("Slurm itself tells a job that its time is up", async (folder) => {
    // It looks every half minute: more work than any machine does in that time.
    const scan = ["sweep", "--beta", "1:1e5", "--iterations", "1e6", "--series", "none"];
    const job = await submit(folder, ["--time", "1"], scan);
    await until("requeued", () => isQueued(folder, job));
    assertEquals((await run(folder, ["scancel", job])).code, 0);
    const log = await takeLog(folder);
    assertEquals(log.match(/stopped; to go on: /g)?.length, 4, log);
    assertEquals(log.match(/: Exited with exit code 75/g)?.length, 4, log);
  });
}

clusterTest("--max-requeues ends a job whose time is up once too often", async (folder) => {
  const job = await submit(folder, ["--time", "5", "--max-requeues", "0"], LONG_SCAN);
  await tellTimeIsUp(folder, job, 1);
  await until("job over", () => isIdle(folder));
  assertStringIncludes(await takeLog(folder), "requeued 0 times: no more (--max-requeues 0)\n");
  const again = await gridiron(folder, ["launch", "-N4", "--", "resume", "out"]);
  assertEquals(again.code, 0, again.stderr);
});

clusterTest("a second Ctrl-C ends the step of launch, whatever its ranks do", async (folder) => {
  const launched = start(folder, ["launch", "-N4", "--", ...LONG_SCAN, "-o", "out"]);
  // A rank that does not listen any more.
  Deno.kill((await header(`${folder}/out/ledger/2-1.ndjson`)).pid, "SIGSTOP");
  let isOver = false;
  launched.ended.then(() => isOver = true);
  for (; !isOver; await pause(700)) signal(launched, "SIGINT");
  const { code, stderr } = await launched.ended;
  assertEquals(code, 130, stderr);
  assertStringIncludes(stderr, "to go on: deno task launch -N4 -- resume out\n");
  await until("step over", () => isIdle(folder));
  const again = await gridiron(folder, ["launch", "-N4", "--", "resume", "out"]);
  assertEquals(again.code, 0, again.stderr);
});

clusterTest("srun --pty of one task runs alone", async (folder) => {
  const argv = ["sweep", "--beta", "1,2", "--iterations", "100", "--series", "none", "-o", "out"];
  const words = ["srun", "--pty", "-N1", "-n1", ...PROGRAM, ...argv];
  // It wants a terminal.
  const line = words.map((word) => `'${word}'`).join(" ");
  const { code, stdout } = await run(folder, ["script", "-qec", line, "/dev/null"]);
  assertEquals(code, 0, stdout);
  assertStringIncludes(stdout, "2 points in ");
  assertEquals(stdout.includes("rank"), false, stdout);
  assertEquals([...(await results(`${folder}/out`)).keys()], ["results.csv"]);
  assertEquals([...Deno.readDirSync(`${folder}/out/ledger`)].length, 1);
});

clusterTest("dev_cluster.sh refuses a second cluster, and no nodes", async (folder) => {
  assertMatch((await run(folder, [CLUSTER, "up", "4"])).stderr, /one is up in /);
  assertEquals((await run(folder, [CLUSTER, "up", "0"])).code, 2);
});

// The last test: its cluster has lost a daemon.
if (reason === undefined && EFFORT > 1) {
  clusterTest("a slurmd that dies takes no points with it", async (folder) => {
    const cluster = Deno.env.get("GRIDIRON_CLUSTER") ?? "/tmp/gridiron-cluster";
    assertEquals((await gridiron(folder, [...LONG_SCAN, "-o", "one"])).code, 0);
    const launched = gridiron(folder, ["launch", "-N4", "--", ...LONG_SCAN, "-o", "out"]);
    await header(`${folder}/out/ledger/3-1.ndjson`);
    Deno.kill(Number(await Deno.readTextFile(`${cluster}/slurmd-node3.pid`)), "SIGKILL");
    const { code, stderr } = await launched;
    assertEquals(code, 0, stderr);
    await sameAs(folder, "one", "out");
  });
}
