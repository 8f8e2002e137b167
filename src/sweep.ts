/** The heart: a plan's grid through the pool to a ledger, then the ledgers to results.csv. */
import type { Entry } from "../wasm/kernel.ts";
import type { Bitmap } from "./bitmap.ts";
import { removeLeftovers } from "./cleanup.ts";
import { Crew } from "./crew.ts";
import { UsageError } from "./errors.ts";
import type { PointFailure } from "./failures.ts";
import { learnContents } from "./files.ts";
import { FreshRows, MAX_FRESH_POINTS } from "./fresh_rows.ts";
import { formatCount } from "./format/quantity.ts";
import { livingWriters } from "./ledger.ts";
import {
  isRun,
  lockManifest,
  makeRunDirectory,
  readManifest,
  refuseForeign,
  standingOf,
} from "./manifest.ts";
import { type Merged, mergeRun } from "./merge.ts";
import { cpuMs, type Work } from "./meter.ts";
import { runMissing } from "./missing.ts";
import { filesAxis, type Plan } from "./plan.ts";
import { makeSalts, type Salts } from "./point.ts";
import { openRun, type Run } from "./run_ledgers.ts";
import { refusalOf, refuseLiving, settlePlan, settleRun } from "./run_start.ts";
import { type Survey, surveyRun } from "./survey.ts";
import type { SweepOptions } from "./sweep_options.ts";

/** What came of a run. */
export interface SweepReport {
  /** Points that earlier starts had finished. */
  readonly before: number;
  /** Points finished now, those that failed included. */
  readonly now: number;
  /** Of these, how many failed. */
  readonly failedNow: number;
  /** The first of these. */
  readonly firstFailure: PointFailure | undefined;
  /** Points that failed before and were left as they are. */
  readonly failedBefore: number;
  /** Ledger lines that were torn or damaged, and dropped. */
  readonly dropped: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  /** What the workers did; undefined when there was nothing left for them. */
  readonly work: Work | undefined;
  /** Undefined when the run ended before all points were done or had failed. */
  readonly merged: Merged | undefined;
  /** What came of the part of one rank among several; absent when alone. */
  readonly ranks?: RankReport;
}

/** The part of one rank. */
export interface RankReport {
  /** Points that were its own. */
  readonly share: number;
  /** Points of others that it took over. */
  readonly taken: number;
  readonly state: RankState;
}

/**
 * How the part of a rank ended: everything done and merged by it, or by another rank, or by nobody
 * as it is much; its neighbourhood done, others still at work; or not done.
 */
export type RankState = "merged" | "elsewhere" | "unmerged" | "covered" | "open";

/** Runs what is missing of a plan in its directory, and merges when nothing is. */
export async function runSweep(options: SweepOptions): Promise<SweepReport> {
  const { kernel, plan, directory } = options;
  const startMs = performance.now();
  const startCpu = cpuMs();
  const salts = await makeSalts(plan);
  using crew = new Crew(options, salts);
  // A new run will need its workers: the first loads while the directory is made.
  const isNew = !isRun(directory);
  if (isNew) crew.team.start(crew.initializer);
  const { run, survey, done } = await beginRun(options, salts);
  const { unclosed } = survey;
  // Points are added to it as they are done.
  const before = survey.done.count;
  // Somebody else may have made points meanwhile, and files may change before the ledgers are read.
  const isFresh = isNew && done.count === 0 && done.size <= MAX_FRESH_POINTS &&
    filesAxis(plan) === undefined;
  const fresh = isFresh ? new FreshRows(done.size) : undefined;
  const { now, failedNow, firstFailure, complete, work } = done.count < done.size
    ? await runMissing({ options, crew, run, done, dead: unclosed, fresh })
    : { now: 0, failedNow: 0, firstFailure: undefined, complete: true, work: undefined };
  // Their memory is free for the merge, where that needs much.
  if (fresh === undefined) crew.team[Symbol.dispose]();
  return {
    before,
    ...{ now, failedNow, firstFailure, work },
    failedBefore: options.skipFailed ? survey.failed.count : 0,
    dropped: survey.damaged,
    merged: complete
      ? await finish(run, kernel, {
        // Others may have begun meanwhile, or be at work on another host.
        living: () => livingWriters(directory),
        hasDeadStarts: unclosed.length > 0,
        fresh: failedNow === 0 ? fresh : undefined,
      })
      : undefined,
    wallMs: performance.now() - startMs,
    cpuMs: cpuMs() - startCpu,
  };
}

