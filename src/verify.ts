/**
 * Holds a run to its word: series against their checksums, the table against the ledgers, a sample
 * of rows against new ones.
 */
import { join } from "@std/path/posix/join";
import type { Entry } from "../wasm/kernel.ts";
import { BATCH_MS, Batches } from "./batches.ts";
import { Bitmap } from "./bitmap.ts";
import { permissionsOf, workerOf } from "./crew.ts";
import { reasonOf } from "./errors.ts";
import { makeGrid } from "./grid.ts";
import { listLedgers } from "./ledger.ts";
import { emptyLine, isIntact, type Line, readPoint } from "./ledger_line.ts";
import { makeSalts } from "./point.ts";
import { type BatchResult, Control, type WorkerSetup } from "./point_protocol.ts";
import { type CallSource, Team } from "./pool/team.ts";
import { readRunLedger, type Run } from "./run_ledgers.ts";
import { pickSample, type SampleSize } from "./sampling.ts";
import { SeriesWriter } from "./series_file.ts";
import { checkTable, type TableState } from "./table_check.ts";
import { seriesNamer } from "./template.ts";

/** Differences that are told one by one. */
const MAX_TOLD = 20;
const CHUNK_BYTES = 1 << 18;
/** Rows that are held at once. */
const SLICE_POINTS = 1 << 18;
const LINE_FEED = 10;

/** A point that is not as its ledger says. */
export interface Difference {
  readonly index: number;
  /** What the ledger has, and what was found. */
  readonly expected: string;
  readonly found: string;
}

/** What was compared, and what differs. */
export interface Verified {
  /** Points with a row. */
  readonly points: number;
  /** Points of the plan without one. */
  readonly missing: number;
  /** Rows that were computed again. */
  readonly recomputed: number;
  /** Series that were read, and their bytes. */
  readonly series: number;
  readonly seriesBytes: number;
  /** Ledger lines that were torn, damaged, or of no point. */
  readonly damaged: number;
  readonly rowsDiffer: number;
  readonly seriesDiffer: number;
  /** How results.csv is; undefined while points are missing. */
  readonly table: TableState | undefined;
  /** The first of the rows and series that differ. */
  readonly differences: readonly Difference[];
}

/** What is to be verified. */
export interface VerifyOptions {
  readonly run: Run;
  readonly kernel: Entry;
  readonly sample: SampleSize;
  /** Decides which points are in the sample. */
  readonly seed: number;
  readonly workers: number;
}

/** Reads all series and the table and recomputes a sample of points; nothing is written. */
export async function verifyRun(options: VerifyOptions): Promise<Verified> {
  const { run, kernel, sample, seed } = options;
  const told: Difference[] = [];
  const tell = (difference: Difference) => {
    if (told.length < MAX_TOLD) told.push(difference);
  };
  const ledgers = readLedgers(run, tell);
  const { done } = ledgers;
  const picked = pickSample(done, sample, seed);
  let rowsDiffer = 0;
  for (const slice of slicesOf(picked)) {
    rowsDiffer += await compareRows(options, slice, tell);
  }
  const recomputed = picked.count;
  const { seriesDiffer, series, seriesBytes, damaged } = ledgers;
  const { table, withoutRow } = await checkTable(run, kernel);
  return {
    ...{ points: done.count, missing: withoutRow, recomputed, series, seriesBytes },
    ...{ damaged, rowsDiffer, seriesDiffer, table, differences: told },
  };
}

/** A set in parts that are small enough to be held with their rows. */
function* slicesOf(points: Bitmap): Generator<Bitmap> {
  let slice = new Bitmap(points.size);
  for (let index = 0; index < points.size; index++) {
    if (!points.has(index)) continue;
    slice.add(index);
    if (slice.count < SLICE_POINTS) continue;
    yield slice;
    slice = new Bitmap(points.size);
  }
  if (slice.count > 0) yield slice;
}

/** Computes points again; returns how many did not come out as their ledger says. */
async function compareRows(
  options: VerifyOptions,
  wanted: Bitmap,
  tell: (difference: Difference) => void,
): Promise<number> {
  const { run } = options;
  const before = new Map<number, string>();
  for (const path of listLedgers(run.directory)) {
    readRunLedger(run, path, {
      note() {},
      point(index, line, bytes) {
        if (line.failed || !wanted.has(index) || before.has(index)) return;
        before.set(index, outcomeOf(line, bytes));
      },
    });
  }
  let count = 0;
  await recompute(options, wanted, (index, found) => {
    const expected = before.get(index);
    before.delete(index);
    if (expected === undefined || expected === found) return;
    count++;
    tell({ index, expected, found });
  });
  // A worker that died has said nothing of its points.
  for (const [index, expected] of before) {
    tell({ index, expected, found: "no row: its worker died" });
  }
  return count + before.size;
}

