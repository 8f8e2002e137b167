/** What a rank does whose share is done: it watches its neighbours, and takes points of theirs. */
import type { BatchSource } from "./batches.ts";
import { Bitmap } from "./bitmap.ts";
import type { HelpState } from "./crew.ts";
import { learnContents } from "./files.ts";
import { loadFilter } from "./filter.ts";
import { makeGrid } from "./grid.ts";
import { isBeingWritten, ledgerPath } from "./ledger.ts";
import { readRunLedger, type Run } from "./run_ledgers.ts";
import { sleep } from "./session.ts";
import { ownerCounter, type RankOf } from "./share.ts";

/** Ranks that watch each other: nothing that one of them reads grows with the number of ranks. */
export const WINDOW_RANKS = 64;
/** Less work than this is left to those whose it is. */
const HELP_MS = 3000;
/** Neighbours from whom nothing has come for so long, and for several points, are helped. */
const STALL_MS = 2000;
const STALL_POINTS = 3;
/** Time between two looks. */
const FIRST_LOOK_MS = 20;
const MAX_LOOK_MS = 1000;
/** Work that one worker takes at once, and points. */
const CHUNK_MS = 500;
const MAX_CHUNK_POINTS = 4096;
/** A message is rare beside the work. */
const BATCH_MS = 10;

/** What a helper works for. */
export interface Helped {
  readonly run: Run;
  readonly place: RankOf;
  /** The attempt of all ledgers of the session. */
  readonly attempt: number;
  /** The points that were not to be computed when the session began. */
  readonly done: Bitmap;
  readonly workers: number;
  readonly signal: AbortSignal;
}

/** First rank of the neighbourhood of a rank, and the one after the last. */
export function windowOf({ rank, size }: RankOf): readonly [first: number, end: number] {
  const first = rank - rank % WINDOW_RANKS;
  return [first, Math.min(first + WINDOW_RANKS, size)];
}

/** Follows the ledgers of a neighbourhood. */
export class Helper {
  readonly #helped: Helped;
  readonly #members: Member[];
  /** Points that are finished, or none of the neighbourhood's; made at the first look. */
  #finished: Bitmap | undefined;
  #newsMs = performance.now();
  /** Points taken over. */
  taken = 0;

