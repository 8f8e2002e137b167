/** What crosses between a pool and the workers of its tasks: plain data, shapes of this file. */
import type { ErrorWords } from "./protocol.ts";

/** A function as words: where a worker finds it, or its source. */
export type FunctionWords =
  & {
    /** Unique in this thread, so that a worker makes each function once. */
    readonly id: number;
    /** What people call it. */
    readonly label: string;
  }
  & (
    | { readonly kind: "global"; readonly path: string }
    | { readonly kind: "module"; readonly module: string; readonly name: string }
    | { readonly kind: "source"; readonly source: string; readonly globals: readonly string[] }
  );

/** Tasks that go to a worker together. */
export interface Chunk {
  /** Unique in the pool. */
  readonly ticket: number;
  readonly words: FunctionWords;
  /** One list of arguments a parameter, all of `count` values. */
  readonly columns: readonly ArrayLike<unknown>[];
  readonly count: number;
  readonly timeoutMs: number | undefined;
  /** After so long the worker hands back what is left. */
  readonly budgetMs: number;
  /** Shared by the chunks of a map; not 0 once its tasks are not wanted any more. */
  readonly stop: Int32Array;
}

/** What came of some tasks of a chunk, or of all. */
export interface ChunkResult {
  /** The place in the chunk of the first of these tasks. */
  readonly first: number;
  /** What each returned; undefined where it failed. */
  readonly values: readonly unknown[];
  readonly failures: readonly Failure[];
  readonly elapsedMs: number;
  /** A task of this worker goes on though its time is over: the worker is to be replaced. */
  readonly isSpent: boolean;
  /** The function cannot be used: no task was run. */
  readonly refusal: string | undefined;
}

/** An error and where it came from: the task's place in the chunk. */
export interface Failure {
  readonly place: number;
  readonly error: ErrorWords;
}

/** What a worker is told first. */
export interface TaskSetup {
  readonly worker: number;
  readonly initializer: FunctionWords | undefined;
  /** Memory of the worker's `Watch`. */
  readonly watch: SharedArrayBuffer;
}

/** Where a worker is: written by the worker, read by the main thread. */
export class Watch {
  readonly memory: SharedArrayBuffer;
  readonly #place: Int32Array;
  readonly #sinceMs: Float64Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(16)) {
    this.memory = memory;
    this.#place = new Int32Array(memory, 0, 2);
    this.#sinceMs = new Float64Array(memory, 8, 1);
  }

  /** A task begins; the time only where somebody will ask for it. */
  begin(ticket: number, place: number, sinceMs: number): void {
    this.#sinceMs[0] = sinceMs;
    this.#place[1] = place;
    this.#place[0] = ticket;
  }

  get ticket(): number {
    return Atomics.load(this.#place, 0);
  }

  get place(): number {
    return Atomics.load(this.#place, 1);
  }

  /** Milliseconds since 1970; 0 when tasks have no limit. */
  get sinceMs(): number {
    return this.#sinceMs[0]!;
  }
}

/** A clock that all threads share, in milliseconds since 1970. */
export function sharedClockMs(): number {
  return performance.timeOrigin + performance.now();
}
