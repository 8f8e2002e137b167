/** From ledgers to the cells of a picture: means in bins, in memory that no run's size changes. */
import type { Descriptor } from "../../wasm/kernel.ts";
import { Bitmap } from "../bitmap.ts";
import { loadFilter } from "../filter.ts";
import { makeGrid } from "../grid.ts";
import { listLedgers } from "../ledger.ts";
import { readRunLedger, type Run, type RunVisitor } from "../run_ledgers.ts";
import { type Bins, makeBins, NO_BINS } from "./bins.ts";
import type { Choice } from "./choice.ts";

/** Bins of a line, and of a heat map's axes; panels of a row of heat maps. */
const LINE_BINS = 400;
const MAP_BINS = { x: 240, y: 160 };
const PANEL_BINS = { x: 100, y: 100 };
const MAX_PANELS = 12;

/** What is drawn: a value a cell, x fastest, then y, then the panel. */
export interface Cells {
  readonly x: Bins;
  readonly y: Bins | undefined;
  readonly facet: Bins | undefined;
  /** Means; NaN where there is none. */
  readonly values: Float64Array;
  /** Standard errors; NaN where none is known. */
  readonly errors: Float64Array;
  /** Where points of the plan have no number: all of a cell's, or some of them. */
  readonly missing: Uint8Array;
  /** Points in the picture. */
  readonly points: number;
  /** Points of the picture that have failed, are not done yet, or gave no number. */
  readonly failed: number;
  readonly absent: number;
  readonly unnumbered: number;
  /** The most points that a cell is the mean of. */
  readonly most: number;
}

/** Reads every ledger once and fills the cells. */
export async function gather(run: Run, kernel: Descriptor, choice: Choice): Promise<Cells> {
  const plan = run.manifest.plans.at(-1)!;
  const grid = makeGrid(plan);
  const most = choice.facet === undefined ? MAP_BINS : PANEL_BINS;
  const x = makeBins(plan, choice.x, choice.y === undefined ? LINE_BINS : most.x);
  const y = choice.y && makeBins(plan, choice.y, most.y);
  const facet = choice.facet && makeBins(plan, choice.facet, MAX_PANELS);
  const names = [choice.x, choice.y, choice.facet].map((axis) => axis?.name);
  const bins = [x, y ?? NO_BINS, facet ?? NO_BINS];
  const fixed = [...choice.fixed];
  const placeOn = (name: string | undefined, index: number) =>
    name === undefined ? 0 : grid.placeOn(name, index);
  const cellOf = (index: number): number => {
    for (const [name, place] of fixed) if (grid.placeOn(name, index) !== place) return -1;
    const [atX, atY, atFacet] = bins.map((bins, i) => bins.of(placeOn(names[i], index)));
    return (atFacet! * bins[1]!.count + atY!) * x.count + atX!;
  };
  const sums = makeSums(bins.reduce((size, { count }) => size * count, 1));
  const column = kernel.columns.indexOf(choice.column);
  const error = kernel.columns.findIndex(({ name }) => name === `${choice.column.name}_err`);
  const done = new Bitmap(grid.size);
  const failures = new Bitmap(grid.size);
  const decoder = new TextDecoder();
  for (const path of listLedgers(run.directory)) {
    readRunLedger(run, path, {
      note() {},
      point(index, line, bytes) {
        if (line.failed) failures.add(index);
        else if (done.add(index)) {
          const cell = cellOf(index);
          if (cell < 0) return;
          const row = decoder.decode(bytes.subarray(line.rowStart, line.rowEnd)).split(",");
          sums.add(cell, numberOf(row[column]!), error < 0 ? NaN : numberOf(row[error]!));
        }
      },
    });
  }
  // Points that are not there: each of the plan is asked, unless all are.
  const absence = { failed: 0, absent: 0 };
  if (done.count < grid.size) {
    const includes = await loadFilter(plan);
    const values = new Float64Array(plan.parameters.length);
    for (let index = done.nextMissing(0); index < grid.size; index = done.nextMissing(index + 1)) {
      const cell = cellOf(index);
      if (cell < 0) continue;
      grid.decode(index, values);
      if (!includes(values, index)) continue;
      sums.miss(cell);
      absence[failures.has(index) ? "failed" : "absent"]++;
    }
  }
  return { x, y, facet, ...sums.finish(), ...absence };
}

/** Running sums of each cell. */
function makeSums(size: number) {
  const counts = new Uint32Array(size);
  const values = new Float64Array(size);
  const squares = new Float64Array(size);
  const errors = new Float64Array(size);
  const missing = new Uint8Array(size);
  let points = 0;
  let unnumbered = 0;
  return {
    add(cell: number, value: number, error: number): void {
      points++;
      if (!Number.isFinite(value)) {
        unnumbered++;
        missing[cell] = 1;
        return;
      }
      // Welford's way: no large numbers are subtracted.
      const change = value - values[cell]!;
      values[cell]! += change / ++counts[cell]!;
      squares[cell]! += change * (value - values[cell]!);
      errors[cell]! += error * error;
    },
    miss(cell: number): void {
      missing[cell] = 1;
    },
    finish() {
      let most = 0;
      for (let cell = 0; cell < size; cell++) {
        const count = counts[cell]!;
        most = Math.max(most, count);
        // The errors of independent points add up; without them their scatter tells.
        const own = Math.sqrt(errors[cell]!) / count;
        const scatter = Math.sqrt(squares[cell]! / (count - 1) / count);
        errors[cell] = Number.isFinite(own) ? own : count > 1 ? scatter : NaN;
        if (count === 0) values[cell] = NaN;
      }
      return { values, errors, missing, points, unnumbered, most };
    },
  };
}

/** A cell of a ledger line: `null` is a missing number, infinities are words. */
function numberOf(cell: string): number {
  if (cell === "null") return NaN;
  return cell.startsWith('"') ? Number(cell.slice(1, -1).replace("inf", "Infinity")) : Number(cell);
}

/** Bytes of each ledger that are looked at for a column that is worth showing. */
const LOOKED_AT_BYTES = 1 << 17;

/** The first computed column that does not have the same number in the first rows of a run. */
export function firstVarying(run: Run, { columns }: Descriptor): string {
  const first: string[] = [];
  const varies = columns.map(() => false);
  const decoder = new TextDecoder();
  const visitor: RunVisitor = {
    note() {},
    point(_, { failed, rowStart, rowEnd }, bytes) {
      if (failed) return;
      const row = decoder.decode(bytes.subarray(rowStart, rowEnd)).split(",");
      for (const [i, cell] of row.entries()) if ((first[i] ??= cell) !== cell) varies[i] = true;
    },
  };
  for (const path of listLedgers(run.directory)) {
    readRunLedger(run, path, visitor, { from: 0, to: LOOKED_AT_BYTES, plan: undefined });
  }
  const computed = columns.filter(({ isGiven }) => isGiven !== true);
  return (computed.find((column) => varies[columns.indexOf(column)]) ?? computed[0]!).name;
}
