/** A real Slurm on this machine: the bytes of one process on four nodes, whatever happens. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { differences, gridiron, inFolder, permissionsOf, type Ran, results } from "./program.ts";
import { root } from "./project.ts";

const CLUSTER = new URL("scripts/dev_cluster.sh", root).pathname;
const SCAN = ["sweep", "--beta", "1:300", "--iterations", "1e5", "--series", "none"];
/** gridiron as a user's script calls it. */
const PROGRAM = [
  ...[Deno.execPath(), "run", ...permissionsOf("launch"), new URL("main.ts", root).pathname],
];
const PATIENCE_MS = 60_000;

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

async function run(folder: string, words: readonly string[], env = {}): Promise<Ran> {
  const { code, stdout, stderr } = await new Deno.Command(words[0]!, {
    args: words.slice(1),
    cwd: folder,
    env: { INIT_CWD: folder, NO_COLOR: "1", RUST_BACKTRACE: "", ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
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

/** The first line of a rank's ledger, once there are a few lines. */
async function header(path: string): Promise<{ pid: number; host: string }> {
  const endMs = performance.now() + PATIENCE_MS;
  for (; performance.now() < endMs; await new Promise((resolve) => setTimeout(resolve, 20))) {
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
});

clusterTest("a killed rank is healed by the others, and launch exits with 0", async (folder) => {
  assertEquals((await gridiron(folder, [...SCAN, "-o", "one"])).code, 0);
  const launched = gridiron(folder, ["launch", "-N4", "--", ...SCAN, "-o", "out"]);
  Deno.kill((await header(`${folder}/out/ledger/2-1.ndjson`)).pid, "SIGKILL");
  const { code, stderr } = await launched;
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "results: out/results.csv");
  await sameAs(folder, "one", "out");
});

clusterTest("scancel keeps what was finished, and resume completes it", async (folder) => {
  const long = ["sweep", "--beta", "1:3000", "--iterations", "1e5", "--series", "none"];
  const launched = gridiron(folder, [
    ...["launch", "-N4", "--launcher-arg=--job-name=cancelled", "--"],
    ...[...long, "-o", "out"],
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
  const argv = ["launch", "-N4", "--cpus", "2", "--time", "5", "--sbatch", "--submit", "--"];
  const { code, stdout, stderr } = await gridiron(folder, [...argv, ...SCAN, "-o", "out"]);
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /^Submitted batch job \d+\n$/);
  const endMs = performance.now() + PATIENCE_MS;
  while (performance.now() < endMs) {
    if ((await gridiron(folder, ["status", "out"])).code === 0) break;
  }
  while ((await run(folder, ["squeue", "-h"])).stdout !== "" && performance.now() < endMs);
  // The script stands in the run directory, with its log.
  for (const { name } of [...Deno.readDirSync(`${folder}/out`)]) {
    if (/^(job\.sbatch|slurm-.*\.log)$/.test(name)) Deno.removeSync(`${folder}/out/${name}`);
  }
  await sameAs(folder, "one", "out");
});

clusterTest("dev_cluster.sh refuses a second cluster, and no nodes", async (folder) => {
  assertMatch((await run(folder, [CLUSTER, "up", "4"])).stderr, /one is up in /);
  assertEquals((await run(folder, [CLUSTER, "up", "0"])).code, 2);
});
