/** Which of several instances started together this one is: one entry a launcher. */
import { UsageError } from "../errors.ts";

/** This instance's number among those started together. */
export interface Rank {
  readonly rank: number;
  /** How many were started: 1 when alone. */
  readonly size: number;
  /** What all ranks of one start share, and no other start; empty when alone. */
  readonly session: string;
  /** Where this was read, in words. */
  readonly source: string;
}

/** Reads a variable of the environment. */
export type Environment = (name: string) => string | undefined;

/** What stood on the command line. */
export interface TypedRank {
  /** `R/N`. */
  readonly rank: string | undefined;
  readonly session: string | undefined;
}

/** Ranks of one start. */
export const MAX_RANKS = 1e5;
/** Names that are files' names on every system. */
const SESSION_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
/** Steps from here on are Slurm's own: the batch script, the interactive shell. */
const FIRST_SPECIAL_STEP = 0xfffffff0;

/** One instance, alone. */
export const ALONE: Rank = { rank: 0, size: 1, session: "", source: "alone" };

/** A launcher: which rank it gave to this process; undefined when it did not start it. */
interface Launcher {
  readonly name: string;
  read(environment: Environment): Omit<Rank, "source"> | undefined;
}

/** In the order of precedence: mpirun inside Slurm gives every rank the PROCID of its daemon. */
const LAUNCHERS: readonly Launcher[] = [
  {
    name: "Open MPI",
    read: (environment) =>
      numbered(
        environment,
        "OMPI_COMM_WORLD_RANK",
        "OMPI_COMM_WORLD_SIZE",
        () =>
          `ompi-${
            environment("PMIX_NAMESPACE") ?? environment("OMPI_MCA_ess_base_jobid") ??
              environment("OMPI_MCA_orte_hnp_uri") ?? ""
          }`,
      ),
  },
  {
    name: "PMI",
    read: (environment) =>
      numbered(
        environment,
        "PMI_RANK",
        "PMI_SIZE",
        () =>
          isInStep(environment)
            ? slurmSession(environment)
            : `pmi-${environment("PMI_JOBID") ?? environment("PMI_ID") ?? ""}`,
      ),
  },
  {
    name: "srun",
    read: (environment) => {
      if (!isInStep(environment)) return undefined;
      const size = environment("SLURM_STEP_NUM_TASKS") === undefined
        ? "SLURM_NTASKS"
        : "SLURM_STEP_NUM_TASKS";
      return numbered(environment, "SLURM_PROCID", size, () => slurmSession(environment));
    },
  },
];

/**
 * The rank of this process: as typed, else as a launcher says, else 0 of 1.
 *
 * @throws {UsageError} for a rank that is none, and for one without the name of its session
 */
export function findRank(environment: Environment, typed: TypedRank): Rank {
  if (typed.rank !== undefined) return typedRank(typed.rank, typed.session);
  if (typed.session !== undefined) checkSession(typed.session);
  for (const { name, read } of LAUNCHERS) {
    const found = read(environment);
    if (found === undefined) continue;
    if (found.size === 1) return { ...ALONE, source: name };
    const session = typed.session ?? plainName(found.session);
    return { ...found, session, source: name };
  }
  return ALONE;
}

/**
 * What to tell the user who has several tasks and uses one: in a batch script without srun;
 * undefined when there is nothing to tell.
 */
export function idleTasks(environment: Environment, program: string): string | undefined {
  const tasks = Number(environment("SLURM_NTASKS") ?? 1);
  const isLaunched = isInStep(environment) || environment("OMPI_COMM_WORLD_RANK") !== undefined ||
    environment("PMI_RANK") !== undefined;
  if (isLaunched || !(tasks > 1)) return undefined;
  return `running alone in a job of ${tasks} tasks; to use them all: srun ${program} …`;
}

/**
 * What to tell the user whose step has one CPU of a machine with more; undefined when there is
 * nothing to tell.
 */
export function oneOfManyCpus(
  environment: Environment,
  workers: number,
  systemCpus: number,
): string | undefined {
  if (!isInStep(environment) || workers > 1 || systemCpus === 1) return undefined;
  return `one CPU of ${systemCpus} on this node; for more: srun --cpus-per-task=${systemCpus}, ` +
    `launch --cpus ${systemCpus}`;
}

function typedRank(text: string, session: string | undefined): Rank {
  const [, first, second] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  const [rank, size] = [Number(first), Number(second)];
  if (first === undefined || !(rank < size) || size > MAX_RANKS) {
    throw new UsageError(
      `Cannot use --rank "${text}": expected R/N with R from 0 to N - 1, such as 0/4`,
    );
  }
  if (session === undefined) {
    throw new UsageError(
      `Cannot use --rank ${text}: the name of its session is missing, expected --session NAME, ` +
        "the same for all ranks of one start",
    );
  }
  checkSession(session);
  return { rank, size, session, source: "--rank" };
}

function checkSession(session: string): void {
  if (SESSION_NAME.test(session)) return;
  throw new UsageError(
    `Cannot use --session "${session}": expected letters, digits, ".", "_", "-", up to 100 of them`,
  );
}

/** A rank and a size of two variables; undefined when they are not there. */
function numbered(
  environment: Environment,
  rankName: string,
  sizeName: string,
  session: () => string,
): Omit<Rank, "source"> | undefined {
  const [rank, size] = [environment(rankName), environment(sizeName)];
  if (rank === undefined || size === undefined) return undefined;
  if (!/^\d+$/.test(rank) || !/^\d+$/.test(size) || !(Number(rank) < Number(size))) {
    throw new UsageError(
      `Cannot use ${rankName}=${rank} of ${sizeName}=${size}: expected a rank below the size; ` +
        "--rank R/N --session NAME overrides them",
    );
  }
  return { rank: Number(rank), size: Number(size), session: session() };
}

/** Whether srun started this process: a batch script has a PROCID too, a shell of salloc a step. */
function isInStep(environment: Environment): boolean {
  const step = environment("SLURM_STEP_ID");
  return environment("SLURM_PROCID") !== undefined && step !== undefined && /^\d+$/.test(step) &&
    Number(step) < FIRST_SPECIAL_STEP;
}

/** Job, step and restart: a requeued job is another start. */
function slurmSession(environment: Environment): string {
  const [job, step] = [environment("SLURM_JOB_ID"), environment("SLURM_STEP_ID")];
  return `slurm-${job}.${step}.${environment("SLURM_RESTART_COUNT") ?? 0}`;
}

/** A session's name as a file's name. */
function plainName(session: string): string {
  return session.replaceAll(/[^A-Za-z0-9._-]/g, "_").slice(0, 100);
}
