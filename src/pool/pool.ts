/** A fixed number of Web Workers that take calls as they become free. */
import type { Answer, Call, CallMessage, ErrorWords } from "./protocol.ts";

/** How a pool is made. */
export interface PoolOptions {
  /** How many workers. */
  readonly nodes: number;
  /** The module that the workers run; it ends with `serve(…)`. */
  readonly worker: URL;
  /** What the workers may do; they never have more than the caller. */
  readonly permissions: Deno.PermissionOptions;
}

/** Where the calls come from: asked whenever a worker could take another. */
export interface CallSource {
  /**
   * The next call, undefined when there is none now. With `ahead` the worker is still busy, and the
   * call would wait in its queue: worth it only when calls are short.
   */
  next(ahead: boolean): Call | undefined;
}

/** What came of one call. */
export interface Outcome<T> {
  readonly call: Call;
  readonly value: T;
  /** The number of the worker that made it. */
  readonly worker: number;
}

/** A call that threw in its worker, or whose worker died. */
export class WorkerError extends Error {
  override readonly name = "WorkerError";
  /** The name of the class of the error in the worker. */
  readonly original: string;

  constructor(readonly worker: number, words: ErrorWords) {
    super(words.message, { cause: words.stack });
    this.original = words.name;
  }
}

/** Calls that a worker may hold: one under way, one that waits. */
const MAX_HELD = 2;

interface Member {
  readonly number: number;
  readonly thread: Worker;
  /** Calls in its queue, oldest first; the initializer is one. */
  readonly held: Call[];
  isOpen: boolean;
}

/** The pool that the commands and the library share. Dispose of it to end its workers. */
export class ParallelPool implements Disposable {
  readonly nodes: number;
  readonly #options: PoolOptions;
  readonly #members: Member[] = [];
  readonly #answers: { member: Member; answer: Answer }[] = [];
  #wake: () => void = () => {};

  constructor(options: PoolOptions) {
    this.nodes = options.nodes;
    this.#options = options;
  }

  /**
   * Starts the first worker, which loads its module while this thread goes on. The others start
   * when they get their first call.
   */
  start(): void {
    if (this.#members.length === 0) this.#start(0);
  }

  /**
   * Makes every call of a source, each on the next free worker, and yields the values as they come.
   * `initializer` gives the call that each worker gets before all others, by the worker's number.
   *
   * @throws {WorkerError} for the first call that throws, and for a worker that dies
   */
  async *uimap<T>(
    source: CallSource,
    initializer: (worker: number) => Call,
  ): AsyncGenerator<Outcome<T>> {
    // Starting a worker blocks this thread for ten milliseconds: each gets its first call before
    // the next one is started.
    for (let number = 0; number < this.nodes; number++) {
      const call = source.next(false);
      if (call === undefined) break;
      const member = this.#members[number] ?? this.#start(number);
      if (!member.isOpen) this.#hand(member, initializer(number));
      this.#hand(member, call);
    }
    while (this.#members.some(({ held }) => held.length > 0)) {
      const next = this.#answers.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => this.#wake = resolve);
        continue;
      }
      const { member, answer } = next;
      const call = member.held.shift()!;
      if ("error" in answer) throw new WorkerError(member.number, answer.error);
      if (!member.isOpen) {
        member.isOpen = true;
        continue;
      }
      yield { call, value: answer.value as T, worker: member.number };
      while (member.held.length < MAX_HELD) {
        const call = source.next(member.held.length > 0);
        if (call === undefined) break;
        this.#hand(member, call);
      }
    }
  }

  #start(number: number): Member {
    const { worker, permissions } = this.#options;
    const thread = new Worker(worker, {
      type: "module",
      name: `gridiron ${number}`,
      deno: { permissions },
    });
    const member: Member = { number, thread, held: [], isOpen: false };
    const answer = (answer: Answer) => {
      this.#answers.push({ member, answer });
      this.#wake();
    };
    thread.onmessage = ({ data }: MessageEvent<Answer>) => answer(data);
    thread.onerror = (event) => {
      event.preventDefault();
      answer({ error: { name: "WorkerError", message: event.message, stack: undefined } });
    };
    this.#members[number] = member;
    return member;
  }

  #hand(member: Member, call: Call): void {
    member.held.push(call);
    member.thread.postMessage(call satisfies CallMessage);
  }

  /** Ends the workers. One that computes goes on until it looks at its stop flag. */
  [Symbol.dispose](): void {
    for (const { thread } of this.#members) thread.terminate();
  }
}
