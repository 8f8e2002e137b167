/** From ledgers to a table: rows in grid order, in bounded memory, always the same bytes. */
import { join } from "@std/path/posix/join";
import type { Column, Descriptor, Entry, Total } from "../wasm/kernel.ts";
import type { PointFailure } from "./failures.ts";
import { loadFilter } from "./filter.ts";
import { type FreshRows, MAX_FRESH_POINTS } from "./fresh_rows.ts";
import { CsvTable, quoted } from "./format/csv_table.ts";
import { makeGrid } from "./grid.ts";
import { kernels } from "./kernels.ts";
import { listLedgers } from "./ledger.ts";
import { readError } from "./ledger_line.ts";
import type { Plan } from "./plan.ts";
import { readRunLedger, type Run, type RunVisitor } from "./run_ledgers.ts";
import { shellWord } from "./format/shell.ts";
import { RowWindow } from "./row_window.ts";
import { numberOf, type Table, type TableRow } from "./table.ts";
import { removeIfThere, TextFile } from "./text_file.ts";
import { pointWriter } from "./value_text.ts";

/**
 * Rows held at once: those of a fresh run at least, and more for many ledgers, so that each gives a
 * part worth opening it for.
 */
const WINDOW_ROWS = MAX_FRESH_POINTS;
const ROWS_A_LEDGER = 512;
const MAX_WINDOW_ROWS = 1 << 19;
/** Bytes of a ledger that are known by the indices they hold; with fewer it crosses windows. */
const STRETCH_BYTES = 1 << 20;
const LEAST_STRETCH_BYTES = 1 << 14;

/** What a merge found. */
export interface Merged {
  readonly rows: number;
  /** Points whose last word is a failure. */
  readonly failed: number;
  /** The first of them in the grid, and its last error; undefined when none failed. */
  readonly firstFailure: PointFailure | undefined;
  /** Points that no ledger speaks of. */
  readonly missing: number;
  /** Lines of a point that had one already. */
  readonly repeated: number;
  /** Of these, lines with other numbers: what must never be. The first one stands. */
  readonly conflicting: number;
  /** How many points each doubtful column has. */
  readonly doubtful: readonly { readonly column: Column; readonly count: number }[];
  /** What all rows amount to, for a kernel that says so and a run that has them all. */
  readonly total: Total | undefined;
}

/** Part of a ledger, and the indices of the points in it. */
interface Stretch {
  readonly path: string;
  readonly from: number;
  to: number;
  /** The plan that its lines are of; undefined when its first line says it. */
  readonly plan: number | undefined;
  lowest: number;
  highest: number;
}

/**
 * Writes results.csv, and failures.csv when points failed, each whole or not at all. `fresh` has
 * the rows of all points, when they were all made just now.
 */
export async function mergeRun(run: Run, entry: Entry, fresh?: FreshRows): Promise<Merged> {
  const plan = run.manifest.plans.at(-1)!;
  using results = new CsvTable(join(run.directory, "results.csv"), plan, entry.descriptor);
  using failures = new FailureFile(join(run.directory, "failures.csv"), plan);
  const merged = await mergeInto(results, run, entry, { failures, fresh });
  results.finish();
  failures.finish();
  return merged;
}

/** What a merge may have besides. */
interface MergeParts {
  /** Gets the points that failed. */
  readonly failures?: FailureFile;
  /** The rows of all points. */
  readonly fresh?: FreshRows | undefined;
}

/** Gives a table all points of a run, in grid order. */
export async function mergeInto(
  table: Table,
  run: Run,
  { descriptor: kernel, openTotal }: Entry,
  { failures, fresh }: MergeParts = {},
): Promise<Merged> {
  const { directory, manifest } = run;
  const plan = manifest.plans.at(-1)!;
  const grid = makeGrid(plan);
  const includes = await loadFilter(plan);
  const ledgers = listLedgers(directory);
  const held = Math.min(MAX_WINDOW_ROWS, Math.max(WINDOW_ROWS, ledgers.length * ROWS_A_LEDGER));
  const stretches = grid.size > held ? surveyStretches(run, ledgers, held) : wholeLedgers(ledgers);
  const values = new Float64Array(plan.parameters.length);
  const write = pointWriter(plan);
  const doubts = makeDoubts(kernel);
  const total = openTotal?.();
  const tally = { rows: 0, failed: 0, missing: 0, repeated: 0, conflicting: 0 };
  let firstFailure: PointFailure | undefined;
  const point: TableRow = { index: 0, values, cells: [], row: undefined };
  const window = fresh?.window ?? new RowWindow(Math.min(held, grid.size));
  for (let first = 0; first < grid.size; first += held) {
    const end = Math.min(first + held, grid.size);
    const failed = fresh !== undefined
      ? NO_FAILURES
      : readWindow(run, stretches, window, { first, end });
    tally.repeated += window.repeated;
    tally.conflicting += window.conflicting;
    for (let index = first; index < end; index++) {
      grid.decode(index, values);
      if (!includes(values, index)) continue;
      tally.rows++;
      const row = window.row(index - first);
      point.index = index;
      point.cells = write(values);
      point.row = row;
      table.add(point);
      if (row !== undefined) {
        for (const doubt of doubts) doubt.look(row);
        total?.add(row.split(",").map(Number));
        continue;
      }
      const failure = failed.get(index);
      if (failure === undefined) tally.missing++;
      else {
        tally.failed++;
        firstFailure ??= { index, error: failure.error };
        failures?.add(point, failure);
      }
    }
  }
  return {
    ...{ ...tally, firstFailure },
    doubtful: doubts.map(({ column, count }) => ({ column, count })),
    total: tally.missing + tally.failed === 0 ? total : undefined,
  };
}

