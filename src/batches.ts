/** Which points go into one message: rare beside the work, small at the end. */
import type { Bitmap } from "./bitmap.ts";

/** After so long a worker hands back what is left of its batch. */
export const BATCH_MS = 30;
/** The least work that is worth a message. */
const LEAST_MS = 4;
/** Indices in one message: many, as most of them may be outside the plan; and in the first one. */
const MAX_POINTS = 1 << 20;
const FIRST_POINTS = 256;
/** Runs in one message: the ledger's line about it stays short. */
const MAX_RUNS = 1000;
/** With fewer groups left, points that share a file go to several workers. */
const GROUPS_A_WORKER = 4;
/** Points longer than this wait for a free worker: a queue would unbalance the end. */
const MAX_AHEAD_MS = 5;

/** Where batches come from. */
export interface BatchSource {
  /** Indices that are not handed out, or came back. */
  readonly left: number;
  /** The next batch as runs: first, count, first, count, …; undefined when there is none now. */
  next(ahead: boolean): Float64Array<ArrayBuffer> | undefined;
  /** Learns from a batch; what it left undone is handed out again. */
  finished(runs: Float64Array, passed: number, elapsedMs: number): void;
  /** Takes back runs of which the first `passed` points are done. */
  giveBack(runs: Float64Array, passed?: number): void;
}

/**
 * Hands out the missing points of a grid in batches, in the order of the grid. How long a point
 * takes need not be known: a worker stops after BATCH_MS, and the rest is handed out again.
 */
export class Batches implements BatchSource {
  readonly #done: Bitmap;
  readonly #workers: number;
  readonly #end: number;
  #next = 0;
  #left: number;
  /** Mean duration of a point in the last batch; unknown at first. */
  #pointMs = Infinity;
  /** Runs that came back, first and count of each: they go out again before new ones. */
  readonly #returned: [number, number][] = [];

  /** Batches of whole groups of `#grain` points, as far as they go. */
  readonly #grain: number;

  constructor(done: Bitmap, workers: number, grain = 1) {
    this.#grain = grain;
    this.#done = done;
    this.#workers = workers;
    this.#end = done.size;
    this.#left = done.size - done.count;
  }

  /** Indices that are not handed out, or came back. */
  get left(): number {
    return this.#left;
  }

  /**
   * The next batch as runs: first, count, first, count, …; undefined when nothing is left, or when
   * what is left should not wait in a busy worker's queue.
   */
  next(ahead: boolean): Float64Array<ArrayBuffer> | undefined {
    if (ahead && !(this.#pointMs < MAX_AHEAD_MS)) return undefined;
    const share = Math.ceil(this.#left / (2 * this.#workers));
    const least = Math.ceil(LEAST_MS / Math.max(this.#pointMs, 1e-3));
    const most = this.#pointMs === Infinity
      ? FIRST_POINTS
      : Math.min(MAX_POINTS, Math.ceil(2 * BATCH_MS / Math.max(this.#pointMs, 1e-6)));
    let wanted = this.#whole(Math.min(most, Math.max(share, least)));
    const runs: number[] = [];
    while (wanted > 0 && runs.length < 2 * MAX_RUNS) {
      const run = this.#takeReturned(wanted) ?? this.#takeNew(wanted);
      if (run === undefined) break;
      runs.push(...run);
      wanted -= run[1];
      this.#left -= run[1];
    }
    return runs.length === 0 ? undefined : Float64Array.from(runs);
  }

  /** Learns from a batch; what it left undone is handed out again. */
  finished(runs: Float64Array, passed: number, elapsedMs: number): void {
    if (passed > 0) this.#pointMs = elapsedMs / passed;
    this.giveBack(runs, passed);
  }

  /** Takes back runs of which the first `passed` points are done. */
  giveBack(runs: Float64Array, passed = 0): void {
    let skip = passed;
    for (let i = 0; i < runs.length; i += 2) {
      const skipped = Math.min(skip, runs[i + 1]!);
      const rest = runs[i + 1]! - skipped;
      skip -= skipped;
      this.#left += rest;
      if (rest > 0) this.#returned.push([runs[i]! + skipped, rest]);
    }
  }

  /** Rounded up to whole groups, while there are enough of them for all workers. */
  #whole(points: number): number {
    const isPlenty = this.#left >= GROUPS_A_WORKER * this.#workers * this.#grain;
    return isPlenty ? Math.ceil(points / this.#grain) * this.#grain : points;
  }

  #takeReturned(wanted: number): [number, number] | undefined {
    const run = this.#returned.pop();
    if (run === undefined || run[1] <= wanted) return run;
    this.#returned.push([run[0] + wanted, run[1] - wanted]);
    return [run[0], wanted];
  }

  #takeNew(wanted: number): [number, number] | undefined {
    const first = this.#done.nextMissing(this.#next);
    if (first === this.#end) return undefined;
    const last = this.#whole(first + wanted);
    let end = first + 1;
    while (end < last && end < this.#end && !this.#done.has(end)) end++;
    this.#next = end;
    return [first, end - first];
  }
}
