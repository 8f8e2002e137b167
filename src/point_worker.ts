/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** The module that a sweep's workers run: computes the points of a range, formats their lines. */
import type { Kernel, Point } from "../wasm/kernel.ts";
import { type Filter, loadFilter } from "./filter.ts";
import { type Grid, makeGrid } from "./grid.ts";
import { kernels } from "./kernels.ts";
import { LineWriter, MAX_LINE_BYTES } from "./ledger_line.ts";
import { idText } from "./id.ts";
import { type Identities, makeIdentities } from "./point.ts";
import {
  type BatchResult,
  PROGRESS_UNIT,
  STOP_SLOT,
  type WorkerSetup,
  workerSlots,
} from "./point_protocol.ts";
import { serve } from "./pool/serve.ts";
import { Transfer } from "./pool/protocol.ts";
import { type SeriesFile, SeriesWriter } from "./series_file.ts";
import { seriesNamer } from "./template.ts";

/** How long a kernel works before the stop flag is looked at. */
const SLICE_MS = 1;
/** Points outside the plan that are passed over between two looks at the clock. */
const SKIPS_A_LOOK = 256;
/** Room for the lines of one batch. */
const LINES_BYTES = 64 * MAX_LINE_BYTES;

/** What a worker holds between batches. */
interface Bench {
  readonly setup: WorkerSetup;
  readonly kernel: Kernel;
  readonly grid: Grid;
  readonly includes: Filter;
  readonly identities: Identities;
  readonly lines: LineWriter;
  readonly control: Int32Array;
  readonly slots: ReturnType<typeof workerSlots>;
  readonly values: Float64Array;
  readonly series: Awaited<ReturnType<typeof openSeries>>;
}

let bench: Bench;

serve({
  async open(setup: WorkerSetup): Promise<void> {
    const { plan, worker } = setup;
    const [kernel, series, includes] = await Promise.all([
      kernels[plan.kernel]!.load().then((module) => module.open()),
      openSeries(setup),
      loadFilter(plan),
    ]);
    bench = {
      setup,
      kernel,
      series,
      includes,
      identities: makeIdentities(plan, setup.salts),
      grid: makeGrid(plan),
      lines: new LineWriter(LINES_BYTES),
      control: new Int32Array(setup.control),
      slots: workerSlots(worker),
      values: new Float64Array(plan.parameters.length),
    };
  },

  /** Computes the points of `runs` (first, count, …) for about `budgetMs`, or until stopped. */
  run(runs: Float64Array, budgetMs: number): Transfer<BatchResult> {
    const startMs = performance.now();
    const { lines, control, slots } = bench;
    let passed = 0;
    let computed = 0;
    batch: for (let i = 0; i < runs.length; i += 2) {
      const end = runs[i]! + runs[i + 1]!;
      for (let index = runs[i]!; index < end; index++) {
        const outcome = lines.hasRoom ? runPoint(index) : "stopped";
        if (outcome === "stopped") break batch;
        passed++;
        if (outcome === "computed") Atomics.store(control, slots.done, ++computed);
        else if (passed % SKIPS_A_LOOK !== 0) continue;
        if (performance.now() - startMs > budgetMs) break batch;
      }
    }
    const bytes = lines.take();
    const elapsedMs = performance.now() - startMs;
    return new Transfer({ passed, computed, lines: bytes, elapsedMs }, [bytes.buffer]);
  },
});

/** What names and writes series; undefined when the plan has none. */
async function openSeries({ plan, directory, attempt, worker }: WorkerSetup) {
  if (plan.series === null) return undefined;
  const writer = await SeriesWriter.open(directory, `${attempt}-${worker}`);
  return { writer, name: seriesNamer(plan.series, plan.parameters) };
}

/** Computes a point and writes its line, if it is in the plan. */
function runPoint(index: number): "computed" | "skipped" | "stopped" {
  const { setup, grid, includes, identities, values, lines, series } = bench;
  const startMs = performance.now();
  grid.decode(index, values);
  if (!includes(values)) return "skipped";
  const id = identities.id(values);
  const idCheck = idText(id, 2);
  const file = series?.writer.begin(series.name(values, id));
  const row = compute(pointAt(values, id), file);
  const failed = row === undefined || row instanceof Error;
  if (failed) file?.abandon();
  if (row === undefined) return "stopped";
  lines.write({
    index,
    row,
    milliseconds: performance.now() - startMs,
    worker: setup.worker,
    idCheck,
    series: failed ? undefined : file?.finish(),
  });
  return "computed";
}

/**
 * Runs the kernel in slices; undefined when the stop flag went up. What the kernel throws is the
 * point's error; what a file throws is not, and goes on its way.
 */
function compute(point: Point, file: SeriesFile | undefined): Float64Array | Error | undefined {
  const { control, slots, kernel } = bench;
  const job = attempt(() => kernel.start([point], file !== undefined));
  if (job instanceof Error) return job;
  for (;;) {
    const finished = attempt(() => job.slice(performance.now() + SLICE_MS));
    if (finished instanceof Error) return finished;
    file?.append(job.series(0));
    if (finished) return attempt(() => job.row(0));
    if (Atomics.load(control, STOP_SLOT) !== 0) return undefined;
    Atomics.store(control, slots.progress, Math.floor(job.progress * PROGRESS_UNIT));
  }
}

/** What a function returns, or the error that it throws. */
function attempt<T>(action: () => T): T | Error {
  try {
    return action();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function pointAt(values: Float64Array, id: Uint32Array): Point {
  const { grid, identities } = bench;
  const named: Record<string, number> = {};
  for (let i = 0; i < values.length; i++) named[grid.parameters[i]!] = values[i]!;
  return { values: named, key: identities.key(id), seedKey: identities.seedKey };
}
