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
  /** Called once in each worker before anything else, with the worker's number. */
  readonly initializer: (worker: number) => Call;
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
  constructor(readonly worker: number, words: Pick<ErrorWords, "message" | "stack">) {
    super(words.message, { cause: words.stack });
  }
}

interface Member {
  readonly number: number;
  readonly thread: Worker;
  /** What waits for the answer under way; undefined when free. */
  waiting: { resolve(answer: Answer): void; reject(error: WorkerError): void } | undefined;
}

/** The pool that the commands and the library share. Dispose of it to end its workers. */
export class ParallelPool implements Disposable {
  readonly nodes: number;
  readonly #members: readonly Member[];
  readonly #started: readonly Promise<unknown>[];

  constructor({ nodes, worker, permissions, initializer }: PoolOptions) {
    this.nodes = nodes;
    this.#members = Array.from({ length: nodes }, (_, number) => {
      const thread = new Worker(worker, {
        type: "module",
        name: `gridiron ${number}`,
        deno: { permissions },
      });
      const member: Member = { number, thread, waiting: undefined };
      thread.onmessage = ({ data }: MessageEvent<Answer>) => {
        const { waiting } = member;
        member.waiting = undefined;
        waiting?.resolve(data);
      };
      thread.onerror = (event) => {
        event.preventDefault();
        const { waiting } = member;
        member.waiting = undefined;
        waiting?.reject(new WorkerError(number, { message: event.message, stack: undefined }));
      };
      return member;
    });
    this.#started = this.#members.map((member) => {
      const started = this.#call(member, initializer(member.number));
      // Reported when the worker is first used.
      started.catch(() => {});
      return started;
    });
  }

  /**
   * Makes every call that `calls` gives, each on the next free worker, and yields the values as they
   * come. A call is asked for only when a worker is free, after its last outcome was looked at.
   *
   * @throws {WorkerError} for the first call that throws
   */
  async *uimap<T>(calls: Iterator<Call>): AsyncGenerator<Outcome<T>> {
    const running = new Map<Member, Promise<Outcome<T> & { member: Member }>>();
    const begin = (member: Member) => {
      const next = calls.next();
      if (next.done) return;
      running.set(
        member,
        this.#started[member.number]!
          .then(() => this.#call(member, next.value))
          .then((value) => ({
            member,
            call: next.value,
            value: value as T,
            worker: member.number,
          })),
      );
    };
    for (const member of this.#members) begin(member);
    while (running.size > 0) {
      const { member, ...outcome } = await Promise.race(running.values());
      running.delete(member);
      yield outcome;
      begin(member);
    }
  }

  async #call(member: Member, call: Call): Promise<unknown> {
    const answer = await new Promise<Answer>((resolve, reject) => {
      member.waiting = { resolve, reject };
      member.thread.postMessage({ id: 0, ...call } satisfies CallMessage);
    });
    if ("error" in answer) throw new WorkerError(member.number, answer.error);
    return answer.value;
  }

  /** Ends the workers. One that computes goes on until it looks at its stop flag. */
  [Symbol.dispose](): void {
    for (const { thread } of this.#members) thread.terminate();
  }
}
