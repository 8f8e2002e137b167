/** What a sweep and its point workers say to each other. */
import type { Plan } from "./plan.ts";
import type { Salts } from "./point.ts";

/** Times that a point can be tried again: all its lines fit into one batch. */
export const MAX_RETRIES = 50;

/** What a worker is told once. */
export interface WorkerSetup {
  readonly plan: Plan;
  readonly salts: Salts;
  /** The run directory; null when series are only to be checksummed. */
  readonly directory: string | null;
  /** Where relative paths of files start. */
  readonly folder: string;
  readonly worker: number;
  readonly control: SharedArrayBuffer;
  /** A point that takes longer fails. */
  readonly timeoutMs: number;
  /** How often a point that fails is tried again. */
  readonly retries: number;
  /** Beginnings of ids of points that are to fail untried. */
  readonly skip: readonly string[];
}

/** What came of a batch. Points that were stopped or found no room are not in it. */
export interface BatchResult {
  /** Indices dealt with: computed, or not in the plan. */
  readonly passed: number;
  /** Points computed, those that failed included. */
  readonly computed: number;
  readonly failed: number;
  /** Ledger lines of the points done. */
  readonly lines: Uint8Array<ArrayBuffer>;
  readonly elapsedMs: number;
  /** The kernel trapped: its memory cannot be trusted, the worker must be replaced. */
  readonly isBroken: boolean;
}

/** So often a long point makes itself heard, as a timer costs the main thread 5 ms of start-up. */
export const TICK_MS = 1000;

/** Memory that a sweep shares with its workers: the stop flag, and what each worker is at. */
export class Control {
  readonly #stop: Int32Array;
  readonly #states: Float64Array;

  constructor(readonly memory: SharedArrayBuffer) {
    this.#stop = new Int32Array(memory, 0, 1);
    this.#states = new Float64Array(memory, 8);
  }

  static create(workers: number): Control {
    return new Control(new SharedArrayBuffer(8 + 8 * STATE_SLOTS * workers));
  }

  get isStopped(): boolean {
    return Atomics.load(this.#stop, 0) !== 0;
  }

  stop(): void {
    Atomics.store(this.#stop, 0, 1);
  }

  /** A worker says which point it begins (−1 for none) and when, in ms since 1970. */
  begin(worker: number, index: number, nowMs: number): void {
    this.#states[STATE_SLOTS * worker] = index;
    this.#states[STATE_SLOTS * worker + 1] = nowMs;
    this.#states[STATE_SLOTS * worker + 2] = 0;
  }

  /** A worker says how far its point is, from 0 to 1. */
  progress(worker: number, share: number): void {
    this.#states[STATE_SLOTS * worker + 2] = share;
  }

  /** What each worker is at. */
  states(): { readonly index: number; readonly sinceMs: number; readonly progress: number }[] {
    const states = [];
    for (let i = 0; i < this.#states.length; i += STATE_SLOTS) {
      const [index, sinceMs, progress] = this.#states.subarray(i, i + STATE_SLOTS);
      states.push({ index: index!, sinceMs: sinceMs!, progress: progress! });
    }
    return states;
  }
}

const STATE_SLOTS = 3;
