/** What a sweep and its point workers say to each other. */
import type { Plan } from "./plan.ts";
import type { Salts } from "./point.ts";

/** What a worker is told once. */
export interface WorkerSetup {
  readonly plan: Plan;
  readonly salts: Salts;
  /** The run directory. */
  readonly directory: string;
  /** Rank and attempt, for names of temporary files. */
  readonly attempt: string;
  readonly worker: number;
  /** Shared memory of all workers: see `controlSlots`. */
  readonly control: SharedArrayBuffer;
}

/** What came of a batch. Points that were stopped or found no room are not in it. */
export interface BatchResult {
  /** Indices dealt with: computed, or not in the plan. */
  readonly passed: number;
  /** Points computed, those that failed included. */
  readonly computed: number;
  /** Ledger lines of the points done. */
  readonly lines: Uint8Array<ArrayBuffer>;
  readonly elapsedMs: number;
}

/** Slot of the stop flag in the shared i32s. */
export const STOP_SLOT = 0;
/** `progress` counts in millionths. */
export const PROGRESS_UNIT = 1e6;

/** The shared i32s of one worker: points done in its batch, progress of the one under way. */
export function workerSlots(worker: number): { done: number; progress: number } {
  return { done: 1 + 2 * worker, progress: 2 + 2 * worker };
}

/** Bytes of shared memory for so many workers. */
export function controlBytes(workers: number): number {
  return 4 * (1 + 2 * workers);
}
