/** A fixed number of Web Workers that take calls as they become free. */
import {
  type Answer,
  type Call,
  type CallMessage,
  type Death,
  type ErrorWords,
  type Part,
  post,
  type Tick,
} from "./protocol.ts";

/** How a team is made. */
export interface TeamOptions {
  /** How many workers. */
  readonly nodes: number;
  /** The module that a worker is to run, asked at its start; it ends with `serve(…)`. */
  readonly worker: (number: number) => URL;
  /** What the workers may do; they never have more than the caller. */
  readonly permissions: Deno.PermissionOptions;
}

/** Where the calls come from: asked whenever a worker could take another. */
export interface CallSource {
  /**
   * The next call, undefined when there is none now. With `ahead` the worker is still busy, and the
   * call would wait in its queue: worth it only when calls are short.
   */
  next(ahead: boolean, worker: number): Call | undefined;
}

/** What came of one call: a value, or the death of its worker before it could answer. */
export type Outcome<T> =
  & { readonly call: Call; /** The number of the worker. */ readonly worker: number }
  & ({ readonly value: T; readonly death?: never } | { readonly death: string });

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
/** What makes text coloured on a terminal. */
const COLOUR = /\p{Cc}\[[\d;]*m/gu;
/** Workers in a row that die before they are open. */
const MAX_FAILED_STARTS = 1;

interface Member {
  readonly number: number;
  readonly thread: Worker;
  /** Calls in its queue, oldest first; the initializer is one. */
  readonly held: Call[];
  isOpen: boolean;
  /** Gets no more calls, and is about to be replaced. */
  isRetired: boolean;
}

/** Calls in a member's queue, the initializer not counted. */
function callsOf(member: Member | undefined): number {
  if (member === undefined) return 0;
  return member.isOpen ? member.held.length : Math.max(0, member.held.length - 1);
}

/** What a member's thread said, that it is gone, or what went wrong at its tick. */
type News =
  & { readonly member: Member }
  & (
    | { readonly answer: Answer }
    | { readonly part: unknown }
    | { readonly death: string }
    | { readonly error: unknown }
  );

/** The workers of the commands and of the library's pools. Dispose of it to end them. */
export class Team implements Disposable {
  readonly nodes: number;
  /** Called when a worker ticks, as it may do amid a long call; `uimap` throws what it throws. */
  onTick: () => void = () => {};
  /** Called when a worker hands over a part of its answer to a call. */
  onPart: (call: Call, part: unknown) => void = () => {};
  readonly #options: TeamOptions;
  readonly #members: (Member | undefined)[] = [];
  readonly #news: News[] = [];
  #isPoked = false;
  #failedStarts = 0;
  #wake: () => void = () => {};

  constructor(options: TeamOptions) {
    this.nodes = options.nodes;
    this.#options = options;
  }

  /**
   * Starts the first worker with its initializer: it loads its module and opens while this thread
   * goes on. The others start when they get their first call.
   */
  start(initializer: (worker: number) => Call): void {
    if (this.#members[0] === undefined) this.#hand(this.#start(0), initializer(0));
  }

  /**
   * Makes every call of a source, each on the next free worker, and yields the values as they come.
   * `initializer` gives the call that each worker gets before all others, by the worker's number.
   *
   * @throws {WorkerError} for the first call that throws, and when workers die at their start
   */
  async *uimap<T>(
    source: CallSource,
    initializer: (worker: number) => Call,
  ): AsyncGenerator<Outcome<T>> {
    this.#feed(source, initializer);
    while (this.#news.length > 0 || this.#members.some((member) => callsOf(member) > 0)) {
      const news = this.#news.shift();
      if (news === undefined) {
        if (!this.#isPoked) await new Promise<void>((resolve) => this.#wake = resolve);
        if (this.#isPoked) this.#feed(source, initializer);
        continue;
      }
      const { member } = news;
      if (member !== this.#members[member.number]) continue;
      if ("error" in news) throw news.error;
      if ("death" in news) {
        const lost = this.#bury(member, news.death);
        for (const call of lost) yield { call, death: news.death, worker: member.number };
      } else if ("part" in news) {
        this.onPart(member.held[0]!, news.part);
        continue;
      } else {
        const call = member.held.shift()!;
        if ("error" in news.answer) {
          if (!member.isOpen) this.dismiss(member.number);
          throw new WorkerError(member.number, news.answer.error);
        }
        const wasOpen = member.isOpen;
        member.isOpen = true;
        this.#failedStarts = 0;
        if (!wasOpen) continue;
        yield { call, value: news.answer.value as T, worker: member.number };
      }
      this.#feed(source, initializer);
    }
  }

  /** Hands calls to every worker that has room. */
  #feed(source: CallSource, initializer: (worker: number) => Call): void {
    this.#isPoked = false;
    // Starting a worker blocks this thread for ten milliseconds: each gets its first call before
    // the next one is started.
    for (let number = 0; number < this.nodes; number++) {
      if (this.#members[number]?.isRetired === true) continue;
      for (let held = callsOf(this.#members[number]); held < MAX_HELD; held++) {
        const call = source.next(held > 0, number);
        if (call === undefined) break;
        const member = this.#members[number] ?? this.#start(number);
        if (!member.isOpen && member.held.length === 0) {
          this.#hand(member, initializer(number));
        }
        this.#hand(member, call);
      }
    }
  }

  /** Has the source asked again, as it has calls where it had none. */
  poke(): void {
    this.#isPoked = true;
    this.#wake();
  }

  /** Ends a worker that holds no calls; a new one takes its place when there is one. */
  dismiss(worker: number): void {
    this.#members[worker]?.thread.terminate();
    this.#members[worker] = undefined;
  }

  /** Replaces a worker that cannot be trusted any more; what it held comes out as its death. */
  retire(worker: number, reason: string): void {
    const member = this.#members[worker];
    if (member === undefined) return;
    member.isRetired = true;
    this.#tell({ member, death: reason });
  }

  /** Waits until nobody holds a call any more, for so long at most; what is answered is lost. */
  async settle(milliseconds: number): Promise<void> {
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      this.#wake();
    }, milliseconds);
    while (!isOver && this.#members.some((member) => callsOf(member) > 0)) {
      const news = this.#news.shift();
      if (news === undefined) await new Promise<void>((resolve) => this.#wake = resolve);
      else if ("death" in news) this.dismiss(news.member.number);
      else if ("answer" in news) news.member.held.shift();
    }
    clearTimeout(timer);
  }

  /** Ends a worker, whose place is free for a new one; returns the calls that died with it. */
  #bury(member: Member, death: string): Call[] {
    this.dismiss(member.number);
    if (!member.isOpen && ++this.#failedStarts > MAX_FAILED_STARTS) {
      this.#failedStarts = 0;
      // The others that are not open yet would die of the same.
      for (const other of this.#members) {
        if (other?.isOpen === false) this.dismiss(other.number);
      }
      throw new WorkerError(member.number, { name: "Error", message: death, stack: undefined });
    }
    return member.isOpen ? member.held : member.held.slice(1);
  }

  #start(number: number): Member {
    const { worker, permissions } = this.#options;
    const thread = new Worker(worker(number), {
      type: "module",
      name: `gridiron ${number}`,
      deno: { permissions },
    });
    const member: Member = { number, thread, held: [], isOpen: false, isRetired: false };
    thread.onmessage = ({ data }: MessageEvent<Answer | Tick | Part | Death>) => {
      if ("tick" in data) this.#tick(member);
      else if ("part" in data) this.#tell({ member, part: data.part });
      else if ("death" in data) this.#tell({ member, death: data.death });
      else this.#tell({ member, answer: data });
    };
    thread.onerror = (event) => {
      event.preventDefault();
      this.#tell({ member, death: event.message.replace(COLOUR, "") });
    };
    this.#members[number] = member;
    return member;
  }

  /** Nobody would catch what is thrown here. */
  #tick(member: Member): void {
    try {
      this.onTick();
    } catch (error) {
      this.#tell({ member, error });
    }
  }

  #tell(news: News): void {
    this.#news.push(news);
    this.#wake();
  }

  #hand(member: Member, call: Call): void {
    member.held.push(call);
    const { name, args, buffers } = call;
    post(member.thread, { name, args } satisfies CallMessage, buffers);
  }

  /** Ends the workers. One that computes goes on until it looks at its stop flag. */
  [Symbol.dispose](): void {
    for (let number = 0; number < this.nodes; number++) this.dismiss(number);
  }
}