/** Which points have a row; every series against its checksum. */
function readLedgers(run: Run, tell: (difference: Difference) => void) {
  const plan = run.manifest.plans.at(-1)!;
  const grid = makeGrid(plan);
  const done = new Bitmap(grid.size);
  const values = new Float64Array(plan.parameters.length);
  const name = plan.series === null ? undefined : seriesNamer(plan.series, plan);
  const reader = new SeriesReader();
  const counts = { series: 0, seriesBytes: 0, seriesDiffer: 0, damaged: 0 };
  for (const path of listLedgers(run.directory)) {
    counts.damaged += readRunLedger(run, path, {
      note() {},
      point(index, line, bytes) {
        if (line.failed || !done.add(index) || name === undefined) return;
        grid.decode(index, values);
        const file = name(values, run.identities.id(values));
        const expected = seriesOf(line, bytes);
        const found = reader.read(join(run.directory, file));
        counts.series++;
        counts.seriesBytes += reader.bytes;
        if (found === expected) return;
        counts.seriesDiffer++;
        tell({ index, expected: `${file} ${expected}`, found });
      },
    });
  }
  return { done, ...counts };
}

/** Reads series and says what a ledger would say of them. */
class SeriesReader {
  readonly #writer = new SeriesWriter(null);
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  /** Of the last series. */
  bytes = 0;

  read(path: string): string {
    this.bytes = 0;
    try {
      using file = Deno.openSync(path, { read: true });
      this.#writer.start();
      for (let read = file.readSync(this.#chunk); read !== null;) {
        this.#writer.update(this.#chunk.subarray(0, read));
        this.bytes += read;
        read = file.readSync(this.#chunk);
      }
      return `[${this.bytes},"${this.#writer.finish()}"]`;
    } catch (error) {
      return reasonOf(error);
    }
  }
}

/** Computes points as a run does, but for their series, which are only checksummed. */
async function recompute(
  { run, kernel, workers }: VerifyOptions,
  wanted: Bitmap,
  take: (index: number, outcome: string) => void,
): Promise<void> {
  const plan = run.manifest.plans.at(-1)!;
  const others = new Bitmap(wanted.size);
  for (let index = 0; index < wanted.size; index++) if (!wanted.has(index)) others.add(index);
  const nodes = Math.min(workers, wanted.count);
  if (nodes === 0) return;
  const control = Control.create(nodes);
  const { folder } = run;
  const shared = {
    ...{ plan, salts: await makeSalts(plan), directory: null, folder, control: control.memory },
    ...{ timeoutMs: Infinity, retries: 0, skip: [] },
  };
  using team = new Team({
    nodes,
    worker: () => workerOf(plan),
    permissions: permissionsOf(shared),
  });
  const batches = new Batches(others, nodes);
  const source: CallSource = {
    next(ahead) {
      const runs = batches.next(ahead);
      return runs && { name: "run", args: [runs, BATCH_MS, "0-0"] };
    },
  };
  const open = (worker: number) => {
    const setup: WorkerSetup = { ...shared, worker };
    return { name: "open", args: [setup] };
  };
  for await (const outcome of team.uimap<BatchResult>(source, open)) {
    if (outcome.death !== undefined) continue;
    const { lines, passed, elapsedMs, isBroken } = outcome.value;
    readLines(lines, take);
    batches.finished(outcome.call.args[0] as Float64Array, passed, elapsedMs);
    if (isBroken) team.retire(outcome.worker, `${kernel.descriptor.name} trapped`);
  }
}

/** The points of a batch. */
function readLines(lines: Uint8Array, take: (index: number, outcome: string) => void): void {
  const line = emptyLine();
  for (let start = 0; start < lines.length;) {
    const end = lines.indexOf(LINE_FEED, start);
    if (isIntact(lines, start, end) && readPoint(lines, start, end, line)) {
      take(line.index, outcomeOf(line, lines));
    }
    start = end + 1;
  }
}

const decoder = new TextDecoder();

/** What a line says came of its point: the row and, where there is one, the series. */
function outcomeOf(line: Line, bytes: Uint8Array): string {
  const row = decoder.decode(bytes.subarray(line.rowStart - 1, line.rowEnd + 1));
  const series = seriesOf(line, bytes);
  return series === "" ? row : `${row} ${series}`;
}

/** What a line says of its series: bytes and checksum. */
function seriesOf({ idStart, seriesBytes }: Line, bytes: Uint8Array): string {
  if (seriesBytes < 0) return "";
  const start = idStart + '0123456789abcdef",'.length;
  return decoder.decode(bytes.subarray(start, bytes.indexOf(0x5d, start) + 1));
}
