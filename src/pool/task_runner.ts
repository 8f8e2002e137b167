/** Runs chunks of tasks where they were sent: in a worker, or in this thread for a serial pool. */
import { whyNotPlain } from "./plain.ts";
import { type ErrorWords, inWords, Transfer } from "./protocol.ts";
import { type Chunk, type ChunkResult, type Failure, sharedClockMs } from "./task_protocol.ts";
import type { FunctionWords, Watch } from "./task_protocol.ts";
import { type Limited, Limiter } from "./limiter.ts";

/** A function that tasks call. */
export type TaskCode = (...args: readonly unknown[]) => unknown;

/** Functions that are kept made. */
const MAX_KEPT = 64;

/** What a runner needs of its surroundings. */
export interface RunnerOptions {
  /** Makes a function of its words. */
  readonly resolve: (words: FunctionWords) => TaskCode | Promise<TaskCode>;
  readonly watch: Watch;
  /** Takes results ahead of the rest, with what is handed over in them. */
  readonly part: (result: ChunkResult, buffers: readonly Transferable[]) => void;
}

/** A result with what is handed over in it. */
export interface Finished {
  readonly result: ChunkResult;
  readonly buffers: readonly Transferable[];
}

/** One chunk at a time. */
export class TaskRunner {
  readonly #options: RunnerOptions;
  readonly #kept = new Map<number, TaskCode>();
  #under: Under | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** Runs tasks of a chunk until all are done, its time is over or nobody wants them any more. */
  async run(chunk: Chunk): Promise<Finished> {
    let code: TaskCode;
    try {
      code = await this.code(chunk.words);
    } catch (error) {
      return { result: refused(messageOf(error)), buffers: [] };
    }
    const under = new Under(chunk, code, this.#options);
    this.#under = under;
    const limiter = chunk.timeoutMs === undefined ? undefined : await Limiter.load(chunk.timeoutMs);
    while (under.hasMore) {
      if (limiter === undefined) under.advance(Infinity);
      else limiter.advance(under);
      if (under.pending !== undefined) await under.settle();
    }
    this.#under = undefined;
    return under.finish();
  }

  /** The function of some words, made once. */
  async code(words: FunctionWords): Promise<TaskCode> {
    const kept = this.#kept.get(words.id);
    if (kept !== undefined) return kept;
    const code = await this.#options.resolve(words);
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(words.id, code);
    return code;
  }

  /** Sends what the chunk under way has so far: the thread is about to end. */
  flush(): void {
    this.#under?.flush();
  }
}

/** A chunk under way. */
class Under implements Limited {
  readonly #chunk: Chunk;
  readonly #code: TaskCode;
  readonly #options: RunnerOptions;
  readonly #startMs = performance.now();
  /** The task that is next or under way. */
  #place = 0;
  /** Its values are from here on. */
  #first = 0;
  #values: unknown[] = [];
  #failures: Failure[] = [];
  #buffers: Transferable[] = [];
  #isSpent = false;
  /** What the task under way will be, when it is asynchronous. */
  pending: PromiseLike<unknown> | undefined;

  constructor(chunk: Chunk, code: TaskCode, options: RunnerOptions) {
    this.#chunk = chunk;
    this.#code = code;
    this.#options = options;
  }

  /** Whether a task is to be begun. */
  get hasMore(): boolean {
    return this.#place < this.#chunk.count && !this.#isSpent && this.#chunk.stop[0] === 0 &&
      (this.#place === 0 || performance.now() - this.#startMs < this.#chunk.budgetMs);
  }

  advance(sliceMs: number): void {
    const { count, columns, ticket, stop, timeoutMs } = this.#chunk;
    const { watch } = this.#options;
    const code = this.#code;
    const [one, two] = columns;
    const arity = columns.length;
    const startMs = performance.now();
    const endMs = Math.min(startMs + sliceMs, this.#startMs + this.#chunk.budgetMs);
    const epochMs = timeoutMs === undefined ? 0 : performance.timeOrigin;
    for (let nowMs = startMs; this.#place < count && stop[0] === 0;) {
      const place = this.#place;
      watch.begin(ticket, place, epochMs === 0 ? 0 : epochMs + nowMs);
      try {
        const value = arity === 1
          ? code(one![place])
          : arity === 2
          ? code(one![place], two![place])
          : code(...columns.map((column) => column[place]));
        if (typeof value === "object" && value !== null) {
          if (isThenable(value)) {
            this.pending = value;
            return;
          }
          this.#takeObject(value);
        } else if (typeof value === "function" || typeof value === "symbol") {
          this.#takeObject(value);
        } else this.#values.push(value);
      } catch (error) {
        this.#fail(inWords(error));
      }
      this.#place++;
      nowMs = performance.now();
      if (nowMs >= endMs) return;
    }
  }

  timeOut(): void {
    this.#fail(timedOut(this.#chunk.timeoutMs!, ""));
    this.#place++;
  }

  /** Waits for the asynchronous task under way. */
  async settle(): Promise<void> {
    const pending = this.pending!;
    const { timeoutMs } = this.#chunk;
    this.pending = undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      if (timeoutMs === undefined) this.#takeObject(await pending);
      else {
        // Should it never come back, these are not lost.
        this.flush();
        const leftMs = timeoutMs - (sharedClockMs() - this.#options.watch.sinceMs);
        const over = new Promise<typeof OVER>((resolve) => {
          timer = setTimeout(() => resolve(OVER), Math.max(0, leftMs));
        });
        const value = await Promise.race([pending, over]);
        if (value === OVER) {
          this.#isSpent = true;
          this.#fail(timedOut(timeoutMs, ""));
        } else this.#takeObject(value);
      }
    } catch (error) {
      this.#fail(inWords(error));
    } finally {
      clearTimeout(timer);
    }
    this.#place++;
  }

  /** Sends what there is. */
  flush(): void {
    if (this.#values.length === 0) return;
    const { result, buffers } = this.finish();
    this.#first += this.#values.length;
    this.#values = [];
    this.#failures = [];
    this.#buffers = [];
    this.#options.part(result, buffers);
  }

  finish(): Finished {
    return {
      result: {
        first: this.#first,
        values: this.#values,
        failures: this.#failures,
        elapsedMs: performance.now() - this.#startMs,
        isSpent: this.#isSpent,
        refusal: undefined,
      },
      buffers: this.#buffers,
    };
  }

  #takeObject(value: unknown): void {
    const sent = value instanceof Transfer ? value.value as unknown : value;
    const reason = whyNotPlain(sent);
    if (reason !== undefined) {
      const message = `Cannot send the result of a task back: it ${reason}, expected plain data`;
      this.#fail({ name: "TypeError", message, stack: undefined });
      return;
    }
    if (value instanceof Transfer) this.#buffers.push(...value.buffers);
    this.#values.push(sent);
  }

  #fail(error: ErrorWords): void {
    this.#failures.push({ place: this.#place, error });
    this.#values.push(undefined);
  }
}

const OVER = Symbol("over");

/** The words of a task whose time is over; `more` says what else is so. */
export function timedOut(timeoutMs: number, more: string): ErrorWords {
  const message = `Cannot finish the task: it ran longer than its limit of ${timeoutMs} ms${more}`;
  return { name: "TimeoutError", message, stack: undefined };
}

function refused(refusal: string): ChunkResult {
  return { first: 0, values: [], failures: [], elapsedMs: 0, isSpent: false, refusal };
}

function isThenable(value: object): value is PromiseLike<unknown> {
  return "then" in value && typeof value.then === "function";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
