/** Tests of command lines that start ranks. */
import { assertEquals } from "@std/assert";
import { type Launch, schedulers } from "./launchers.ts";

const LAUNCH: Launch = {
  nodes: 4,
  cpus: undefined,
  time: undefined,
  partition: undefined,
  launcherArguments: [],
  session: "S",
  command: ["gridiron", "pi"],
};

function line(
  scheduler: string,
  more: Partial<Launch> = {},
  variables: Record<string, string> = {},
): string[] {
  const commands = schedulers[scheduler]!.commands(
    { ...LAUNCH, ...more },
    (name) => variables[name],
    8,
  );
  return commands.map((words) => words.join(" "));
}

const SRUN = "srun --nodes=4 --ntasks=4 --ntasks-per-node=1 --wait=0 --kill-on-bad-exit=0 " +
  "--input=none";

Deno.test("srun keeps survivors alive and passes cpus, time and partition on", () => {
  assertEquals(line("srun"), [`${SRUN} gridiron pi --session S`]);
  assertEquals(
    line("srun", { cpus: 8, time: "1:00:00", partition: "long", launcherArguments: ["-A", "me"] }),
    [`${SRUN} --cpus-per-task=8 --time=1:00:00 --partition=long -A me gridiron pi --session S`],
  );
});

Deno.test("srun gets the CPUs of the job it is in, and overlaps the step it is in", () => {
  const job = { SLURM_JOB_ID: "1", SLURM_JOB_CPUS_PER_NODE: "4(x3),2" };
  assertEquals(line("srun", {}, job), [`${SRUN} --cpus-per-task=2 gridiron pi --session S`]);
  assertEquals(line("srun", {}, { ...job, SLURM_CPUS_PER_TASK: "3", SLURM_STEP_ID: "0" }), [
    `${SRUN} --cpus-per-task=3 --overlap gridiron pi --session S`,
  ]);
});

Deno.test("local ranks share the CPUs of the machine", () => {
  const ranks = (workers: number) =>
    [0, 1, 2, 3].map((rank) => `gridiron pi --workers ${workers} --rank ${rank}/4 --session S`);
  assertEquals(line("local"), ranks(2));
  assertEquals(line("local", { cpus: 1 }), ranks(1));
  assertEquals(
    line("local", { nodes: 1, command: ["gridiron", "pi", "--workers=3"] }),
    ["gridiron pi --workers=3 --rank 0/1 --session S"],
  );
});

Deno.test("mpirun does not end all ranks with one", () => {
  assertEquals(line("mpirun"), [
    "mpirun -n 4 --map-by node --bind-to none --oversubscribe " +
    "--mca orte_abort_on_non_zero_status 0 -x INIT_CWD --enable-recovery gridiron pi --session S",
  ]);
});
