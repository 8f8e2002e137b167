/** A sweep as one of several ranks: a share of the points, help for others, one merge for all. */
import { Bitmap } from "./bitmap.ts";
import { Crew } from "./crew.ts";
import { messageOf, UsageError } from "./errors.ts";
import { gridSize } from "./grid.ts";
import { Helper, windowOf } from "./helping.ts";
import { closingOf, hostOf, isBeingWritten, lastAttempt, Ledger, ledgerPath } from "./ledger.ts";
import { isRun, readManifest } from "./manifest.ts";
import { cpuMs } from "./meter.ts";
import { type RankPart, runMissing } from "./missing.ts";
import type { Rank } from "./nodes/ranks.ts";
import { planDigest } from "./plan.ts";
import { makeSalts, type Salts } from "./point.ts";
import { provenance } from "./provenance.ts";
import { openRun, type Run } from "./run_ledgers.ts";
import {
  announceReading,
  awaitSession,
  claimMerge,
  isTaken,
  publishRefusal,
  publishSession,
  readDone,
  refuseTaken,
  removeEarlierDone,
  unclaimMerge,
} from "./session.ts";
import { allButShare } from "./share.ts";
import type { DeadStart } from "./survey.ts";
import { beginRun, finish, type RankState, type SweepReport } from "./sweep.ts";
import type { SweepOptions } from "./sweep_options.ts";

/** Rows that are merged while an allocation is held: about ten seconds' worth. */
const MAX_MERGED_POINTS = 3e6;

const NOTHING_DONE = { share: 0, taken: 0, state: "open" } as const;

/** A session as one rank has it at its start. */
interface Begun {
  readonly run: Run;
  readonly ledger: Ledger;
  readonly done: Bitmap;
  readonly dead: readonly DeadStart[];
  /** Points that are left as they failed; rank 0 tells of them. */
  readonly failedBefore: number;
}

/** Runs the share of one rank, helps, and merges when it is the one that finds all covered. */
export async function runRanked(options: SweepOptions): Promise<SweepReport> {
  const { directory, signal, rank } = options;
  const startMs = performance.now();
  const startCpu = cpuMs();
  const salts = await makeSalts(options.plan);
  using crew = new Crew(options, salts);
  crew.team.start(crew.initializer);
  const begun = rank.rank === 0
    ? await beginFirst(options, salts)
    : await beginOther(options, salts);
  const times = () => ({ wallMs: performance.now() - startMs, cpuMs: cpuMs() - startCpu });
  const nothing = {
    ...{ before: 0, now: 0, failedNow: 0, failedBefore: 0, dropped: 0, firstFailure: undefined },
    ...{ merged: undefined, work: undefined },
  };
  if (begun === undefined) return { ...nothing, ...times(), ranks: NOTHING_DONE };
  const { run, ledger, done, dead, failedBefore } = begun;
  const others = allButShare(done, rank);
  const helper = new Helper({
    ...{ run, done, workers: crew.team.nodes, signal },
    ...{ place: rank, attempt: ledger.attempt },
    beat: (count) => ledger.note({ helping: count }),
  });
  const part: RankPart = {
    ledger,
    help: (state) => state.complete ? helper.next(state) : Promise.resolve(undefined),
    closing: ({ complete }) => ({ shares: sharesOf(rank, complete, helper) }),
  };
  const share = others.size - others.count;
  const { now, failedNow, firstFailure, complete, work } = await runMissing({
    ...{ crew, run, done: others, dead, part },
    options: { ...options, progress: shareProgress(options, others, done) },
  });
  const state = endState(options, ledger.attempt, { complete, helper });
  const report = {
    ...{ before: done.count, now, failedNow, firstFailure, failedBefore, dropped: 0, work },
    ranks: { share, taken: helper.taken, state },
  };
  if (state !== "merged") return { ...report, merged: undefined, ...times() };
  const living = () => livingRanks(directory, rank, ledger.attempt);
  const merged = await finish(run, options.kernel, { living, hasDeadStarts: true })
    .catch((error) => {
      unclaimMerge(directory, rank.session);
      throw error;
    });
  removeEarlierDone(directory, ledger.attempt);
  return { ...report, merged, ...times() };
}

/** Settles the run, reads all ledgers, and makes the session known. */
async function beginFirst(options: SweepOptions, salts: Salts): Promise<Begun> {
  const { plan, directory, rank } = options;
  try {
    refuseTaken(directory, rank);
    using _reading = isRun(directory) ? announceReading(directory, rank) : undefined;
    const { run, survey, done } = await beginRun(options, salts);
    const ledger = claimFirst(options, run);
    const settled = {
      attempt: ledger.attempt,
      plan: run.manifest.plans.length - 1,
      digest: await planDigest(plan),
      dead: survey.unclosed,
    };
    try {
      publishSession(directory, rank, settled, done);
    } catch (error) {
      ledger.close({ closed: new Date().toISOString(), points: 0 });
      ledger[Symbol.dispose]();
      throw error;
    }
    const failedBefore = options.skipFailed ? survey.failed.count : 0;
    return { run, ledger, done, dead: survey.unclosed, failedBefore };
  } catch (error) {
    // The others wait for what will never be there.
    if (isRun(directory)) publishRefusal(directory, rank, messageOf(error));
    throw error;
  }
}

