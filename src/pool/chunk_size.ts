/** How many tasks go into a message: rare beside the work, small at the start and at the end. */

/** Work in a message, when tasks are short. */
const CHUNK_MS = 25;
/** After so long a worker hands back what is left of a chunk. */
export const BUDGET_MS = 2 * CHUNK_MS;
/** Tasks in a message: beyond that a message costs nothing beside them. */
const MAX_TASKS = 16384;
/** A chunk may be so many times as long as those before. */
const MAX_GROWTH = 8;
/** Tasks longer than this wait for a free worker: a queue would unbalance the end … */
const MAX_AHEAD_MS = 1;
/** … which is far away when so many messages a worker are left. */
const FAR_FROM_END = 8;
/** What is known of durations is forgotten by this factor a chunk. */
const MEMORY = 0.8;

/** Learns from measured durations. */
export class ChunkSize {
  readonly #given: number | undefined;
  readonly #workers: number;
  #largest = 0;
  #tasks = 0;
  #elapsedMs = 0;

  /** `given` is a size that the caller wants; undefined to measure. */
  constructor(given: number | undefined, workers: number) {
    this.#given = given;
    this.#workers = workers;
  }

  /** Milliseconds of a task; unknown at first. */
  get #taskMs(): number {
    return this.#tasks === 0 ? Infinity : this.#elapsedMs / this.#tasks;
  }

  /** Tasks for the next message; `left` is how many there are, when that is known. */
  next(left: number | undefined): number {
    if (this.#given !== undefined) return this.#given;
    const wanted = Math.min(MAX_TASKS, this.#largest * MAX_GROWTH, CHUNK_MS / this.#taskMs);
    const share = left === undefined ? Infinity : left / (2 * this.#workers);
    return Math.max(1, Math.ceil(Math.min(wanted, share)));
  }

  /** Whether a message may wait in a busy worker's queue, so that it need not wait for us. */
  isWorthAhead(left: number | undefined): boolean {
    if (this.#given !== undefined || this.#taskMs < MAX_AHEAD_MS) return true;
    return left !== undefined && left > FAR_FROM_END * this.#workers * this.next(left);
  }

  /** So many tasks took so long. */
  learn(tasks: number, elapsedMs: number): void {
    if (tasks === 0) return;
    this.#largest = Math.max(this.#largest, tasks);
    this.#tasks = this.#tasks * MEMORY + tasks;
    this.#elapsedMs = this.#elapsedMs * MEMORY + Math.max(elapsedMs, 1e-4 * tasks);
  }
}
