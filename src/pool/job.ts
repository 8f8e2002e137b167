/** One map under way: what is still to be done, and what came of the rest. */
import { BUDGET_MS, ChunkSize } from "./chunk_size.ts";
import { TaskError, workerLost } from "./failures.ts";
import type { Lists } from "./lists.ts";
import { argumentsAt, indexAt, pick, type Piece, slice } from "./piece.ts";
import { needsLook, whyNotPlain } from "./plain.ts";
import { type ErrorWords, Transfer } from "./protocol.ts";
import type { ChunkResult, FunctionWords } from "./task_protocol.ts";

/** Where results go. */
export interface Sink {
  /** Results of tasks that follow one another. */
  put(first: number, values: readonly unknown[]): void;
  fail(error: TaskError): void;
  /** Nothing more will come; the reason when that is not because all is done. */
  finish(broken: { readonly error: unknown } | undefined): void;
  /** Results that nobody has taken yet. */
  readonly waiting: number;
}

/** How far a map has got. */
export interface Progress {
  /** Tasks that are finished, those that failed included. */
  readonly done: number;
  /** Of these, how many failed. */
  readonly failed: number;
  /** All tasks of the map; undefined while its lists do not tell. */
  readonly total: number | undefined;
}

/** What a map is to do. */
export interface JobOptions {
  readonly words: FunctionWords;
  /** The function itself, for a pool that runs in its own thread. */
  readonly original: unknown;
  readonly lists: Lists;
  readonly sink: Sink;
  readonly workers: number;
  readonly chunkSize: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly retries: number;
  readonly stopOnError: boolean;
  /** Tasks that may be read and not yet taken as results; undefined for enough to keep busy. */
  readonly lookAhead: number | undefined;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

/** Messages a worker that results may lag behind the lists, and tasks. */
const AHEAD_CHUNKS = 8;
const AHEAD_TASKS = 16;

/** A map under way. */
export class Job {
  readonly options: JobOptions;
  /** Shared with the workers; not 0 once no more tasks are wanted. */
  readonly stop = new Int32Array(new SharedArrayBuffer(4));
  /** When its tasks were not wanted any more; undefined while they are. */
  cancelledMs: number | undefined;
  readonly #size: ChunkSize;
  /** Tasks that came back, to be handed out before new ones. */
  readonly #again: Piece[] = [];
  #taken = 0;
  #done = 0;
  #failed = 0;
  #out = 0;
  /** No more tasks are begun. */
  #isStopping = false;
  isOver = false;

  constructor(options: JobOptions) {
    this.options = options;
    this.#size = new ChunkSize(options.chunkSize, options.workers);
  }

  /** After so long a worker hands back what is left of a chunk. */
  get budgetMs(): number {
    return this.options.chunkSize === undefined ? BUDGET_MS : Infinity;
  }

  /** Rows that may still be read. */
  readonly room = (): number => {
    const { sink, workers, lookAhead } = this.options;
    const most = lookAhead ??
      workers * Math.max(AHEAD_TASKS, AHEAD_CHUNKS * this.#size.next(undefined));
    return most - (this.#taken - this.#done) - sink.waiting;
  };

  /** Tasks for a worker, at most so many; undefined when there are none now. */
  next(ahead: boolean, most: number): Piece | undefined {
    if (this.isOver || this.#isStopping) return undefined;
    if (ahead && !this.#size.isWorthAhead(this.#left)) return undefined;
    try {
      const piece = this.#takeAgain(most) ?? this.#takeNew(most);
      if (piece !== undefined) this.#out++;
      else this.#endIfDone();
      return piece;
    } catch (error) {
      this.end({ error });
      return undefined;
    }
  }

  /** Some results of a piece, or the last of them. */
  take(piece: Piece, result: ChunkResult, isLast: boolean): void {
    const { first, values, failures, refusal } = result;
    if (isLast) this.#out--;
    if (this.isOver) return;
    if (refusal !== undefined) {
      this.end({ error: new TypeError(refusal) });
      return;
    }
    if (isLast) this.#size.learn(first + values.length, result.elapsedMs);
    const failing = new Map(failures.map(({ place, error }) => [place, error]));
    this.#putAround(piece, first, values, failing);
    if (failing.size > 0) this.#takeFailures(piece, failing);
    const reached = first + values.length;
    if (isLast && reached < piece.count) this.#giveBack(slice(piece, reached));
    this.#tell();
    this.#endIfDone();
  }

  /**
   * A piece's worker ended: the task at `place` with it, unless its result is known. Those before
   * it, from `known` on, and those behind it are handed out again; -1 for a piece not begun.
   */
  lose(piece: Piece, { known, place, error }: {
    readonly known: number;
    readonly place: number;
    readonly error: ErrorWords;
  }): void {
    this.#out--;
    if (this.isOver) return;
    if (place < known) {
      if (known < piece.count) this.#giveBack(slice(piece, known));
    } else {
      if (place + 1 < piece.count) this.#giveBack(slice(piece, place + 1));
      if (known < place) this.#giveBack(slice(piece, known, place));
      this.#takeFailures(piece, new Map([[place, error]]));
    }
    this.#tell();
    this.#endIfDone();
  }

  /** Ends the map at once, whatever is under way; the reason when it is broken. */
  end(broken: { readonly error: unknown } | undefined): void {
    if (this.isOver) return;
    this.isOver = true;
    this.cancelledMs = performance.now();
    Atomics.store(this.stop, 0, 1);
    this.options.lists.end();
    this.options.sink.finish(broken);
  }

  /** Puts results, but not where tasks failed. */
  #putAround(
    piece: Piece,
    first: number,
    values: readonly unknown[],
    failing: ReadonlyMap<number, unknown>,
  ): void {
    const { sink } = this.options;
    this.#done += values.length - failing.size;
    if (failing.size === 0 && typeof piece.indices === "number") {
      if (values.length > 0) sink.put(piece.indices + first, values);
      return;
    }
    for (const [i, value] of values.entries()) {
      if (!failing.has(first + i)) sink.put(indexAt(piece, first + i), [value]);
    }
  }

  /** Tries tasks again, or has them fail for good. */
  #takeFailures(piece: Piece, failing: ReadonlyMap<number, ErrorWords>): void {
    const { retries, sink, stopOnError } = this.options;
    if (piece.failed < retries && !piece.isOnce && !this.#isStopping) {
      const again = pick(piece, [...failing.keys()]);
      this.#again.push({ ...again, failed: piece.failed + 1 });
      return;
    }
    this.#done += failing.size;
    this.#failed += failing.size;
    for (const [place, { name, message, stack }] of failing) {
      const index = indexAt(piece, place);
      const attempts = piece.failed + 1;
      const task = { index, arguments: argumentsAt(piece, place), attempts };
      sink.fail(new TaskError({ ...task, name, message, stack }));
    }
    if (stopOnError) this.#stopSoon();
  }

  /** Begins no more tasks; those under way end. */
  #stopSoon(): void {
    this.#isStopping = true;
    Atomics.store(this.stop, 0, 1);
  }

  #giveBack(piece: Piece): void {
    if (!piece.isOnce) this.#again.push(piece);
    else this.#takeFailures(piece, new Map([[0, workerLost("its buffers with it")]]));
  }