/** The first attempt that no rank has had: rank 0's ledger of it is the claim of all. */
function claimFirst(options: SweepOptions, run: Run): Ledger {
  const header = headerOf(options, run);
  for (let attempt = lastAttempt(run.directory) + 1;; attempt++) {
    const ledger = Ledger.claim(run.directory, { rank: 0, attempt }, header);
    if (ledger !== undefined) return ledger;
  }
}

/** Waits for rank 0 and begins where it says. */
async function beginOther(options: SweepOptions, salts: Salts): Promise<Begun | undefined> {
  const { plan, directory, folder, rank, signal } = options;
  const session = await awaitSession(directory, rank, { signal });
  if (session === undefined) return undefined;
  const manifest = await readManifest(directory);
  if (manifest === undefined || session.digest !== await planDigest(plan)) {
    throw new UsageError(
      `Cannot begin rank ${rank.rank} of session "${rank.session}": rank 0 runs another plan, ` +
        "expected the same command everywhere",
    );
  }
  const plans = manifest.plans.slice(0, session.plan + 1);
  const run = await openRun(directory, { ...manifest, plans }, { salts, folder });
  const done = readDone(directory, rank.session, session, gridSize(plan));
  const { attempt, dead } = session;
  const claimed = { rank: rank.rank, attempt };
  const ledger = Ledger.claim(directory, claimed, headerOf(options, run));
  if (ledger === undefined) throw isTaken(rank.rank, rank.session);
  return { run, ledger, done, dead, failedBefore: 0 };
}

function headerOf(options: SweepOptions, { manifest }: Run): Record<string, unknown> {
  const { size, session } = options.rank;
  return { ...provenance(options, manifest), size, session };
}

/** Shares that are known to be covered, as first and end. */
function sharesOf(rank: Rank, complete: boolean, helper: Helper): readonly number[] {
  if (helper.isCovered) return windowOf(rank);
  return complete ? [rank.rank, rank.rank + 1] : [];
}

/** What is left for this rank to do; it claims the merge when that is to be done. */
function endState(
  { plan, directory, rank }: SweepOptions,
  attempt: number,
  own: { readonly complete: boolean; readonly helper: Helper },
): RankState {
  if (!own.helper.isCovered) return "open";
  if (!isCovered(directory, rank, attempt)) return "covered";
  if (gridSize(plan) > MAX_MERGED_POINTS) return "unmerged";
  return claimMerge(directory, rank.session) ? "merged" : "elsewhere";
}

/**
 * Whether every share is covered, by the last lines of the ledgers: a rank that ends looks at its
 * own neighbourhood, and further only while all is covered, so that the looks of all ranks together
 * are few more than the ranks.
 */
function isCovered(directory: string, place: Rank, attempt: number): boolean {
  const [mine, mineEnd] = windowOf(place);
  for (let first = 0; first < place.size;) {
    const [, end] = windowOf({ rank: first, size: place.size });
    if (first !== mine && !isWindowCovered(directory, first, end, attempt)) return false;
    first = first === mine ? mineEnd : end;
  }
  return true;
}

function isWindowCovered(directory: string, first: number, end: number, attempt: number): boolean {
  const covered = new Bitmap(end - first);
  for (let rank = first; rank < end && covered.count < end - first; rank++) {
    const [from = 0, to = 0] = lastShares(ledgerPath(directory, rank, attempt)) ?? [];
    for (let share = Math.max(from, first); share < Math.min(to, end); share++) {
      covered.add(share - first);
    }
  }
  return covered.count === end - first;
}

/** The shares that the last line of a ledger names; undefined when it has none. */
function lastShares(path: string): readonly number[] | undefined {
  try {
    return closingOf(path)?.shares as readonly number[] | undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Other ranks of an attempt that may be at work, or may come yet: neither ended nor dead. */
function livingRanks(directory: string, { rank, size }: Rank, attempt: number): Set<string> {
  const living = new Set<string>();
  for (let other = 0; other < size; other++) {
    const path = ledgerPath(directory, other, attempt);
    if (other !== rank && lastShares(path) === undefined && !isDead(path)) {
      living.add(`${other}-${attempt}`);
    }
  }
  return living;
}

/** Whether the writer of a ledger without a last line is known to be dead: only on this host. */
function isDead(path: string): boolean {
  try {
    return hostOf(path) === Deno.hostname() && !isBeingWritten(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Progress of all ranks as far as one can tell from its own share. */
function shareProgress(
  { progress, rank: { size } }: SweepOptions,
  others: Bitmap,
  done: Bitmap,
): SweepOptions["progress"] {
  const share = Math.max(1, others.size - others.count);
  const all = done.size - done.count;
  return ({ done: now, failed, begun }) => {
    const mine = Math.min(share, now - others.count);
    progress({
      total: done.size,
      done: done.count + Math.round(all * mine / share),
      failed,
      begun: begun * size,
    });
  };
}