/** Counts, for each column that can be doubtful, the rows in which it is. */
function makeDoubts({ columns }: Descriptor) {
  return columns.flatMap((column) => {
    if (column.doubtful === undefined) return [];
    const rules = column.doubtful.rules.map(({ product, below }) => {
      const places = product.map((name) => columns.findIndex((column) => column.name === name));
      return { places, below };
    });
    const isDoubtful = (row: string) =>
      rules.some(({ places, below }) => {
        let product = 1;
        for (const place of places) product *= numberOf(cellAt(row, place)) ?? NaN;
        return !(product >= below);
      });
    const doubt = {
      column,
      count: 0,
      look(row: string): void {
        if (isDoubtful(row)) doubt.count++;
      },
    };
    return [doubt];
  });
}

/** A cell of a row of numbers. */
function cellAt(row: string, place: number): string {
  let start = 0;
  for (let i = 0; i < place; i++) start = row.indexOf(",", start) + 1;
  const end = row.indexOf(",", start);
  return row.slice(start, end < 0 ? undefined : end);
}

/** The last error of a point, and how often it was tried. */
interface Failure {
  readonly error: string;
  readonly attempts: number;
}

const NO_FAILURES: ReadonlyMap<number, Failure> = new Map();

/** failures.csv, which is there only when a point failed. */
class FailureFile implements Disposable {
  #file: TextFile | undefined;

  constructor(readonly path: string, readonly plan: Plan) {}

  add({ index, cells }: TableRow, { error, attempts }: Failure): void {
    if (this.#file === undefined) {
      this.#file = new TextFile(this.path);
      const { parameters } = this.plan;
      this.#file.write(["index", ...parameters, "error", "attempts", "command"].join(",") + "\n");
    }
    const command = quoted(commandFor(this.plan, cells));
    this.#file.write(
      `${index},${cells.map(quoted).join()},${quoted(error)},${attempts},${command}\n`,
    );
  }

  finish(): void {
    if (this.#file !== undefined) this.#file.finish();
    else removeIfThere(this.path);
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
  }
}

/** Fills the window with the rows of points `first`…`end` − 1; returns the failures among them. */
function readWindow(
  run: Run,
  stretches: readonly Stretch[],
  window: RowWindow,
  { first, end }: { readonly first: number; readonly end: number },
): Map<number, Failure> {
  const failures = new Map<number, Failure>();
  window.clear();
  const visitor: RunVisitor = {
    note() {},
    point(index, line, bytes) {
      if (index < first || index >= end) return;
      if (!line.failed) {
        window.add(index - first, bytes, { start: line.rowStart, end: line.rowEnd });
        return;
      }
      const attempts = (failures.get(index)?.attempts ?? 0) + 1;
      failures.set(index, { error: readError(line, bytes), attempts });
    },
  };
  for (const { path, from, to, plan, lowest, highest } of stretches) {
    if (highest < first || lowest >= end) continue;
    readRunLedger(run, path, visitor, { from, to, plan });
  }
  return failures;
}

/** Every ledger as one stretch, which may hold any point. */
function wholeLedgers(ledgers: readonly string[]): Stretch[] {
  return ledgers.map((path) => ({
    path,
    from: 0,
    to: Infinity,
    plan: undefined,
    lowest: 0,
    highest: Infinity,
  }));
}

/**
 * Ledgers in stretches with the range of points in each: one pass over all. A stretch ends where
 * the next window begins: one of many ranks has few lines in each, and would be read for all that
 * a longer stretch touches.
 */
function surveyStretches(run: Run, ledgers: readonly string[], windowRows: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (const path of ledgers) {
    let current: Stretch | undefined;
    let currentWindow = 0;
    let plan: number | undefined;
    readRunLedger(run, path, {
      note(note) {
        if (typeof note.plan === "number") plan = note.plan;
      },
      point(index, _line, _bytes, { offset, length }) {
        const window = Math.floor(index / windowRows);
        const bytes = offset + length - (current?.from ?? offset);
        const isOver = bytes > STRETCH_BYTES ||
          bytes > LEAST_STRETCH_BYTES && window !== currentWindow;
        if (current === undefined || isOver) {
          current = { path, from: offset, to: offset, plan, lowest: index, highest: index };
          currentWindow = window;
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

/** What to type behind the program's name, which is not the same everywhere, to run one point. */
function commandFor({ kernel, parameters, seed, series }: Plan, cells: readonly string[]): string {
  const options = parameters.flatMap((name, slot) =>
    cells[slot] === "" ? [] : `--${name} ${shellWord(cells[slot]!)}`
  );
  const none = series === null && kernels[kernel]?.descriptor.series !== undefined;
  return `sweep ${kernel} ${options.join(" ")} --seed ${seed}${none ? " --series none" : ""}`;
}
