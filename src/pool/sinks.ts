/** Where the results of a map go: into one list, or to whoever asks for the next. */
import { MapError, type TaskError } from "./failures.ts";
import type { Sink } from "./job.ts";

/** What came of one task, with `{ settled: true }`. */
export type Settled<R> =
  | {
    /** The task's place in the lists, counted from 0. */
    readonly index: number;
    readonly status: "fulfilled";
    readonly value: R;
  }
  | {
    /** The task's place in the lists, counted from 0. */
    readonly index: number;
    readonly status: "rejected";
    readonly reason: TaskError;
  };

/** How results are wanted. */
export interface SinkOptions {
  /** What the function is called. */
  readonly label: string;
  /** Each task's result or error, with its place. */
  readonly settled: boolean;
}

/** Results as `{ settled: true }` gives them. */
function settle(first: number, values: readonly unknown[]): Settled<unknown>[] {
  return values.map((value, i) => ({ index: first + i, status: "fulfilled", value }));
}

function settleError(reason: TaskError): Settled<unknown> {
  return { index: reason.index, status: "rejected", reason };
}

/** All results, in order, once all are there. */
export class ListSink implements Sink {
  readonly waiting = 0;
  readonly #options: SinkOptions;
  readonly #runs: { readonly first: number; readonly values: readonly unknown[] }[] = [];
  readonly #errors: TaskError[] = [];
  readonly #finished = Promise.withResolvers<readonly unknown[]>();

  constructor(options: SinkOptions) {
    this.#options = options;
  }

  /** All results; rejects with a `MapError` when tasks failed. */
  get results(): Promise<readonly unknown[]> {
    return this.#finished.promise;
  }

  put(first: number, values: readonly unknown[]): void {
    this.#runs.push({ first, values: this.#options.settled ? settle(first, values) : values });
  }

  fail(error: TaskError): void {
    if (this.#options.settled) {
      this.#runs.push({ first: error.index, values: [settleError(error)] });
    } else this.#errors.push(error);
  }

  finish(broken: { readonly error: unknown } | undefined): void {
    if (broken !== undefined) this.#finished.reject(broken.error);
    else if (this.#errors.length > 0) {
      this.#finished.reject(new MapError(this.#options.label, this.#errors));
    } else {
      const runs = this.#runs.sort((a, b) => a.first - b.first);
      const results: unknown[] = [];
      for (const { values } of runs) {
        for (let i = 0; i < values.length; i++) results.push(values[i]);
      }
      this.#finished.resolve(results);
    }
  }
}

/** Results one after the other, to whoever asks; ordered or as they come. */
export class StreamSink implements Sink {
  readonly #options: SinkOptions & { readonly ordered: boolean };
  /** Results that may be taken now. */
  readonly #ready: (readonly unknown[])[] = [];
  /** Results that came before their turn, by the place of the first. */
  readonly #early = new Map<number, readonly unknown[]>();
  readonly #errors = new Map<number, TaskError>();
  #next = 0;
  #broken: { readonly error: unknown } | undefined;
  #isFinished = false;
  #wake: () => void = () => {};
  waiting = 0;
  /** Called when results were taken: there is room for more. */
  onTaken: () => void = () => {};

  constructor(options: SinkOptions & { readonly ordered: boolean }) {
    this.#options = options;
  }

  put(first: number, values: readonly unknown[]): void {
    this.#add(first, this.#options.settled ? settle(first, values) : values);
  }

  fail(error: TaskError): void {
    if (this.#options.settled) {
      this.#add(error.index, [settleError(error)]);
      return;
    }
    this.#errors.set(error.index, error);
    this.#wake();
  }

  finish(broken: { readonly error: unknown } | undefined): void {
    this.#broken = broken;
    this.#isFinished = true;
    this.#wake();
  }

  /**
   * The results as they may be taken. In order, the place of a failed task is where it throws; as
   * they come, failures are thrown behind all results.
   *
   * @throws {MapError} when tasks failed
   */
  async *results(): AsyncGenerator<unknown, void> {
    for (;;) {
      const values = this.#ready.shift();
      if (values !== undefined) {
        for (let i = 0; i < values.length; i++) {
          this.waiting--;
          yield values[i];
        }
        this.onTaken();
      } else if (this.#broken !== undefined) throw this.#broken.error;
      else if (this.#errors.size > 0 && (this.#isFinished || this.#isFailureNext)) {
        throw new MapError(this.#options.label, [...this.#errors.values()]);
      } else if (this.#isFinished) return;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  get #isFailureNext(): boolean {
    return this.#options.ordered && this.#errors.has(this.#next);
  }

  #add(first: number, values: readonly unknown[]): void {
    this.waiting += values.length;
    if (!this.#options.ordered) this.#ready.push(values);
    else {
      this.#early.set(first, values);
      for (;;) {
        const next = this.#early.get(this.#next);
        if (next === undefined) break;
        this.#early.delete(this.#next);
        this.#next += next.length;
        this.#ready.push(next);
      }
    }
    this.#wake();
  }
}