/** A run whose directory is settled, and what it has. */
interface BegunRun {
  readonly run: Run;
  readonly survey: Survey;
  /** Points that are not to be computed. */
  readonly done: Bitmap;
}

/** Settles a run in its directory, and reads what it has. */
export async function beginRun(options: SweepOptions, salts: Salts): Promise<BegunRun> {
  const { kernel, plan, directory, folder, inputs } = options;
  const isNew = !isRun(directory);
  const run = await settleRun({ kernel, plan, directory, salts, folder });
  const survey = surveyRun(run, options.keepRows);
  refuseLiving(directory, survey);
  // Somebody else may have made it meanwhile.
  if (!isNew || run.manifest.plans.length > 1) {
    makeRunDirectory(directory);
    await settlePlan(run, kernel);
  }
  // A plan that was extended was made from longer lists.
  inputs?.freeze(directory);
  announceSurvey(survey, options.announce);
  const done = options.skipFailed ? survey.done.with(survey.failed) : survey.done;
  return { run, survey, done };
}

/** What is known of a run whose points are done. */
interface FinishOptions {
  /** Others that may be at work in its directory, as `rank-attempt`; asked when it matters. */
  readonly living: () => ReadonlySet<string>;
  readonly hasDeadStarts: boolean;
  /** The rows of all points, when they were all made just now. */
  readonly fresh?: FreshRows | undefined;
}

/**
 * Merges, and removes what dead starts left. One merges at a time, so that nobody takes the
 * temporary files of another for leftovers; the rows do not rely on it.
 */
export async function finish(
  run: Run,
  kernel: Entry,
  { living, hasDeadStarts, fresh }: FinishOptions,
): Promise<Merged> {
  const { directory } = run;
  using lock = await lockManifest(directory);
  if (await standingOf(directory, run.manifest) !== "same") {
    throw new Error(
      `Cannot write the table of "${directory}": another process has changed its plan meanwhile`,
    );
  }
  learnContents(run);
  const merged = await mergeRun(run, kernel, fresh);
  if (lock.isOurs) {
    // Once for all that dead starts left; else hardly ever.
    const known = hasDeadStarts ? living() : undefined;
    removeLeftovers(directory, { isDeep: hasDeadStarts, living: () => known ?? living() });
  }
  return merged;
}

/**
 * How many points of a plan a directory has: undefined when it holds no run, the reason in words
 * when it cannot be used.
 */
export async function countDone(
  directory: string,
  plan: Plan,
): Promise<number | string | undefined> {
  const manifest = await readManifest(directory);
  if (manifest === undefined) {
    try {
      await refuseForeign(directory, plan);
      return undefined;
    } catch (error) {
      if (error instanceof UsageError) return error.message;
      throw error;
    }
  }
  const refusal = await refusalOf(directory, manifest, plan);
  if (refusal !== undefined) return refusal;
  const run = await openRun(directory, { ...manifest, plans: [...manifest.plans, plan] });
  learnContents(run);
  return surveyRun(run, false).done.count;
}

/** Says what earlier starts left that will be made again. */
function announceSurvey(survey: Survey, announce: (line: string) => void): void {
  const { damaged, vanished, stale } = survey;
  if (stale > 0) {
    announce(`${formatCount(stale, "point")} of files that have changed: made again`);
  }
  if (damaged > 0) {
    announce(`${damaged} torn or damaged ledger line${damaged === 1 ? "" : "s"} dropped`);
  }
  if (vanished > 0) {
    announce(
      `${vanished} series file${vanished === 1 ? " has" : "s have"} vanished or changed in size: ` +
        "made again (--keep-rows accepts that)",
    );
  }
}
