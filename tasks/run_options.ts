/** How a run is carried out, for every command that runs a grid: options, stopping, report. */
import { addressOf } from "../src/address.ts";
import { parseDuration } from "../src/cli/duration.ts";
import type { Option, Options } from "../src/cli/options.ts";
import { wholeNumber } from "../src/cli/values.ts";
import { isFull, messageOf, reasonOf, UsageError } from "../src/errors.ts";
import { LostLedger } from "../src/ledger.ts";
import { shellWord } from "../src/format/shell.ts";
import { defaultWorkers, type WorkerCount } from "../src/nodes/workers.ts";
import { MAX_RETRIES } from "../src/point_protocol.ts";
import { ProgressLine } from "../src/cli/progress.ts";
import type { RankPart } from "../src/rank_report.ts";
import { isWhole, reportJson, reportText, type Told } from "../src/report.ts";
import type { Running } from "../src/running.ts";
import { findRank, idleTasks, oneOfManyCpus } from "../src/nodes/ranks.ts";
import { runSweep } from "../src/sweep.ts";
import type { Surroundings } from "./command.ts";

/** Workers that one process may have. */
const MAX_WORKERS = 1024;
/** Exit code of a run that its time limit stopped. */
const TIME_LIMIT_EXIT = 75;

export const RUN_OPTIONS: readonly Option[] = [
  { name: "workers", value: "N", doc: "threads (default: the CPUs granted to this process)" },
  { name: "timeout", value: "TIME", doc: "a point that takes longer fails (30s, 10m, 1h30m)" },
  { name: "retries", value: "N", doc: "try a point that fails so often again (default 0)" },
  {
    name: "max-failures",
    value: "N|P%",
    doc: "end the run when more points than these fail (default: no limit)",
  },
  { name: "skip-failed", doc: "leave points that failed before as they are" },
  { name: "skip", value: "ID", repeated: true, doc: "let the point of this id fail untried" },
  { name: "keep-rows", doc: "accept rows although their series files were moved away" },
  {
    name: "time-limit",
    value: "TIME",
    doc: "stop after this time, keep what is finished, exit with 75",
  },
  {
    name: "rank",
    value: "R/N",
    doc: "be rank R of N started together (default: what srun or mpirun says)",
  },
  { name: "session", value: "NAME", doc: "the same for all ranks of one start, new at each start" },
  { name: "launched", doc: "leave progress and the end to launch, which adds this to its ranks" },
  { name: "no-progress", doc: "do not show how far the run is" },
  { name: "workers-view", doc: "show how far each worker is with its point" },
  { name: "quiet", doc: "no report" },
  { name: "json", doc: "the report as one JSON object on standard output" },
  { name: "help", doc: "this page" },
];

/** How the end of a run is told: in lines for people, and as one JSON object. */
export interface Reports {
  text(told: Told): string;
  json(told: Told): string;
}

const REPORTS: Reports = { text: reportText, json: reportJson };

/** Carries out a plan with the run options given, and reports; returns the exit code. */
export async function carryOut(
  running: Running,
  { values }: Options,
  surroundings: Surroundings,
  reports = REPORTS,
): Promise<number> {
  if (surroundings.launching !== undefined) return await surroundings.launching.run(running);
  const { kernel, plan, typedDirectory, points, ...rest } = running;
  const { workers, limitMs, rank, ...limits } = readRunOptions(
    { words: [], values },
    points,
    surroundings,
  );
  const isQuiet = values.has("quiet") || values.has("json");
  const isLaunched = values.has("launched");
  const stopping = surroundings.stopping();
  using timer = timeLimit(limitMs);
  const isSilent = isQuiet || rank.rank > 0;
  const carry = rank.size > 1 ? await loadRanked() : runSweep;
  const { environment, program } = surroundings;
  const isAsked = values.has("workers");
  const idle = isSilent ? undefined : idleTasks(environment, program) ??
    (isAsked
      ? undefined
      : oneOfManyCpus(environment, workers.count, navigator.hardwareConcurrency));
  if (idle !== undefined) surroundings.report(idle + "\n");
  const isShown = !isSilent && !isLaunched && !values.has("no-progress");
  const screen = isShown ? surroundings : undefined;
  using line = new ProgressLine(screen, kernel.descriptor.name, values.has("workers-view"));
  const report = await carry({
    ...{ kernel, plan, ...rest, workers: workers.count, rank },
    signal: AbortSignal.any([stopping, timer.signal]),
    ...limits,
    announce: (text) => line.clear(() => surroundings.report(text + "\n")),
    progress: (state) => line.show(state),
  }).catch((error) => {
    if (error instanceof UsageError || isLaunched) throw error;
    const goOn = `${program} resume ${shellWord(typedDirectory)}`;
    const why = isFull(error)
      ? `Cannot write to "${typedDirectory}": ${reasonOf(error)}`
      : messageOf(error);
    const kept = error instanceof LostLedger ? "" : "; what was finished is kept";
    throw new Error(`${why}${kept}, to go on: ${goOn}`, { cause: error });
  });
  line.clear();
  if (report.merged?.rows === 0) {
    throw new UsageError(`Cannot use --where "${plan.where}": no point of the grid meets it`);
  }
  if (isLaunched || report.ranks !== undefined) {
    const { launchedText, rankText } = await loadRankReport();
    const part = { rank, report, host: Deno.hostname() };
    if (!isQuiet) {
      surroundings.report(
        isLaunched ? launchedText(part) : rankText(part, typedDirectory, program),
      );
    }
  }
  if (report.ranks !== undefined) {
    if (report.merged === undefined && report.ranks.state !== "open") {
      return report.failedNow + report.failedBefore === 0 ? 0 : 1;
    }
    if (report.merged === undefined) {
      if (stopping.aborted) return stopping.reason as number;
      return timer.signal.aborted ? TIME_LIMIT_EXIT : 1;
    }
  }
  const told = {
    ...{ kernel: kernel.descriptor, plan, directory: typedDirectory, workers, report },
    cpus: navigator.hardwareConcurrency,
    expected: points,
    goOn: [`to go on: ${surroundings.program} resume ${shellWord(typedDirectory)}`],
  };
  if (values.has("json")) surroundings.print(reports.json(told));
  if (!isQuiet && !isLaunched) surroundings.report(reports.text(told));
  if (report.merged !== undefined) return isWhole(report) ? 0 : 1;
  if (stopping.aborted) return stopping.reason as number;
  return timer.signal.aborted ? TIME_LIMIT_EXIT : 1;
}

