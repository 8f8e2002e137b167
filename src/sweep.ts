/** The heart: a plan's grid through the pool to a ledger, then the ledgers to results.csv. */
import type { Entry } from "../wasm/kernel.ts";
import { BATCH_MS, Batches } from "./batches.ts";
import { Bitmap } from "./bitmap.ts";
import { UsageError } from "./errors.ts";
import type { Inputs } from "./frozen_input.ts";
import { gridSize } from "./grid.ts";
import { Ledger, listLedgers, readLedger } from "./ledger.ts";
import { isRun, makeManifest, type Manifest, readManifest, settleManifest } from "./manifest.ts";
import { type Merged, mergeRun } from "./merge.ts";
import type { Plan } from "./plan.ts";
import { planDifferences } from "./plan_difference.ts";
import { type BatchResult, controlBytes, STOP_SLOT, type WorkerSetup } from "./point_protocol.ts";
import { makeSalts, type Salts } from "./point.ts";
import { type CallSource, ParallelPool, WorkerError } from "./pool/pool.ts";
import type { Call } from "./pool/protocol.ts";
import { VERSION } from "./version.ts";

/** This instance's number among those started together: alone. */
const RANK = 0;
/** Of a command line so much is kept in a ledger's first line. */
const MAX_WORDS = 200;
const MAX_WORD_CHARACTERS = 1000;

/** How a plan is to be run. */
export interface SweepOptions {
  readonly kernel: Entry;
  readonly plan: Plan;
  readonly directory: string;
  readonly workers: number;
  /** Goes into the ledger's first line. */
  readonly argv: readonly string[];
  /** What the plan was made from: kept in the directory at the first start. */
  readonly inputs: Inputs;
  /** Ends the run after the slices under way; everything finished is kept. */
  readonly signal?: AbortSignal;
}

/** What came of a run. */
export interface SweepReport {
  /** Points that earlier starts had finished. */
  readonly before: number;
  /** Points finished now, those that failed included. */
  readonly now: number;
  /** Ledger lines that were torn or damaged, and dropped. */
  readonly dropped: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Undefined when the run was stopped before its end. */
  readonly merged: Merged | undefined;
}

/** Runs what is missing of a plan in its directory, and merges when nothing is. */
export async function runSweep(options: SweepOptions): Promise<SweepReport> {
  const { kernel, plan, directory } = options;
  const startMs = performance.now();
  const startCpu = cpuMs();
  using crew = new Crew(options);
  const isNew = !isRun(directory);
  // A new run will need its workers: the first loads while the directory is made.
  if (isNew) crew.pool.start();
  const manifest = await settleManifest(directory, makeManifest(plan, kernel.wasmDigest));
  const refusal = otherRun(directory, manifest, plan);
  if (refusal !== undefined) throw new UsageError(refusal);
  if (isNew) options.inputs.freeze(directory);
  const { done, dropped } = surveyDone(directory, gridSize(plan));
  const before = done.count;
  const { now, complete } = before < done.size
    ? await runMissing(options, crew, done)
    : { now: 0, complete: true };
  return {
    before,
    now,
    dropped,
    merged: complete ? await mergeRun(directory, plan, kernel.descriptor) : undefined,
    wallMs: performance.now() - startMs,
    cpuMs: cpuMs() - startCpu,
  };
}

/**
 * How many points of a plan a directory has: undefined when it holds no run, the reason in words
 * when it cannot be used.
 */
export async function countDone(
  directory: string,
  plan: Plan,
): Promise<number | string | undefined> {
  const manifest = await readManifest(directory);
  if (manifest === undefined) return undefined;
  return otherRun(directory, manifest, plan) ?? surveyDone(directory, gridSize(plan)).done.count;
}

/** Why a directory cannot be used for a plan: it holds another one. */
function otherRun(directory: string, manifest: Manifest, plan: Plan): string | undefined {
  const differences = planDifferences(manifest.plans.at(-1)!, plan);
  if (differences.length === 0) return undefined;
  return `Cannot use "${directory}": it holds another run:\n` +
    differences.map((line) => `  ${line}\n`).join("") +
    "expected the same plan, or another directory (-o DIR)";
}

