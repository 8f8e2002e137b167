/** Runs jobs in this thread, one task at a time. */
import type { Engine } from "./engine.ts";
import type { Job } from "./job.ts";
import { exportOf } from "./module_export.ts";
import { nestedModules } from "./nested.ts";
import { type Piece, unwrap } from "./piece.ts";
import { type FunctionWords, Watch } from "./task_protocol.ts";
import { type TaskCode, TaskRunner } from "./task_runner.ts";

/** How an engine is made. */
export interface SerialOptions {
  /** What is called first of all. */
  readonly initializer: FunctionWords | undefined;
  /** The initializer itself. */
  readonly original: unknown;
}

/** Jobs in this thread. Functions are called as they are, so that debuggers stop in them. */
export class SerialEngine implements Engine {
  readonly lost = 0;
  readonly #options: SerialOptions;
  #jobs: Job[] = [];
  #isOpen = false;
  #isRunning = false;
  /** Ends a pause. */
  #resume: () => void = () => {};

  constructor(options: SerialOptions) {
    this.#options = options;
  }

  add(job: Job): void {
    this.#jobs.push(job);
    this.poke();
  }

  poke(): void {
    if (this.#jobs.every(({ isOver }) => isOver)) this.#resume();
    if (!this.#isRunning) this.#run();
  }

  end(reason: unknown): void {
    for (const job of this.#jobs.splice(0)) job.end({ error: reason });
    this.#isOpen = false;
    this.#resume();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    let next = this.#next();
    while (next !== undefined) {
      await this.#runPiece(next.job, next.piece);
      next = this.#next();
      // Timers and signals get their turn between chunks.
      if (next !== undefined) await this.#pause();
    }
    this.#isRunning = false;
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve);
      this.#resume = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #next(): { readonly job: Job; readonly piece: Piece } | undefined {
    this.#jobs = this.#jobs.filter(({ isOver }) => !isOver);
    for (const [i, job] of this.#jobs.entries()) {
      const piece = job.next(false, Infinity);
      if (piece === undefined) continue;
      this.#jobs.push(...this.#jobs.splice(0, i + 1));
      return { job, piece };
    }
    return undefined;
  }

  async #runPiece(job: Job, piece: Piece): Promise<void> {
    try {
      await this.#open();
      const { words, timeoutMs, original } = job.options;
      const runner = new TaskRunner({
        resolve: (words) => codeOf(words, original),
        watch: new Watch(),
        part: (result) => job.take(piece, structuredClone(result), false),
      });
      const { columns, buffers } = unwrap(piece);
      const { result, buffers: handedOver } = await runner.run({
        // A task must not see what another did to its arguments, as in a worker.
        columns: structuredClone(columns, { transfer: buffers }),
        ...{ ticket: 1, words, timeoutMs, count: piece.count },
        ...{ budgetMs: job.budgetMs, stop: job.stop },
      });
      job.take(piece, structuredClone(result, { transfer: [...handedOver] }), true);
    } catch (error) {
      job.end({ error });
    }
  }

  async #open(): Promise<void> {
    if (this.#isOpen) return;
    const { initializer, original } = this.#options;
    if (initializer !== undefined) await (await codeOf(initializer, original))(0);
    this.#isOpen = true;
  }
}

async function codeOf(words: FunctionWords, original: unknown): Promise<TaskCode> {
  if (words.kind !== "module") return original as TaskCode;
  const module = nestedModules()?.[words.module] ?? await import(words.module);
  return exportOf(module, words);
}
