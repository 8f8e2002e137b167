/** What every pool can do, whatever it runs its tasks on. */
import type { Engine } from "./engine.ts";
import { Job, type Sink } from "./job.ts";
import { readLists } from "./lists.ts";
import {
  type Begin,
  type MapArguments,
  readArguments,
  type Result,
  type SettledArguments,
  type TaskFunction,
} from "./map_arguments.ts";
import { ListSink, type Settled, StreamSink } from "./sinks.ts";
import { wordsOf } from "./travel.ts";

/** Results one after the other. */
export type Results<R> = AsyncGenerator<R, void, undefined>;

/** A pool: {@linkcode ParallelPool} or {@linkcode SerialPool}. */
export abstract class Pool implements AsyncDisposable {
  /** How many workers. */
  readonly nodes: number;
  readonly #makeEngine: () => Promise<Engine>;
  readonly #signal: AbortSignal | undefined;
  #engine: Promise<Engine> | undefined;
  #running: Engine | undefined;
  /** Why no maps may begin; undefined when they may. */
  #closed: string | undefined;
  /** How often the pool was ended, and why the last time. */
  #ends = 0;
  #endReason: unknown;
  /** Maps that have not ended. */
  readonly #underWay = new Set<PromiseWithResolvers<void>>();

  /**
   * Made by the classes of pools.
   *
   * @param nodes how many workers
   * @param makeEngine makes what runs the tasks, of a kind that only pools know
   * @param signal terminates the pool
   */
  protected constructor(
    nodes: number,
    makeEngine: () => Promise<unknown>,
    signal: AbortSignal | undefined,
  ) {
    this.nodes = nodes;
    this.#makeEngine = makeEngine as () => Promise<Engine>;
    this.#signal = signal;
    if (signal?.aborted === true) this.#end(signal.reason);
    else signal?.addEventListener("abort", this.#abort, { once: true });
  }

  /** Workers that were given up because the task in them could not be stopped. */
  get lost(): number {
    return this.#running?.lost ?? 0;
  }

  /**
   * Calls a function with the first values of all lists, with the second values, and so on, and
   * gives what it returns, in that order: one list a parameter, as many results as values.
   *
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { ParallelPool } from "@gridiron/gridiron";
   * await using pool = new ParallelPool({ nodes: 2 });
   * assertEquals(await pool.map(Math.pow, [1, 2, 3, 4], [5, 4, 3, 2]), [1, 16, 27, 16]);
   * ```
   *
   * With `{ settled: true }` behind the lists there is a result or an error for each task:
   *
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { ParallelPool } from "@gridiron/gridiron";
   * await using pool = new ParallelPool({ nodes: 2 });
   * const [good, bad] = await pool.map(BigInt, [1, 1.5], { settled: true });
   * assertEquals(good, { index: 0, status: "fulfilled", value: 1n });
   * assertEquals(bad?.status === "rejected" && bad.reason.name, "RangeError");
   * ```
   *
   * @param f a function that needs nothing from outside itself, one of the global objects', or a
   * `moduleFunction`
   * @throws {MapError} after all tasks, when some failed; it lists each with its arguments
   * @throws {TypeError} before any task, for a function that cannot be sent to a worker
   * @throws {RangeError} for lists of unequal length, and for options out of their range
   */
  map<A extends readonly unknown[], R>(
    f: TaskFunction<A, R>,
    ...lists: SettledArguments<A>
  ): Promise<Settled<Result<R>>[]>;
  /** As above, without `settled`. */
  map<A extends readonly unknown[], R>(
    f: TaskFunction<A, R>,
    ...lists: MapArguments<A>
  ): Promise<Result<R>[]>;
  async map(f: unknown, ...rest: readonly unknown[]): Promise<unknown[]> {
    const begin = readArguments(f, rest);
    const { label } = begin;
    const sink = new ListSink({ label, settled: begin.options.settled === true });
    const job = await this.#begin(begin, sink, Infinity);
    try {
      return await sink.results as unknown[];
    } finally {
      job.leave();
    }
  }

  /**
   * As `map`, but gives the results one after the other, in order, while the rest is computed. The
   * lists are read only a little ahead, so they may be endless. Breaking off ends the work. The
   * place of a failed task is where it throws.
   *
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { ParallelPool } from "@gridiron/gridiron";
   * await using pool = new ParallelPool({ nodes: 2 });
   * const roots: number[] = [];
   * for await (const root of pool.imap(Math.sqrt, [1, 4, 9])) roots.push(root);
   * assertEquals(roots, [1, 2, 3]);
   * ```
   *
   * @throws {MapError} at the place of a task that failed; the others as `map`
   */
  imap<A extends readonly unknown[], R>(
    f: TaskFunction<A, R>,
    ...lists: SettledArguments<A>
  ): Results<Settled<Result<R>>>;
  /** As above, without `settled`. */
  imap<A extends readonly unknown[], R>(
    f: TaskFunction<A, R>,
    ...lists: MapArguments<A>
  ): Results<Result<R>>;
  imap(f: unknown, ...rest: readonly unknown[]): Results<never> {
    return this.#stream(f, rest, true) as Results<never>;
  }

  /**
   * As `imap`, but gives the results as they are finished. Failures are thrown behind all results.
   *
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { ParallelPool } from "@gridiron/gridiron";
   * await using pool = new ParallelPool({ nodes: 2 });
   * let sum = 0;
   * for await (const root of pool.uimap(Math.sqrt, [1, 4, 9])) sum += root;
   * assertEquals(sum, 6);
   * ```
   *
   * @throws {MapError} behind all results, when tasks failed; the others as `map`
   */
  uimap<A extends readonly unknown[], R>(
    f: TaskFunction<A, R>,
    ...lists: SettledArguments<A>
  ): Results<Settled<Result<R>>>;
  /** As above, without `settled`. */
  uimap<A extends readonly unknown[], R>(
    f: TaskFunction<A, R>,
    ...lists: MapArguments<A>
  ): Results<Result<R>>;
  uimap(f: unknown, ...rest: readonly unknown[]): Results<never> {
    return this.#stream(f, rest, false) as Results<never>;
  }

  /** Lets no more maps begin; those under way go on. */
  close(): void {
    this.#closed ??= "it was closed";
  }

  /**
   * Waits for the maps under way, then ends the workers.
   *
   * @throws {Error} when the pool was not closed before
   */
  async join({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (this.#closed === undefined) {
      throw new Error("Cannot join the pool: it is open, expected close() before");
    }
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(signal!.reason);
    if (signal?.aborted === true) abort();
    signal?.addEventListener("abort", abort, { once: true });
    try {
      while (this.#underWay.size > 0) {
        await Promise.race([
          Promise.all([...this.#underWay].map(({ promise }) => promise)),
          aborted.promise,
        ]);
      }
    } finally {
      signal?.removeEventListener("abort", abort);
      aborted.promise.catch(() => {});
    }
    this.terminate();
  }

  /** Ends the workers; maps under way are rejected. A task that computes goes on to its end. */
  terminate(): void {
    this.#end(new Error("Cannot go on with the map: its pool was terminated"));
  }

  /**
   * Opens a pool again that was closed or terminated, with new workers.
   *
   * @throws {Error} when it is open, or maps are under way
   */
  restart(): void {
    if (this.#closed === undefined || this.#underWay.size > 0) {
      const state = this.#closed === undefined ? "it is open" : "maps are under way";
      throw new Error(
        `Cannot restart the pool: ${state}, expected close() and join(), or terminate()`,
      );
    }
    this.#signal?.throwIfAborted();
    this.#closed = undefined;
    this.#signal?.addEventListener("abort", this.#abort, { once: true });
  }

  /** As `terminate`: what is left of a scope ends its workers. */
  [Symbol.asyncDispose](): Promise<void> {
    this.terminate();
    return Promise.resolve();
  }

  readonly #abort = (): void => this.#end(this.#signal!.reason);

  #end(reason: unknown): void {
    this.#closed = "it was terminated";
    this.#ends++;
    this.#endReason = reason;
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#running?.end(reason);
    for (const map of this.#underWay) map.resolve();
    this.#underWay.clear();
    this.#running = undefined;
    this.#engine = undefined;
  }

  async *#stream(
    f: unknown,
    rest: readonly unknown[],
    ordered: boolean,
  ): AsyncGenerator<unknown, void, undefined> {
    const begin = readArguments(f, rest);
    const { label, options } = begin;
    const sink = new StreamSink({ label, settled: options.settled === true, ordered });
    const job = await this.#begin(begin, sink, undefined);
    sink.onTaken = job.poke;
    try {
      yield* sink.results();
    } finally {
      job.leave();
    }
  }

  /** Begins a map; the caller leaves it when it wants no more of it. */
  async #begin(
    { f, lists, options }: Begin,
    sink: Sink,
    lookAhead: number | undefined,
  ): Promise<UnderWay> {
    const { signal } = options;
    signal?.throwIfAborted();
    if (this.#closed !== undefined) {
      throw new Error(`Cannot map: the pool cannot be used, ${this.#closed}, expected restart()`);
    }
    const ends = this.#ends;
    const ended = Promise.withResolvers<void>();
    this.#underWay.add(ended);
    const leave = () => {
      this.#underWay.delete(ended);
      ended.resolve();
    };
    try {
      const words = await wordsOf(f);
      if (this.#ends === ends) this.#engine ??= this.#makeEngine();
      const engine = await this.#engine;
      signal?.throwIfAborted();
      if (this.#ends !== ends || engine === undefined) throw this.#endReason;
      this.#running = engine;
      const job: Job = new Job({
        words,
        original: f,
        lists: readLists(lists, { room: () => job.room(), onChange: () => engine.poke() }),
        sink,
        workers: this.nodes,
        chunkSize: options.chunkSize,
        timeoutMs: options.timeoutMs,
        retries: options.retries ?? 0,
        stopOnError: options.stopOnError === true,
        lookAhead: options.lookAhead ?? lookAhead,
        onProgress: options.onProgress,
      });
      const abort = () => {
        job.end({ error: signal!.reason });
        engine.poke();
      };
      signal?.addEventListener("abort", abort, { once: true });
      engine.add(job);
      return {
        poke: () => engine.poke(),
        leave: () => {
          signal?.removeEventListener("abort", abort);
          if (!job.isOver) {
            job.end(undefined);
            engine.poke();
          }
          leave();
        },
      };
    } catch (error) {
      leave();
      throw error;
    }
  }
}

/** A map that has begun. */
interface UnderWay {
  /** There is room for more results. */
  poke(): void;
  /** Ends it, if it has not ended. */
  leave(): void;
}
