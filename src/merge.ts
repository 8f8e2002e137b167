/** From ledgers to results.csv: rows in grid order, in bounded memory, always the same bytes. */
import { join } from "@std/path/posix/join";
import type { Column, Descriptor } from "../wasm/kernel.ts";
import { loadFilter } from "./filter.ts";
import { formatNumber } from "./format/number.ts";
import { makeGrid } from "./grid.ts";
import { type LedgerVisitor, listLedgers, readLedger } from "./ledger.ts";
import type { Plan } from "./plan.ts";
import { removeIfThere, TextFile } from "./text_file.ts";

/** Rows held at once. */
const WINDOW_ROWS = 1 << 17;
/** Bytes of a ledger that are known by the indices they hold. */
const STRETCH_BYTES = 1 << 20;

/** What a merge found. */
export interface Merged {
  readonly rows: number;
  /** Points whose last word is a failure. */
  readonly failed: number;
  /** Points that no ledger speaks of. */
  readonly missing: number;
  /** Lines of a point that had one already. */
  readonly repeated: number;
  /** How many points each doubtful column has. */
  readonly doubtful: readonly { readonly column: Column; readonly count: number }[];
}

/** Part of a ledger, and the indices of the points in it. */
interface Stretch {
  readonly path: string;
  readonly from: number;
  to: number;
  lowest: number;
  highest: number;
}

/** Writes results.csv, and failures.csv when points failed, each whole or not at all. */
export async function mergeRun(
  directory: string,
  plan: Plan,
  kernel: Descriptor,
): Promise<Merged> {
  const grid = makeGrid(plan);
  const includes = await loadFilter(plan);
  const stretches = grid.size > WINDOW_ROWS ? surveyStretches(directory) : wholeLedgers(directory);
  const columns = kernel.columns.map(({ name }) => name);
  const noCells = ",".repeat(columns.length);
  const values = new Float64Array(plan.parameters.length);
  const doubtful = kernel.columns.flatMap((column, place) =>
    column.doubtful === undefined ? [] : [{ column, place, below: column.doubtful.below, count: 0 }]
  );
  const tally = { rows: 0, failed: 0, missing: 0, repeated: 0 };
  using results = new TextFile(join(directory, "results.csv"));
  using failures = new FailureFile(join(directory, "failures.csv"), plan.parameters);
  results.write(["index", ...plan.parameters, ...columns].join(",") + "\n");
  for (let first = 0; first < grid.size; first += WINDOW_ROWS) {
    const window = readWindow(stretches, first, Math.min(first + WINDOW_ROWS, grid.size));
    tally.repeated += window.repeated;
    for (const [i, row] of window.rows.entries()) {
      const failure = window.failures.get(first + i);
      grid.decode(first + i, values);
      if (!includes(values)) continue;
      tally.rows++;
      const point = `${first + i},${Array.from(values, formatNumber).join(",")}`;
      results.write(point + (row === undefined ? noCells : "," + row) + "\n");
      if (row !== undefined) {
        const cells = row.split(",");
        for (const doubt of doubtful) {
          const cell = cells[doubt.place]!;
          if (cell === "" || Number(cell) < doubt.below) doubt.count++;
        }
      } else if (failure !== undefined) {
        tally.failed++;
        failures.add(`${point},${quoted(failure.error)},${failure.attempts}`);
      } else tally.missing++;
    }
  }
  results.finish();
  failures.finish();
  return { ...tally, doubtful };
}

/** failures.csv, which is there only when a point failed. */
class FailureFile implements Disposable {
  #file: TextFile | undefined;

  constructor(readonly path: string, readonly parameters: readonly string[]) {}

  add(line: string): void {
    if (this.#file === undefined) {
      this.#file = new TextFile(this.path);
      this.#file.write(["index", ...this.parameters, "error", "attempts"].join(",") + "\n");
    }
    this.#file.write(line + "\n");
  }

  finish(): void {
    if (this.#file !== undefined) this.#file.finish();
    else removeIfThere(this.path);
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
  }
}

/** The rows and failures of points `first`…`end` − 1. */
function readWindow(stretches: readonly Stretch[], first: number, end: number) {
  const rows = new Array<string | undefined>(end - first).fill(undefined);
  const failures = new Map<number, { error: string; attempts: number }>();
  const decoder = new TextDecoder();
  let repeated = 0;
  for (const { path, from, to, lowest, highest } of stretches) {
    if (highest < first || lowest >= end) continue;
    const visitor: LedgerVisitor = {
      note() {},
      point({ index, failed, rowStart, rowEnd }, bytes) {
        if (index < first || index >= end) return;
        const text = decoder.decode(bytes.subarray(rowStart, rowEnd));
        if (failed) {
          const attempts = (failures.get(index)?.attempts ?? 0) + 1;
          failures.set(index, { error: JSON.parse(`{${text}}`).error, attempts });
        } else {
          if (rows[index - first] !== undefined) repeated++;
          rows[index - first] = cells(text);
        }
      },
    };
    readLedger(path, visitor, from, to);
  }
  return { rows, failures, repeated };
}

/** Numbers of a ledger line as cells: a missing one is empty. */
function cells(row: string): string {
  return row.includes("n") ? row.replaceAll("null", "").replaceAll('"', "") : row;
}

/** Every ledger as one stretch, which may hold any point. */
function wholeLedgers(directory: string): Stretch[] {
  return listLedgers(directory).map((path) => ({
    path,
    from: 0,
    to: Infinity,
    lowest: 0,
    highest: Infinity,
  }));
}

/** Ledgers in stretches of a megabyte with the range of points in each: one pass over all. */
function surveyStretches(directory: string): Stretch[] {
  const stretches: Stretch[] = [];
  for (const path of listLedgers(directory)) {
    let current: Stretch | undefined;
    readLedger(path, {
      note() {},
      point({ index }, _bytes, { offset, length }) {
        if (current === undefined || offset + length - current.from > STRETCH_BYTES) {
          current = { path, from: offset, to: offset, lowest: index, highest: index };
          stretches.push(current);
        }
        current.to = offset + length;
        current.lowest = Math.min(current.lowest, index);
        current.highest = Math.max(current.highest, index);
      },
    });
  }
  return stretches;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
