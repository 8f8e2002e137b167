/** How busy each worker of a run is: the proof that it ran in parallel, and what held it back. */

/** What the workers of one start did. */
export interface Work {
  readonly wallMs: number;
  /** Time in which points of a start that died were made one at a time. */
  readonly aloneMs: number;
  /** CPU time of the process, all threads. */
  readonly cpuMs: number;
  readonly workers: readonly WorkerWork[];
}

/** What one worker did. */
export interface WorkerWork {
  /** Time with a batch in hand. */
  readonly busyMs: number;
  /** Time until its first batch began. */
  readonly startMs: number;
  /** Time at the end without anything left to do. */
  readonly tailMs: number;
}

/** Time used, in a ledger. FollowedRank knows such a note by its first name, `cpu_ms`. */
export interface TimeNote {
  /** CPU time of the process, the time in which it was used, and CPUs that could have been busy. */
  readonly cpu_ms: number;
  readonly wall_ms: number;
  readonly cpus: number;
  /** Time of each worker with a batch in hand. */
  readonly busy_ms: readonly number[];
  /** The longest time at the end that a worker had nothing left to do. */
  readonly tail_ms: number;
}

/** CPU time is written down so often, and sooner at the beginning, for whoever watches. */
const NOTE_MS = 10_000;
/** Runs that are over sooner write it down at their end alone. */
const FIRST_NOTE_MS = 1000;

/** Adds up the batches of each worker. */
export class Meter {
  readonly #begunMs = performance.now();
  readonly #cpuBefore = cpuMs();
  readonly #busyMs: number[];
  readonly #firstMs: (number | undefined)[];
  readonly #lastMs: number[];
  #notedMs = this.#begunMs;
  #aloneMs = 0;

  constructor(readonly nodes: number) {
    this.#busyMs = new Array<number>(nodes).fill(0);
    this.#firstMs = new Array<undefined>(nodes).fill(undefined);
    this.#lastMs = new Array<number>(nodes).fill(0);
  }

  /** A worker came back with a batch. */
  took(worker: number, elapsedMs: number): void {
    const nowMs = performance.now() - this.#begunMs;
    this.#busyMs[worker]! += elapsedMs;
    this.#firstMs[worker] ??= Math.max(0, nowMs - elapsedMs);
    this.#lastMs[worker] = nowMs;
  }

  /** All points so far were made one at a time. */
  wasAlone(): void {
    this.#aloneMs = performance.now() - this.#begunMs;
  }

  /** CPU time over wall time, and that over the CPUs that could have been busy. */
  utilisation(): number {
    const wallMs = performance.now() - this.#begunMs;
    return Math.min(1, (cpuMs() - this.#cpuBefore) / wallMs / this.#cpus);
  }

  get #cpus(): number {
    return Math.min(this.nodes, navigator.hardwareConcurrency);
  }

  /**
   * A note of the time used so far, when the last one is a while ago; `inHandMs` tells how long
   * each worker has had the point that it is at.
   */
  noteIfDue(inHandMs: () => readonly number[]): TimeNote | undefined {
    // At each doubling of the time, and later on regularly.
    const nowMs = performance.now();
    const doubledMs = Math.max(FIRST_NOTE_MS, this.#notedMs - this.#begunMs);
    const sinceMs = Math.min(NOTE_MS, doubledMs);
    if (nowMs - this.#notedMs < sinceMs) return undefined;
    this.#notedMs = nowMs;
    const note = this.note();
    const inHand = inHandMs();
    return { ...note, busy_ms: note.busy_ms.map((busy, i) => busy + Math.round(inHand[i] ?? 0)) };
  }

  /** What stands in a ledger, `cpu_ms` first, where points of less than 0.01 ms take none. */
  note(): TimeNote {
    const { cpuMs, wallMs, workers } = this.work();
    return {
      cpu_ms: Math.round(cpuMs),
      wall_ms: Math.round(wallMs),
      cpus: this.#cpus,
      busy_ms: workers.map(({ busyMs }) => Math.round(busyMs)),
      tail_ms: Math.round(Math.max(...workers.map(({ tailMs }) => tailMs))),
    };
  }

  work(): Work {
    const wallMs = performance.now() - this.#begunMs;
    const endMs = Math.max(0, ...this.#lastMs);
    return {
      wallMs,
      aloneMs: this.#aloneMs,
      cpuMs: cpuMs() - this.#cpuBefore,
      workers: this.#busyMs.map((busyMs, worker) => ({
        busyMs,
        startMs: this.#firstMs[worker] ?? endMs,
        tailMs: this.#firstMs[worker] === undefined ? 0 : endMs - this.#lastMs[worker]!,
      })),
    };
  }
}

/** CPU time of this process, all threads. */
export function cpuMs(): number {
  const { user, system } = Deno.cpuUsage();
  return (user + system) / 1000;
}
