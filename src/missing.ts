/** How the missing points of a run go through its workers into the ledger. */
import { BATCH_MS, Batches, type BatchSource } from "./batches.ts";
import type { Bitmap } from "./bitmap.ts";
import type { Crew } from "./crew.ts";
import { UsageError } from "./errors.ts";
import { failureText, firstFailure, type PointFailure } from "./failures.ts";
import type { FreshRows } from "./fresh_rows.ts";
import { formatCount } from "./format/quantity.ts";
import { pointsAFile } from "./grid.ts";
import { Ledger } from "./ledger.ts";
import { changedMeanwhile, standingOf } from "./manifest.ts";
import { Meter, type Work } from "./meter.ts";
import { type BatchResult, type Control, TICK_MS } from "./point_protocol.ts";
import { type CallSource, type Outcome, WorkerError } from "./pool/team.ts";
import type { Call } from "./pool/protocol.ts";
import { cpuModel, provenance, RANK } from "./provenance.ts";
import type { Run } from "./run_ledgers.ts";
import { type Suspect, suspectsOf } from "./suspects.ts";
import type { DeadStart } from "./survey.ts";
import type { SweepOptions } from "./sweep_options.ts";

/** Why a worker is retired whose kernel trapped: its memory cannot be trusted. */
const TRAPPED = "its kernel trapped";
/** A run that is over sooner does not say what CPU it had. */
const MACHINE_MS = 500;
/** Workers that may die of other things in one run. */
const MAX_DEATHS = 16;
/** So long the other workers may take to end when one of them ends the run. */
const SETTLE_MS = 1000;
/** Points that were handed out when a process died run by themselves for so long at most. */
const ALONE_MS = 10_000;

/** What came of the missing points. */
export interface Progress {
  readonly now: number;
  readonly failedNow: number;
  /** The first of these. */
  readonly firstFailure: PointFailure | undefined;
  /** Nothing is left to compute. */
  readonly complete: boolean;
  readonly work: Work;
}

/** What is missing of a run, and who computes it. */
export interface Missing {
  readonly options: SweepOptions;
  readonly crew: Crew;
  readonly run: Run;
  /** Points that are not to be computed. */
  readonly done: Bitmap;
  /** Starts that ended without a word. */
  readonly dead: readonly DeadStart[];
  /** The part of one rank among several; absent when alone. */
  readonly part?: RankPart;
  /** Takes the rows besides the ledger; absent when nobody wants them. */
  readonly fresh?: FreshRows | undefined;
}

/** What a rank among several has of its own, and what it does when its share is done. */
export interface RankPart {
  readonly ledger: Ledger;
  /** More points to take, once all others are done; undefined when there is nothing to help. */
  help(state: HelpState): Promise<BatchSource | undefined>;
  /** What the ledger's last line says besides. */
  closing(progress: Progress): Readonly<Record<string, unknown>>;
}

/** What is known of the points so far. */
export interface HelpState {
  /** The share of this rank is done. */
  readonly complete: boolean;
  /** Mean time of a point; undefined when none was made. */
  readonly pointMs: number | undefined;
}

/** Computes the missing points; those that dead starts were at come first, one at a time. */
export async function runMissing(
  { options, crew, run, done, dead, part, fresh }: Missing,
): Promise<Progress> {
  const { directory, signal } = options;
  using ledger = part?.ledger ??
    Ledger.begin(directory, RANK, provenance(options, run.manifest));
  // From now on others see that the run is at work. A run that was made just now is as it was.
  if (fresh === undefined && await standingOf(directory, run.manifest) !== "same") {
    ledger.close({ closed: new Date().toISOString(), points: 0 });
    throw changedMeanwhile(directory);
  }
  if (signal.aborted) crew.stop();
  signal.addEventListener("abort", crew.stop, { once: true });
  const desk = new Desk({ options, crew, ledger, done, fresh });
  crew.team.onTick = () => {
    noteLongPoints(crew.control, ledger);
    ledger.syncIfDue();
    desk.noteMachine();
    desk.noteWork();
    desk.tellProgress();
  };
  try {
    const suspects = suspectsOf(dead, done, run, options.announce);
    for await (
      const outcome of crew.team.uimap<BatchResult>(desk.alone(suspects), crew.initializer)
    ) {
      desk.take(outcome);
    }
    if (suspects.length > 0) desk.endAlone();
    const own = new Batches(done, crew.team.nodes, pointsAFile(options.plan));
    let source: BatchSource | undefined = own;
    while (source !== undefined) {
      const calls = desk.batches(source);
      for await (const outcome of crew.team.uimap<BatchResult>(calls, crew.initializer)) {
        desk.take(outcome);
      }
      if (source === own) desk.complete = own.left === 0;
      source = desk.isStopped ? undefined : await part?.help(desk);
    }
  } catch (error) {
    // Whoever is amid a file ends that properly.
    crew.stop();
    await crew.team.settle(SETTLE_MS);
    // A condition that has no value at some point is found by the worker that comes to it.
    const isUsage = error instanceof WorkerError && error.original === UsageError.name;
    throw isUsage ? new UsageError(error.message, { cause: error }) : error;
  } finally {
    desk.endNotes();
    crew.team.onTick = () => {};
    signal.removeEventListener("abort", crew.stop);
  }
  desk.close(part?.closing(desk.progress) ?? {});
  return desk.progress;
}

