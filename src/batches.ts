/** How many points go into one message: rare beside the work, small at the start and at the end. */
import type { Bitmap } from "./bitmap.ts";

/** Work aimed at in one message. */
const TARGET_MS = 30;
/** Points in one message: their ledger lines fit the worker's buffer. */
const MAX_POINTS = 1000;
/** A batch is at most so many times the one before, as the first ones say little. */
const MAX_GROWTH = 8;

/** Hands out the missing points of a grid in batches, in the order of the grid. */
export class Batches {
  readonly #done: Bitmap;
  readonly #workers: number;
  readonly #end: number;
  #next = 0;
  #left: number;
  #size = 1;
  #again: number[][] = [];

  constructor(done: Bitmap, workers: number) {
    this.#done = done;
    this.#workers = workers;
    this.#end = done.size;
    this.#left = done.size - done.count;
  }

  /** Points that were not handed out yet. */
  get left(): number {
    return this.#left;
  }

  /** The next batch as runs: first, count, first, count, …; undefined when nothing is left. */
  next(): Float64Array<ArrayBuffer> | undefined {
    const returned = this.#again.pop();
    if (returned !== undefined) return Float64Array.from(returned);
    const wanted = Math.min(this.#size, Math.ceil(this.#left / (2 * this.#workers)));
    const runs: number[] = [];
    for (let taken = 0; taken < wanted;) {
      const first = this.#done.nextMissing(this.#next);
      if (first === this.#end) break;
      let end = first + 1;
      while (taken + end - first < wanted && end < this.#end && !this.#done.has(end)) end++;
      runs.push(first, end - first);
      taken += end - first;
      this.#next = end;
      this.#left -= end - first;
    }
    return runs.length === 0 ? undefined : Float64Array.from(runs);
  }

  /** Learns from a batch; what it left undone is handed out again. */
  finished(runs: Float64Array, done: number, elapsedMs: number): void {
    const rest = runsAfter(runs, done);
    if (rest.length > 0) this.#again.push(rest);
    if (done === 0) return;
    const fitting = Math.round(TARGET_MS / Math.max(elapsedMs / done, 1e-3));
    this.#size = Math.max(1, Math.min(fitting, this.#size * MAX_GROWTH, MAX_POINTS));
  }
}

/** The runs without their first `count` points. */
function runsAfter(runs: Float64Array, count: number): number[] {
  const rest: number[] = [];
  let skip = count;
  for (let i = 0; i < runs.length; i += 2) {
    const size = runs[i + 1]!;
    const skipped = Math.min(skip, size);
    skip -= skipped;
    if (skipped < size) rest.push(runs[i]! + skipped, size - skipped);
  }
  return rest;
}
