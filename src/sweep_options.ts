/** How a plan is to be run. */
import type { Entry } from "../wasm/kernel.ts";
import type { Inputs } from "./frozen_input.ts";
import type { Rank } from "./nodes/ranks.ts";
import type { Plan } from "./plan.ts";
import type { RunState } from "./cli/progress.ts";

/** What `runSweep` is told. */
export interface SweepOptions {
  readonly kernel: Entry;
  readonly plan: Plan;
  readonly directory: string;
  /** Where relative paths of files start: the user's working directory. */
  readonly folder: string;
  readonly workers: number;
  /** Which of several instances this is. */
  readonly rank: Rank;
  /** Goes into the ledger's first line. */
  readonly argv: readonly string[];
  /** What the plan was made from, kept in the directory at the first start; none when going on. */
  readonly inputs: Inputs | undefined;
  /** Ends the run after the slices under way; everything finished is kept. */
  readonly signal: AbortSignal;
  /** A point that takes longer fails. */
  readonly timeoutMs: number;
  /** How often a point that fails is tried again. */
  readonly retries: number;
  /** More failures than this end the run. */
  readonly maxFailures: number;
  /** Beginnings of ids of points that are to fail untried. */
  readonly skip: readonly string[];
  /** Points that failed before are left as they are. */
  readonly skipFailed: boolean;
  /** Rows count although their series files are gone. */
  readonly keepRows: boolean;
  /** Told again and again where the run is. */
  readonly progress: (state: RunState) => void;
  /** A line for the user while the run goes on. */
  readonly announce: (line: string) => void;
}