/** What only ranks need is not in the graph of a run that is alone. */
async function loadRanked(): Promise<typeof runSweep> {
  return (await import(addressOf("src/ranked_sweep.ts"))).runRanked;
}

async function loadRankReport(): Promise<{
  launchedText(part: RankPart): string;
  rankText(part: RankPart, directory: string, program: string): string;
}> {
  return await import(addressOf("src/rank_report.ts"));
}

/** The options of a run, checked. */
export function readRunOptions({ values }: Options, points: number, surroundings: Surroundings) {
  const limit = values.get("time-limit")?.[0];
  const timeout = values.get("timeout")?.[0];
  const retries = values.get("retries")?.[0] ?? "0";
  return {
    rank: findRank(surroundings.environment, {
      rank: values.get("rank")?.[0],
      session: values.get("session")?.[0],
    }),
    workers: workersOf(values.get("workers")?.[0], surroundings),
    limitMs: limit === undefined ? undefined : parseDuration("time-limit", limit),
    timeoutMs: timeout === undefined ? Infinity : parseDuration("timeout", timeout),
    retries: wholeNumber("retries", retries, { minimum: 0, maximum: MAX_RETRIES }),
    maxFailures: maxFailures(values.get("max-failures")?.[0], points),
    skip: (values.get("skip") ?? []).map(checkedId),
    skipFailed: values.has("skip-failed"),
    keepRows: values.has("keep-rows"),
  };
}

function workersOf(typed: string | undefined, { environment }: Surroundings): WorkerCount {
  if (typed === undefined) return defaultWorkers(environment, navigator.hardwareConcurrency);
  const count = wholeNumber("workers", typed, { minimum: 1, maximum: MAX_WORKERS });
  return { count, reason: "--workers" };
}

/** A number of points, or a share of all of them. */
function maxFailures(typed: string | undefined, points: number): number {
  if (typed === undefined) return Infinity;
  const share = /^(\d+(?:\.\d+)?)%$/.exec(typed)?.[1];
  if (share !== undefined) return Math.floor(Number(share) / 100 * points);
  return wholeNumber("max-failures", typed, { minimum: 0 });
}

function checkedId(id: string): string {
  if (/^[0-9a-f]{8,32}$/.test(id)) return id;
  throw new UsageError(`Cannot use --skip "${id}": expected 8 to 32 hex digits of a point's id`);
}

/** A signal that goes off after some time, and a timer that does not outlive its use. */
function timeLimit(milliseconds: number | undefined): Disposable & { signal: AbortSignal } {
  const controller = new AbortController();
  const { signal } = controller;
  // The first use of timers costs 5 ms; and they count in 31 bits, that is up to 24 days.
  if (milliseconds === undefined || milliseconds >= 2 ** 31) {
    return { signal, [Symbol.dispose]() {} };
  }
  const timer = setTimeout(() => controller.abort(), milliseconds);
  return { signal, [Symbol.dispose]: () => clearTimeout(timer) };
}
