/** How many points a plan has: exactly where that is quick to tell, else about. */
import { UsageError } from "./errors.ts";
import { loadFilter } from "./filter.ts";
import { gridSize, makeGrid } from "./grid.ts";
import type { Plan } from "./plan.ts";

/** A number of points, and the first and last of those that were looked at. */
export interface PointCount {
  readonly count: number;
  readonly isExact: boolean;
  /** Indices of the first points. */
  readonly first: readonly number[];
  /** Indices of the last points. */
  readonly last: readonly number[];
}

/** Points looked at where there are too many: a prime, so as to fall in step with no axis. */
const SAMPLE = 99_991;
/** Points looked at between two looks at the clock. */
const STRIDE = 4096;

/**
 * Counts the points of a plan for at most `budgetMs`; beyond, the count is estimated from
 * an even sample. `ends` is how many indices from each end to tell.
 *
 * @throws {UsageError} when the condition has no value somewhere, or nothing meets it
 */
export async function countPoints(
  plan: Plan,
  budgetMs: number,
  ends: number,
): Promise<PointCount> {
  const size = gridSize(plan);
  if (plan.where === null && plan.idle === undefined) {
    return { count: size, isExact: true, ...endsOf(size, ends) };
  }
  const includes = await pointFilter(plan);
  const stopMs = performance.now() + budgetMs;
  const first: number[] = [];
  let count = 0;
  let index = 0;
  for (; index < size; index++) {
    if (includes(index)) {
      if (first.length < ends) first.push(index);
      count++;
    }
    if (index % STRIDE === STRIDE - 1 && performance.now() > stopMs) break;
  }
  const isExact = index === size;
  if (isExact && count === 0) {
    throw new UsageError(
      `Cannot use --where "${plan.where}": none of the ${size} points meets it`,
    );
  }
  return {
    count: isExact ? count : Math.max(count, sampledCount(includes, size)),
    isExact,
    first,
    last: lastPoints(includes, size, Math.min(ends, count - first.length), stopMs + budgetMs),
  };
}

/** The first and last indices of a grid without a condition. */
function endsOf(size: number, ends: number): Pick<PointCount, "first" | "last"> {
  const first = Array.from({ length: Math.min(ends, size) }, (_, i) => i);
  const rest = Math.min(ends, size - first.length);
  return { first, last: Array.from({ length: rest }, (_, i) => size - rest + i) };
}

/** About how many points meet a condition, from an even sample. */
function sampledCount(includes: (index: number) => boolean, size: number): number {
  let met = 0;
  for (let i = 0; i < SAMPLE; i++) {
    if (includes(Math.floor((i + 0.5) / SAMPLE * size))) met++;
  }
  return Math.round(met / SAMPLE * size);
}

/** Up to `wanted` points from the end of the grid, in order. */
function lastPoints(
  includes: (index: number) => boolean,
  size: number,
  wanted: number,
  stopMs: number,
): number[] {
  const last: number[] = [];
  for (let index = size - 1; index >= 0 && last.length < wanted; index--) {
    if (includes(index)) last.unshift(index);
    if (index % STRIDE === 0 && performance.now() > stopMs) break;
  }
  return last;
}

/** Tells whether the point at an index meets a plan's condition. */
async function pointFilter(plan: Plan): Promise<(index: number) => boolean> {
  const grid = makeGrid(plan);
  const includes = await loadFilter(plan);
  const values = new Float64Array(plan.parameters.length);
  return (index) => {
    grid.decode(index, values);
    return includes(values, index);
  };
}