/** Hands out batches and takes in what comes of them. */
class Desk {
  readonly #options: SweepOptions;
  readonly #crew: Crew;
  readonly #ledger: Ledger;
  readonly #done: Bitmap;
  readonly #fresh: FreshRows | undefined;
  /** Points that were done before. */
  readonly #before: number;
  /** Tries of points at which the kernel trapped. */
  readonly #traps = new Map<number, number>();
  #batches: BatchSource | undefined;
  /** Every point of the share was handed out and came back. */
  complete = false;
  #passed = 0;
  #busyMs = 0;
  #now = 0;
  #failedNow = 0;
  #isAloneBusy = false;
  readonly #startMs = performance.now();
  readonly #meter: Meter;
  #isMachineNoted = false;
  #firstFailure: PointFailure | undefined;
  #isClosed = false;
  #deaths = 0;
  #isOver = false;

  constructor(
    { options, crew, ledger, done, fresh }:
      & Pick<Missing, "options" | "crew" | "done" | "fresh">
      & { readonly ledger: Ledger },
  ) {
    this.#fresh = fresh;
    this.#options = options;
    this.#crew = crew;
    this.#ledger = ledger;
    this.#done = done;
    this.#before = done.count;
    this.#meter = new Meter(crew.team.nodes);
  }

  get progress(): Progress {
    return {
      ...{ now: this.#now, failedNow: this.#failedNow, complete: this.complete },
      firstFailure: this.#firstFailure,
      work: this.#meter.work(),
    };
  }

  get pointMs(): number | undefined {
    return this.#passed === 0 ? undefined : this.#busyMs / this.#passed;
  }

  /** Points one at a time, each written down before it begins. */
  alone(suspects: readonly Suspect[]): CallSource {
    const endMs = performance.now() + ALONE_MS;
    const waiting = suspects[Symbol.iterator]();
    return {
      next: () => {
        if (this.#isAloneBusy || this.isStopped) return undefined;
        for (const { index, ranLong } of waiting) {
          if (!ranLong && performance.now() > endMs) continue;
          this.#ledger.note({ alone: index });
          this.#isAloneBusy = true;
          return this.#call(Float64Array.of(index, 1));
        }
        return undefined;
      },
    };
  }

  /** From now on all workers have something to do. */
  endAlone(): void {
    this.#meter.wasAlone();
  }

  /** Missing points, in batches. */
  batches(batches: BatchSource): CallSource {
    this.#batches = batches;
    return {
      next: (ahead) => {
        const runs = this.isStopped ? undefined : batches.next(ahead);
        if (runs === undefined) return undefined;
        this.#ledger.note({ out: [...runs] });
        return this.#call(runs);
      },
    };
  }

  /** Appends the lines of a batch; what was not done goes out again. */
  take(outcome: Outcome<BatchResult>): void {
    const runs = outcome.call.args[0] as Float64Array;
    this.#isAloneBusy = false;
    if (outcome.death !== undefined) {
      this.#mourn(outcome.worker, outcome.death);
      this.#batches?.giveBack(runs);
      return;
    }
    const { value, worker } = outcome;
    this.#ledger.append(value.lines);
    this.#fresh?.take(value.lines);
    this.#meter.took(worker, value.elapsedMs);
    this.noteMachine();
    this.noteWork();
    this.#now += value.computed;
    this.#failedNow += value.failed;
    if (value.failed > 0) this.#firstFailure ??= firstFailure(value.lines);
    this.#passed += value.passed;
    this.#busyMs += value.elapsedMs;
    if (value.isBroken) this.#crew.team.retire(worker, TRAPPED);
    const retried = value.isBroken && value.passed > 0
      ? this.#pointToRetry(pointAt(runs, value.passed - 1))
      : undefined;
    if (this.#batches !== undefined) {
      this.#batches.finished(runs, value.passed, value.elapsedMs);
      if (retried !== undefined) this.#batches.giveBack(Float64Array.of(retried, 1));
    } else if (value.passed > 0 && retried === undefined) this.#done.add(runs[0]!);
    if (this.#failedNow > this.#options.maxFailures) this.#giveUp();
    this.tellProgress();
  }

  tellProgress(): void {
    const states = this.#crew.control.states();
    const begun = states.filter(({ index }) => index >= 0);
    this.#options.progress({
      total: this.#done.size,
      done: this.#before + this.#now,
      failed: this.#failedNow,
      begun: begun.reduce((sum, { progress }) => sum + progress, 0),
      utilisation: () => this.#meter.utilisation(),
      workers: states.map(({ index, progress }) => index < 0 ? undefined : progress),
    });
  }

  /**
   * Writes down the CPU's model, once the run has lasted a while: to ask for it takes as long as
   * two dozen points.
   */
  noteMachine(): void {
    if (this.#isMachineNoted || performance.now() - this.#startMs < MACHINE_MS) return;
    this.#isMachineNoted = true;
    // A ledger that cannot be written to will say so with the next point.
    cpuModel().then((cpu) => this.#isClosed || this.#ledger.note({ cpu })).catch(() => {});
  }

  /** Writes down the CPU time so far, for whoever watches. */
  noteWork(): void {
    const note = this.#meter.noteIfDue(() => {
      const nowMs = performance.timeOrigin + performance.now();
      return this.#crew.control.states().map(({ index, sinceMs }) =>
        index < 0 || sinceMs === 0 ? 0 : Math.max(0, nowMs - sinceMs)
      );
    });
    if (note !== undefined) this.#ledger.note({ ...note });
  }

