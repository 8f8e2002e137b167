/** How to start ranks: the command lines of each scheduler. */
import type { Environment } from "./ranks.ts";

/** What is to be started. */
export interface Launch {
  readonly nodes: number;
  /** CPUs of each rank; undefined for what the scheduler gives. */
  readonly cpus: number | undefined;
  /** As Slurm writes it. */
  readonly time: string | undefined;
  readonly partition: string | undefined;
  /** Passed on to srun or mpirun as they are. */
  readonly launcherArguments: readonly string[];
  readonly session: string;
  /** Program and arguments of every rank, without rank and session. */
  readonly command: readonly string[];
}

/** The programs to start, each with its arguments. */
export type Commands = readonly (readonly string[])[];

/** A way to start ranks. */
export interface Scheduler {
  /** Options of `launch` that mean something to it. */
  readonly takes: readonly string[];
  /** What to install or type when it is not there. */
  readonly missing: string;
  /** What to look at when its ranks ended before they began. */
  readonly failing: string;
  commands(launch: Launch, environment: Environment, systemCpus: number): Commands;
}

export const schedulers: Readonly<Record<string, Scheduler>> = {
  srun: {
    takes: ["cpus", "time", "partition", "launcher-arg", "sbatch"],
    missing: "expected Slurm's srun on PATH, or --scheduler local",
    failing: "expected a scheduler that works (sinfo), or --scheduler local",
    commands: (launch, environment) => [srunCommand(launch, environment)],
  },
  mpirun: {
    takes: ["launcher-arg"],
    missing: "expected Open MPI's mpirun on PATH, or --scheduler local",
    failing: "expected an mpirun that works (mpirun hostname), or --scheduler local",
    commands: (launch) => [mpirunCommand(launch)],
  },
  local: {
    takes: ["cpus"],
    missing: "expected it to be there",
    failing: "expected them to begin: what they wrote above says why they did not",
    commands: localCommands,
  },
};

/** One step with a rank a node, whose survivors live on when one rank ends or dies. */
function srunCommand(launch: Launch, environment: Environment): string[] {
  const { nodes, time, partition, launcherArguments, session, command } = launch;
  const cpus = launch.cpus ?? allocatedCpus(environment);
  return [
    ...["srun", `--nodes=${nodes}`, `--ntasks=${nodes}`, "--ntasks-per-node=1"],
    ...["--wait=0", "--kill-on-bad-exit=0", "--input=none"],
    ...cpus === undefined ? [] : [`--cpus-per-task=${cpus}`],
    ...time === undefined ? [] : [`--time=${time}`],
    ...partition === undefined ? [] : [`--partition=${partition}`],
    // A step inside a step waits for CPUs that its parent never gives back.
    ...environment("SLURM_STEP_ID") === undefined ? [] : ["--overlap"],
    ...launcherArguments,
    ...command,
    ...["--session", session],
  ];
}

/** srun does not inherit `--cpus-per-task` from the job it is in. */
function allocatedCpus(environment: Environment): string | undefined {
  if (environment("SLURM_JOB_ID") === undefined) return undefined;
  const perTask = environment("SLURM_CPUS_PER_TASK");
  if (perTask !== undefined) return perTask;
  // `4(x2),2`: what every node has.
  const onNodes = (environment("SLURM_JOB_CPUS_PER_NODE") ?? "").split(",").map(parseFloat);
  const fewest = Math.min(...onNodes);
  return fewest >= 1 ? String(fewest) : undefined;
}

/** Open MPI would end all ranks when one of them ends with a code above 0. */
function mpirunCommand({ nodes, launcherArguments, session, command }: Launch): string[] {
  return [
    ...["mpirun", "-n", String(nodes), "--map-by", "node", "--bind-to", "none", "--oversubscribe"],
    ...["--mca", "orte_abort_on_non_zero_status", "0", "-x", "INIT_CWD", "--enable-recovery"],
    ...launcherArguments,
    ...command,
    ...["--session", session],
  ];
}

/** Processes on this machine, which share its CPUs. */
function localCommands(
  { nodes, cpus, session, command }: Launch,
  _environment: Environment,
  systemCpus: number,
): Commands {
  const workers = cpus ?? Math.max(1, Math.floor(systemCpus / nodes));
  const threads = command.some((word) => /^--workers(=|$)/.test(word))
    ? []
    : ["--workers", String(workers)];
  return Array.from({ length: nodes }, (_, rank) => [
    ...[...command, ...threads],
    ...["--rank", `${rank}/${nodes}`, "--session", session],
  ]);
}