/** Which points the ledgers of a directory hold a row of. */
function surveyDone(directory: string, size: number): { done: Bitmap; dropped: number } {
  const done = new Bitmap(size);
  let dropped = 0;
  for (const path of listLedgers(directory)) {
    dropped += readLedger(path, {
      note() {},
      point({ index, failed }) {
        if (!failed && index < size) done.add(index);
      },
    });
  }
  return { done, dropped };
}

/** The workers of a run, with the memory that they share. */
class Crew implements Disposable {
  readonly pool: ParallelPool;
  readonly #control: Int32Array<SharedArrayBuffer>;
  readonly #options: SweepOptions;

  constructor(options: SweepOptions) {
    const { plan, directory, workers } = options;
    this.#options = options;
    const nodes = Math.min(workers, gridSize(plan));
    const control = new SharedArrayBuffer(controlBytes(nodes));
    this.#control = new Int32Array(control);
    this.pool = new ParallelPool({
      nodes,
      worker: new URL("./point_worker.ts", import.meta.url),
      permissions: plan.series === null ? "none" : { read: [directory], write: [directory] },
    });
  }

  /** The first call of each worker. */
  initializer(salts: Salts, attempt: string): (worker: number) => Call {
    const { plan, directory } = this.#options;
    const control = this.#control.buffer;
    return (worker) => {
      const setup: WorkerSetup = { plan, salts, directory, attempt, worker, control };
      return { name: "open", args: [setup] };
    };
  }

  /** Ends every batch after the slice under way. */
  readonly stop = (): void => void Atomics.store(this.#control, STOP_SLOT, 1);

  [Symbol.dispose](): void {
    this.stop();
    this.pool[Symbol.dispose]();
  }
}

/** Computes the missing points; how many there were, and whether none is left. */
async function runMissing(
  options: SweepOptions,
  crew: Crew,
  done: Bitmap,
): Promise<{ now: number; complete: boolean }> {
  const { directory, signal } = options;
  using ledger = Ledger.begin(directory, RANK, ledgerHeader(options));
  const salts = await makeSalts(options.plan);
  const initializer = crew.initializer(salts, `${RANK}-${ledger.attempt}`);
  signal?.addEventListener("abort", crew.stop, { once: true });
  const batches = new Batches(done, crew.pool.nodes);
  let now = 0;
  const calls: CallSource = {
    next(ahead) {
      const runs = signal?.aborted === true ? undefined : batches.next(ahead);
      return runs && { name: "run", args: [runs, BATCH_MS] };
    },
  };
  try {
    for await (const { call, value } of crew.pool.uimap<BatchResult>(calls, initializer)) {
      ledger.append(value.lines);
      batches.finished(call.args[0] as Float64Array, value.passed, value.elapsedMs);
      now += value.computed;
    }
  } catch (error) {
    // A condition that has no value at some point is found by the worker that comes to it.
    const isUsage = error instanceof WorkerError && error.original === UsageError.name;
    throw isUsage ? new UsageError(error.message, { cause: error }) : error;
  }
  signal?.removeEventListener("abort", crew.stop);
  ledger.close({ closed: new Date().toISOString(), points: now });
  return { now, complete: batches.left === 0 };
}

function ledgerHeader({ argv, kernel, workers }: SweepOptions): Record<string, unknown> {
  return {
    gridiron: VERSION,
    kernel: kernel.descriptor.name,
    version: kernel.descriptor.version,
    wasm: kernel.wasmDigest,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    host: Deno.hostname(),
    argv: argv.map((word) => word.slice(0, MAX_WORD_CHARACTERS)).slice(0, MAX_WORDS),
    start: new Date().toISOString(),
    workers,
  };
}

/** CPU time of this process, all threads. */
function cpuMs(): number {
  const { user, system } = Deno.cpuUsage();
  return (user + system) / 1000;
}
