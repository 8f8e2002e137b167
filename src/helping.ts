/** What a rank does whose share is done: it watches its neighbours, and takes points of theirs. */
import type { BatchSource } from "./batches.ts";
import { Bitmap } from "./bitmap.ts";
import { learnContents } from "./files.ts";
import { loadFilter } from "./filter.ts";
import { makeGrid } from "./grid.ts";
import { isBeingWritten, ledgerPath } from "./ledger.ts";
import type { HelpState } from "./missing.ts";
import { readRunLedger, type Run } from "./run_ledgers.ts";
import { ownerCounter, type RankOf } from "./share.ts";
import { sleep } from "./sleep.ts";

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
/** So often a rank whose share is done gives a sign of life. */
const BEAT_MS = 500;
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
  /** Gives a sign of life: the `count`th since the own share was done. */
  beat(count: number): void;
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
  #beats = 0;
  #beatMs = -Infinity;
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
      ...{ isClosed: false, beat: undefined, host: undefined, newsMs: performance.now() },
    }));
  }

  /** Every point of the neighbourhood has a row or a failure. */
  get isCovered(): boolean {
    return this.#finished !== undefined && this.#finished.count === this.#finished.size;
  }

  /** Points to take over; undefined when nothing is left, or when stopped. */
  async next({ pointMs = 0 }: HelpState): Promise<BatchSource | undefined> {
    const { signal, workers } = this.#helped;
    const finished = this.#finished ??= await this.#startingPoint();
    const stallMs = Math.max(STALL_MS, STALL_POINTS * pointMs);
    for (let lookMs = FIRST_LOOK_MS;; lookMs = Math.min(lookMs * 1.5, MAX_LOOK_MS)) {
      this.#beat();
      if (this.#look(finished)) lookMs = FIRST_LOOK_MS;
      if (this.isCovered || signal.aborted) return undefined;
      const living = this.#others.filter((member) => isLiving(member, stallMs));
      const busy = living.filter(({ beat }) => beat === undefined).length;
      const left = finished.size - finished.count;
      // Whoever lives is at one point a worker, and may finish it.
      const waiting = Math.max(0, left - busy * workers);
      const restMs = waiting * pointMs / Math.max(1, busy * workers);
      if (busy === 0 || restMs > HELP_MS) {
        const chunk = this.#chunk(finished, pointMs, living);
        if (chunk.length > 0) {
          this.taken += chunk.length;
          return new HelpBatches(chunk, pointMs);
        }
      }
      await sleep(lookMs, signal);
    }
  }

  /** Others count on a helper that lives, and share its part when it is silent. */
  #beat(): void {
    if (performance.now() - this.#beatMs < BEAT_MS) return;
    this.#beatMs = performance.now();
    this.#helped.beat(this.#beats++);
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
            if (typeof note.helping === "number" && note.helping > (member.beat ?? -1)) {
              member.beat = note.helping;
              member.newsMs = performance.now();
            }
          },
          point(index, _line, _bytes, { offset, length }) {
            finished.add(index);
            member.newsMs = performance.now();
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

  /**
   * Unfinished points from the end backwards: those that fall to this one of the helpers. What
   * falls to one that is silent is shared out again at the next look.
   */
  #chunk(finished: Bitmap, pointMs: number, living: readonly Member[]): number[] {
    const { place, workers } = this.#helped;
    const helpers = living.filter(({ beat }) => beat !== undefined).map(({ rank }) => rank);
    const heirs = [...helpers, place.rank].sort((a, b) => a - b);
    const turn = heirs.indexOf(place.rank);
    const perWorker = Math.ceil(CHUNK_MS / Math.max(pointMs, CHUNK_MS / MAX_CHUNK_POINTS));
    const wanted = workers * perWorker;
    const own: number[] = [];
    let looked = 0;
    for (
      let index = finished.previousMissing(finished.size);
      index >= 0 && own.length < wanted && looked < wanted * heirs.length * 4;
      index = finished.previousMissing(index), looked++
    ) {
      if (heirOf(index, heirs.length) === turn) own.push(index);
    }
    return own;
  }
}

/** Who of the helpers takes a point: the same one, whatever else is finished meanwhile. */
function heirOf(index: number, heirs: number): number {
  return (Math.imul(index, 0x9e3779b1) >>> 0) % heirs;
}

/** A rank of the neighbourhood, and how far its ledger was read. */
interface Member {
  readonly rank: number;
  readonly path: string;
  offset: number;
  isClosed: boolean;
  /** Its last sign of life since its own share was done; undefined before. */
  beat: number | undefined;
  /** When something was last read from it. */
  newsMs: number;
  host: string | undefined;
}

/** Whether more may come: no last line, not dead on this host, and not silent for long. */
function isLiving({ isClosed, host, path, newsMs }: Member, stallMs: number): boolean {
  if (isClosed || performance.now() - newsMs > stallMs) return false;
  return host !== Deno.hostname() || isBeingWritten(path);
}

/** Points that lie apart, a few at a time. */
export class HelpBatches implements BatchSource {
  readonly #open: number[];
  readonly #atOnce: number;

  constructor(points: readonly number[], pointMs: number) {
    this.#open = [...points].reverse();
    this.#atOnce = Math.max(1, Math.floor(BATCH_MS / Math.max(pointMs || Infinity, 1e-3)));
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
