/** Ends code that runs too long in its own thread: `node:vm` can, `terminate()` cannot. */

/** Tasks that can be run for a while. */
export interface Limited {
  /** Runs tasks until `sliceMs` have passed; a task that is begun may take longer. */
  advance(sliceMs: number): void;
  /** The task under way was ended from outside: its time is over. */
  timeOut(): void;
}

/** Where the script finds what to run. */
const KEY = Symbol.for("gridiron.limited");
/** Tasks share an entry into the machine, which costs 15 µs, for so long at most … */
const MAX_SLICE_MS = 10;
/** … and for this part of their limit: so much later than that may a task be ended. */
const SLICE_PART = 0.01;

type Script = { runInThisContext(options: { timeout: number }): void };

/** Runs tasks, each for as long as its limit at most. */
export class Limiter {
  readonly #timeoutMs: number;
  readonly #script: Script;

  private constructor(timeoutMs: number, script: Script) {
    this.#timeoutMs = timeoutMs;
    this.#script = script;
  }

  /** Loads `node:vm`, which takes 20 ms, when it is first needed. */
  static async load(timeoutMs: number): Promise<Limiter> {
    const { Script } = await import("node:vm");
    const script = new Script(`globalThis[Symbol.for("${KEY.description}")]()`);
    return new Limiter(timeoutMs, script);
  }

  /** Runs tasks for a slice; the one that is under way at its limit fails. */
  advance(tasks: Limited): void {
    const sliceMs = Math.min(MAX_SLICE_MS, this.#timeoutMs * SLICE_PART);
    const scope = globalThis as { [KEY]?: () => void };
    scope[KEY] = () => tasks.advance(sliceMs);
    try {
      this.#script.runInThisContext({ timeout: Math.ceil(this.#timeoutMs + sliceMs) });
    } catch (error) {
      if ((error as { code?: unknown }).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
      tasks.timeOut();
    }
  }
}