  constructor(helped: Helped) {
    this.#helped = helped;
    const { place, run, attempt } = helped;
    const [first, end] = windowOf(place);
    this.#members = Array.from({ length: end - first }, (_, i) => ({
      rank: first + i,
      path: ledgerPath(run.directory, first + i, attempt),
      offset: 0,
      isClosed: false,
      host: undefined,
    }));
  }

  /** Every point of the neighbourhood has a row or a failure. */
  get isCovered(): boolean {
    return this.#finished !== undefined && this.#finished.count === this.#finished.size;
  }

  /** Points to take over; undefined when nothing is left, or when stopped. */
  async next({ pointMs }: HelpState): Promise<BatchSource | undefined> {
    const { signal, workers } = this.#helped;
    const finished = this.#finished ??= await this.#startingPoint();
    for (let lookMs = FIRST_LOOK_MS;; lookMs = Math.min(lookMs * 1.5, MAX_LOOK_MS)) {
      if (this.#look(finished)) {
        this.#newsMs = performance.now();
        lookMs = FIRST_LOOK_MS;
      }
      if (this.isCovered) return undefined;
      if (signal.aborted) return undefined;
      const living = this.#others.filter((member) => !isOver(member)).length;
      const left = finished.size - finished.count;
      // Whoever lives is at one point a worker, and may finish it.
      const waiting = Math.max(0, left - living * workers);
      const restMs = waiting * (pointMs ?? 0) / Math.max(1, living * workers);
      const stallMs = Math.max(STALL_MS, STALL_POINTS * (pointMs ?? 0));
      const isStalled = performance.now() - this.#newsMs > stallMs;
      if (living === 0 || isStalled || restMs > HELP_MS) {
        this.#newsMs = performance.now();
        const chunk = this.#chunk(finished, pointMs);
        this.taken += chunk.length;
        return new HelpBatches(chunk, pointMs);
      }
      await sleep(lookMs, signal);
    }
  }

  get #others(): Member[] {
    return this.#members.filter(({ rank }) => rank !== this.#helped.place.rank);
  }

  /** Everything but what the neighbourhood had to compute. */
  async #startingPoint(): Promise<Bitmap> {
    const { done, place, run } = this.#helped;
    const [first, end] = windowOf(place);
    const finished = new Bitmap(done.size, done.bytes.slice());
    const owner = ownerCounter(place.size);
    for (let index = done.nextMissing(0); index < done.size; index = done.nextMissing(index + 1)) {
      const rank = owner();
      if (rank < first || rank >= end) finished.add(index);
    }
    const plan = run.manifest.plans.at(-1)!;
    if (plan.where === null && plan.idle === undefined) return finished;
    // What is outside the plan never gets a row.
    const grid = makeGrid(plan);
    const includes = await loadFilter(plan);
    const values = new Float64Array(plan.parameters.length);
    for (let i = finished.nextMissing(0); i < finished.size; i = finished.nextMissing(i + 1)) {
      grid.decode(i, values);
      if (!includes(values, i)) finished.add(i);
    }
    return finished;
  }

  /** Reads what is new in the ledgers; whether anything was. */
  #look(finished: Bitmap): boolean {
    const { run } = this.#helped;
    const before = finished.count;
    learnContents(run);
    for (const member of this.#members) {
      if (member.isClosed) continue;
      const part = { from: member.offset, to: Infinity, plan: run.manifest.plans.length - 1 };
      try {
        readRunLedger(run, member.path, {
          note(note) {
            if (typeof note.host === "string") member.host = note.host;
            if (note.closed !== undefined) member.isClosed = true;
          },
          point(index, _line, _bytes, { offset, length }) {
            finished.add(index);
            // A last line may be half written: it is read again.
            member.offset = offset + length;
          },
        }, part);
      } catch (error) {
        // It has not begun.
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    return finished.count > before;
  }

  /** Unfinished points from the end backwards: those at this rank's turn, else the next ones. */
  #chunk(finished: Bitmap, pointMs: number | undefined): number[] {
    const { place, workers } = this.#helped;
    const [first, end] = windowOf(place);
    const perWorker = Math.ceil(CHUNK_MS / Math.max(pointMs ?? CHUNK_MS, 1e-3));
    const wanted = workers * Math.min(MAX_CHUNK_POINTS, perWorker);
    const open: number[] = [];
    let index = finished.previousMissing(finished.size);
    while (index >= 0 && open.length < wanted * (end - first)) {
      open.push(index);
      index = finished.previousMissing(index);
    }
    // A few are taken by whoever comes; of many each helper has its own.
    const turn = place.rank - first;
    const own = open.filter((_, i) => i % (end - first) === turn);
    return own.length > 0 ? own : open.slice(0, workers);
  }
}

/** A rank of the neighbourhood, and how far its ledger was read. */
interface Member {
  readonly rank: number;
  readonly path: string;
  offset: number;
  isClosed: boolean;
  host: string | undefined;
}

/** Whether nothing more will come: its ledger has a last line, or it died on this host. */
function isOver({ isClosed, host, path }: Member): boolean {
  return isClosed || host === Deno.hostname() && !isBeingWritten(path);
}

/** Points that lie apart, a few at a time. */
export class HelpBatches implements BatchSource {
  readonly #open: number[];
  readonly #atOnce: number;

  constructor(points: readonly number[], pointMs: number | undefined) {
    this.#open = [...points].reverse();
    this.#atOnce = Math.max(1, Math.floor(BATCH_MS / Math.max(pointMs ?? Infinity, 1e-3)));
  }

  get left(): number {
    return this.#open.length;
  }

  next(ahead: boolean): Float64Array<ArrayBuffer> | undefined {
    if (ahead || this.#open.length === 0) return undefined;
    const points = this.#open.splice(-Math.min(this.#atOnce, this.#open.length));
    return Float64Array.from(points.reverse().flatMap((index) => [index, 1]));
  }

  finished(runs: Float64Array, passed: number): void {
    this.giveBack(runs, passed);
  }

  giveBack(runs: Float64Array, passed = 0): void {
    for (let i = runs.length - 2; i >= 0; i -= 2) {
      const skip = Math.max(0, passed - i / 2);
      for (let j = runs[i + 1]! - 1; j >= skip; j--) this.#open.push(runs[i]! + j);
    }
  }
}
