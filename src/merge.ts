/** From ledgers to results.csv: rows in grid order, in bounded memory, always the same bytes. */
import { join } from "@std/path/posix/join";
import type { Column, Descriptor, Entry, Total } from "../wasm/kernel.ts";
import { loadFilter } from "./filter.ts";
import { makeGrid } from "./grid.ts";
import { listLedgers } from "./ledger.ts";
import type { Plan } from "./plan.ts";
import { readRunLedger, type Run, type RunVisitor } from "./run_ledgers.ts";
import { shellWord } from "./format/shell.ts";
import { removeIfThere, TextFile } from "./text_file.ts";
import { pointWriter } from "./value_text.ts";

/** Rows held at once. */
const WINDOW_ROWS = 1 << 16;
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

/** Writes results.csv, and failures.csv when points failed, each whole or not at all. */
export async function mergeRun(
  run: Run,
  { descriptor: kernel, openTotal }: Entry,
): Promise<Merged> {
  const { directory, manifest } = run;
  const plan = manifest.plans.at(-1)!;
  const grid = makeGrid(plan);
  const includes = await loadFilter(plan);
  const stretches = grid.size > WINDOW_ROWS ? surveyStretches(run) : wholeLedgers(directory);
  const columns = kernel.columns.map(({ name }) => name);
  const noCells = ",".repeat(columns.length);
  const values = new Float64Array(plan.parameters.length);
  const write = pointWriter(plan);
  // Only names of files can hold what must be quoted.
  const isPlain = plan.axes.every(({ texts }) => texts === undefined);
  const doubts = makeDoubts(kernel);
  const total = openTotal?.();
  const tally = { rows: 0, failed: 0, missing: 0, repeated: 0, conflicting: 0 };
  using results = new TextFile(join(directory, "results.csv"));
  using failures = new FailureFile(join(directory, "failures.csv"), plan.parameters);
  results.write(["index", ...plan.parameters, ...columns].join(",") + "\n");
  for (let first = 0; first < grid.size; first += WINDOW_ROWS) {
    const window = readWindow(run, stretches, first, Math.min(first + WINDOW_ROWS, grid.size));
    tally.repeated += window.repeated;
    tally.conflicting += window.conflicting;
    for (const [i, row] of window.rows.entries()) {
      grid.decode(first + i, values);
      if (!includes(values, first + i)) continue;
      tally.rows++;
      const cells = write(values);
      const point = `${first + i},${isPlain ? cells.join() : cells.map(quoted).join()}`;
      results.write(point + (row === undefined ? noCells : "," + row) + "\n");
      if (row !== undefined) {
        for (const doubt of doubts) doubt.look(row);
        total?.add(row.split(",").map(Number));
        continue;
      }
      const failure = window.failures.get(first + i);
      if (failure === undefined) tally.missing++;
      else {
        tally.failed++;
        const { error, attempts } = failure;
        failures.add(`${point},${quoted(error)},${attempts},${quoted(commandFor(plan, cells))}`);
      }
    }
  }
  results.finish();
  failures.finish();
  return {
    ...tally,
    doubtful: doubts.map(({ column, count }) => ({ column, count })),
    total: tally.missing + tally.failed === 0 ? total : undefined,
  };
}

/** Counts, for each column that can be doubtful, the rows in which it is. */
function makeDoubts({ columns }: Descriptor) {
  return columns.flatMap((column, place) => {
    if (column.doubtful === undefined) return [];
    const { below } = column.doubtful;
    const doubt = {
      column,
      count: 0,
      look(row: string): void {
        const cell = cellAt(row, place);
        if (cell === "" || cell === "-inf" || Number(cell) < below) doubt.count++;
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

/** failures.csv, which is there only when a point failed. */
class FailureFile implements Disposable {
  #file: TextFile | undefined;

  constructor(readonly path: string, readonly parameters: readonly string[]) {}

  add(line: string): void {
    if (this.#file === undefined) {
      this.#file = new TextFile(this.path);
      this.#file.write(
        ["index", ...this.parameters, "error", "attempts", "command"].join(",") + "\n",
      );
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
function readWindow(run: Run, stretches: readonly Stretch[], first: number, end: number) {
  const rows = new Array<string | undefined>(end - first).fill(undefined);
  const failures = new Map<number, { error: string; attempts: number }>();
  const decoder = new TextDecoder();
  let repeated = 0;
  let conflicting = 0;
  for (const { path, from, to, plan, lowest, highest } of stretches) {
    if (highest < first || lowest >= end) continue;
    const visitor: RunVisitor = {
      note() {},
      point(index, { failed, rowStart, rowEnd }, bytes) {
        if (index < first || index >= end) return;
        const text = decoder.decode(bytes.subarray(rowStart, rowEnd));
        if (failed) {
          const attempts = (failures.get(index)?.attempts ?? 0) + 1;
          failures.set(index, { error: JSON.parse(`{${text}}`).error, attempts });
        } else {
          const row = cells(text);
          const before = rows[index - first];
          if (before !== undefined) repeated++;
          if (before !== undefined && before !== row) conflicting++;
          rows[index - first] ??= row;
        }
      },
    };
    readRunLedger(run, path, visitor, { from, to, plan });
  }
  return { rows, failures, repeated, conflicting };
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
    plan: undefined,
    lowest: 0,
    highest: Infinity,
  }));
}

/** Ledgers in stretches of a megabyte with the range of points in each: one pass over all. */
function surveyStretches(run: Run): Stretch[] {
  const stretches: Stretch[] = [];
  for (const path of listLedgers(run.directory)) {
    let current: Stretch | undefined;
    let plan: number | undefined;
    readRunLedger(run, path, {
      note(note) {
        if (typeof note.plan === "number") plan = note.plan;
      },
      point(index, _line, _bytes, { offset, length }) {
        if (current === undefined || offset + length - current.from > STRETCH_BYTES) {
          current = { path, from: offset, to: offset, plan, lowest: index, highest: index };
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

/** What to type to run one point alone. */
function commandFor({ kernel, parameters, seed }: Plan, cells: readonly string[]): string {
  const options = parameters.flatMap((name, slot) =>
    cells[slot] === "" ? [] : `--${name} ${shellWord(cells[slot]!)}`
  );
  return `sweep ${kernel} ${options.join(" ")} --seed ${seed}`;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