  /** However the run ends: a note that is still being made must not meet a closed ledger. */
  endNotes(): void {
    this.#isClosed = true;
  }

  close(more: Readonly<Record<string, unknown>>): void {
    const closed = new Date().toISOString();
    // FollowedRank knows it by its first name.
    this.#ledger.close({ closed, points: this.#now, ...this.#meter.note(), ...more });
  }

  /** A worker died: its points go out again, but not for ever. */
  #mourn(worker: number, death: string): void {
    if (death === TRAPPED) return;
    this.#options.announce(`worker ${worker} died and was replaced: ${death}`);
    if (++this.#deaths > MAX_DEATHS) {
      throw new Error(`Cannot go on: ${this.#deaths} workers died, the last one of: ${death}`);
    }
  }

  /** The point at which a kernel trapped, if it has tries left; they are made in a new worker. */
  #pointToRetry(index: number): number | undefined {
    const tries = (this.#traps.get(index) ?? 0) + 1;
    this.#traps.set(index, tries);
    if (tries > this.#options.retries) return undefined;
    this.#failedNow--;
    this.#now--;
    return index;
  }

  #giveUp(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#crew.stop();
    const first = this.#firstFailure;
    this.#options.announce(
      `stopped: ${formatCount(this.#failedNow, "point")} failed, more than --max-failures allows` +
        (first === undefined ? "" : `; ${failureText(first, this.#failedNow - 1)}`),
    );
  }

  get isStopped(): boolean {
    return this.#isOver || this.#options.signal.aborted;
  }

  #call(runs: Float64Array): Call {
    return { name: "run", args: [runs, BATCH_MS, `${this.#ledger.rank}-${this.#ledger.attempt}`] };
  }
}

/** The index at a place in runs: first, count, first, count, … */
function pointAt(runs: Float64Array, place: number): number {
  for (let i = 0; i < runs.length; i += 2) {
    if (place < runs[i + 1]!) return runs[i]! + place;
    place -= runs[i + 1]!;
  }
  throw new RangeError(`Cannot find place ${place} in a batch: it has fewer points`);
}

/** Writes down which points have been running for a second or more: they may be what kills us. */
function noteLongPoints(control: Control, ledger: Ledger): void {
  const nowMs = performance.timeOrigin + performance.now();
  const running = control.states()
    .filter(({ index, sinceMs }) => index >= 0 && sinceMs > 0 && nowMs - sinceMs > TICK_MS)
    .map(({ index }) => index);
  if (running.length > 0) ledger.note({ running });
}