  #takeAgain(most: number): Piece | undefined {
    const piece = this.#again.pop();
    const count = Math.min(most, this.#size.next(this.#left));
    if (piece === undefined || piece.count <= count) return piece;
    this.#again.push(slice(piece, count));
    return slice(piece, 0, count);
  }

  get #left(): number | undefined {
    const { size } = this.options.lists;
    if (size === undefined) return undefined;
    return this.#again.reduce((sum, { count }) => sum + count, size - this.#taken);
  }

  #takeNew(most: number): Piece | undefined {
    const { lists } = this.options;
    while (!this.#isStopping) {
      const count = Math.min(most, this.#size.next(this.#left), this.room());
      const rows = count < 1 ? undefined : lists.take(count);
      if (rows === undefined) return undefined;
      const whole = { ...rows, indices: this.#taken, failed: 0, isOnce: false };
      this.#taken += rows.count;
      const piece = this.#sorted(whole);
      if (piece !== undefined) return piece;
    }
    return undefined;
  }

  /**
   * Takes out of a new piece what cannot be sent, which fails, and lets a task whose buffers are
   * handed over go alone.
   */
  #sorted(piece: Piece): Piece | undefined {
    const failing = new Map<number, ErrorWords>();
    const alone: number[] = [];
    for (const [parameter, column] of piece.columns.entries()) {
      if (ArrayBuffer.isView(column)) continue;
      for (let place = 0; place < piece.count; place++) {
        const value = column[place];
        if (!needsLook(value)) continue;
        if (value instanceof Transfer && !alone.includes(place)) alone.push(place);
        const reason = whyNotPlain(value instanceof Transfer ? value.value : value);
        if (reason !== undefined) failing.set(place, unsendable(parameter, reason));
      }
    }
    if (failing.size === 0 && alone.length === 0) return piece;
    if (failing.size > 0) this.#takeFailures({ ...piece, isOnce: true }, failing);
    for (const place of alone.filter((place) => !failing.has(place))) {
      this.#again.push({ ...pick(piece, [place]), isOnce: true });
    }
    const rest = Array.from({ length: piece.count }, (_, place) => place)
      .filter((place) => !failing.has(place) && !alone.includes(place));
    if (rest.length > 0) return pick(piece, rest);
    return this.#isStopping ? undefined : this.#takeAgain(piece.count);
  }

  #tell(): void {
    const { onProgress, lists } = this.options;
    try {
      onProgress?.({ done: this.#done, failed: this.#failed, total: lists.size });
    } catch (error) {
      this.end({ error });
    }
  }

  #endIfDone(): void {
    if (this.#out > 0) return;
    const isDone = this.#isStopping ||
      (this.#again.length === 0 && this.options.lists.isExhausted);
    if (isDone) this.end(undefined);
  }
}

function unsendable(parameter: number, reason: string): ErrorWords {
  return {
    name: "TypeError",
    message: `Cannot send argument ${parameter + 1} of the task: it ${reason}, expected plain data`,
    stack: undefined,
  };
}
