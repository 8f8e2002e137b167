/** Tests of ranks: each launcher's environment, as it was seen. */
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../errors.ts";
import { findRank, idleTasks, oneOfManyCpus, type TypedRank } from "./ranks.ts";

const NOTHING: TypedRank = { rank: undefined, session: undefined };

function find(variables: Record<string, string>, typed: Partial<TypedRank> = {}) {
  const { rank, size, session } = findRank((name) => variables[name], { ...NOTHING, ...typed });
  return [rank, size, session];
}

const BATCH = { SLURM_JOB_ID: "7", SLURM_PROCID: "0", SLURM_NTASKS: "2", SLURM_NNODES: "2" };
const STEP = { ...BATCH, SLURM_STEP_ID: "3", SLURM_PROCID: "1", SLURM_STEP_NUM_TASKS: "2" };

Deno.test("findRank() is 0 of 1 where nobody launched anything", () => {
  assertEquals(find({}), [0, 1, ""]);
});

Deno.test("findRank() reads a numbered step of srun", () => {
  assertEquals(find(STEP), [1, 2, "slurm-7.3.0"]);
  assertEquals(find({ ...STEP, SLURM_RESTART_COUNT: "2" }), [1, 2, "slurm-7.3.2"]);
  // One task of a job of two: the step counts.
  assertEquals(find({ ...STEP, SLURM_PROCID: "0", SLURM_STEP_NUM_TASKS: "1" }), [0, 1, ""]);
});

Deno.test("findRank() is alone in a batch script without srun, and in salloc", () => {
  assertEquals(find(BATCH), [0, 1, ""]);
  assertEquals(find({ ...BATCH, SLURM_STEP_ID: "4294967291" }), [0, 1, ""]);
  assertEquals(find({ SLURM_JOB_ID: "7", SLURM_NTASKS: "2" }), [0, 1, ""]);
  assertEquals(find({ ...STEP, SLURM_STEP_ID: "4294967290", SLURM_PROCID: "0" }), [0, 1, ""]);
});

Deno.test("findRank() believes mpirun inside Slurm, not the PROCID of its daemon", () => {
  const ranks = {
    OMPI_COMM_WORLD_RANK: "2",
    OMPI_COMM_WORLD_SIZE: "4",
    PMIX_NAMESPACE: "1443430401",
    PMIX_RANK: "2",
  };
  assertEquals(find(ranks), [2, 4, "ompi-1443430401"]);
  assertEquals(find({ ...STEP, ...ranks }), [2, 4, "ompi-1443430401"]);
});

Deno.test("findRank() reads PMI, whose session is the step's under srun", () => {
  assertEquals(find({ PMI_RANK: "1", PMI_SIZE: "3", PMI_JOBID: "a/b" }), [1, 3, "pmi-a_b"]);
  assertEquals(find({ ...STEP, PMI_RANK: "1", PMI_SIZE: "2" }), [1, 2, "slurm-7.3.0"]);
});

Deno.test("findRank() puts what was typed before all else", () => {
  assertEquals(find(STEP, { rank: "3/8", session: "T" }), [3, 8, "T"]);
  assertEquals(find(STEP, { session: "T" }), [1, 2, "T"]);
  assertEquals(find({}, { rank: "0/1", session: "T" }), [0, 1, "T"]);
});

Deno.test("findRank() refuses ranks that are none", () => {
  for (const rank of ["4/4", "1", "a/b", "-1/2", "0/0", "1/2/3", "0/1000000"]) {
    assertThrows(() => find({}, { rank, session: "T" }), UsageError, `Cannot use --rank "${rank}"`);
  }
  assertThrows(() => find({}, { rank: "0/2" }), UsageError, "expected --session NAME");
  for (const session of ["", "../x", "a b", "é"]) {
    assertThrows(() => find({}, { rank: "0/2", session }), UsageError, "Cannot use --session");
  }
  assertThrows(
    () => find({ ...STEP, SLURM_PROCID: "5" }),
    UsageError,
    "Cannot use SLURM_PROCID=5 of SLURM_STEP_NUM_TASKS=2",
  );
});

Deno.test("idleTasks() and oneOfManyCpus() speak up where something lies idle", () => {
  const one = (workers: number, systemCpus: number, variables: Record<string, string>) =>
    oneOfManyCpus((name) => variables[name], workers, systemCpus);
  assertEquals(
    one(1, 8, STEP),
    "one CPU of 8 on this node; for more: srun --cpus-per-task=8, launch --cpus 8",
  );
  assertEquals([one(2, 8, STEP), one(1, 1, STEP), one(1, 8, BATCH)], [
    undefined,
    undefined,
    undefined,
  ]);
  const idle = (variables: Record<string, string>) => idleTasks((name) => variables[name], "g");
  assertEquals(
    idle(BATCH),
    "running alone in a job of 2 tasks; to use them all: srun g …",
  );
  assertEquals(idle(STEP), undefined);
  assertEquals(idle({ ...BATCH, OMPI_COMM_WORLD_RANK: "0" }), undefined);
  assertEquals(idle({ SLURM_NTASKS: "1" }), undefined);
  assertEquals(idle({}), undefined);
});
