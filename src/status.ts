/** The state of a run for people and programs: what is expected, done, failed, missing. */
import { join } from "@std/path/posix/join";
import type { Bitmap } from "./bitmap.ts";
import { failureText, type PointFailure, readFailures } from "./failures.ts";
import { loadFilter } from "./filter.ts";
import { formatCount } from "./format/quantity.ts";
import { makeGrid } from "./grid.ts";
import { countPoints } from "./grid_scan.ts";
import type { Run } from "./run_ledgers.ts";
import { surveyRun } from "./survey.ts";

/** How a run stands. */
export interface Status {
  readonly kernel: string;
  readonly version: number;
  readonly directory: string;
  /** Points of the plan, exact unless counting them takes longer than a second. */
  readonly expected: number;
  readonly is_exact: boolean;
  readonly done: number;
  readonly failed: number;
  readonly missing: number;
  /** Rows of points that had one. */
  readonly duplicated: number;
  /** Ledger lines that were torn or damaged, or did not fit their point. */
  readonly damaged: number;
  /** Points whose series files are gone: they count as missing. */
  readonly vanished: number;
  readonly complete: boolean;
  /** The first ranges of missing points: first and last index of each. */
  readonly missing_ranges: readonly (readonly [number, number])[];
  /** Whether there are more ranges than these. */
  readonly has_more_ranges: boolean;
  /** Whether failures.csv is there, with all points that had failed at the last merge. */
  readonly has_failures_file: boolean;
  /** The first points that failed, and why. */
  readonly first_failures: readonly PointFailure[];
}

/** Ranges of missing points that are told. */
const MAX_RANGES = 20;
/** Failures that are told. */
const MAX_FAILURES = 3;
const COUNT_MS = 1000;

/** Reads all ledgers of a run; with `keepRows` a row counts although its series has gone. */
export async function statusOf(run: Run, keepRows = false): Promise<Status> {
  const plan = run.manifest.plans.at(-1)!;
  const { done, failed, duplicated, damaged, vanished } = surveyRun(run, keepRows);
  const { count, isExact } = await countPoints(plan, COUNT_MS, 0);
  const missing = Math.max(0, count - done.count - failed.count);
  const isMissing = (index: number) => !done.has(index) && !failed.has(index);
  // Where the points could only be estimated, a look at each tells whether one is missing.
  const ranges = missing === 0 && isExact ? [] : await rangesOf(run, isMissing);
  return {
    ...{ kernel: plan.kernel, version: plan.version, directory: run.directory },
    ...{ expected: count, is_exact: isExact, done: done.count, failed: failed.count, missing },
    ...{ duplicated, damaged, vanished, complete: ranges.length === 0 },
    missing_ranges: ranges.slice(0, MAX_RANGES),
    has_more_ranges: ranges.length > MAX_RANGES,
    has_failures_file: failed.count > 0 && isFile(join(run.directory, "failures.csv")),
    first_failures: readFailures(run, firstOf(failed)),
  };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The first points of a set. */
function firstOf(points: Bitmap): number[] {
  const first: number[] = [];
  const wanted = Math.min(MAX_FAILURES, points.count);
  for (let index = 0; first.length < wanted; index++) if (points.has(index)) first.push(index);
  return first;
}

/** Neighbouring points of the plan that meet a condition, as ranges: one more than are told. */
async function rangesOf(
  run: Run,
  wanted: (index: number) => boolean,
): Promise<[number, number][]> {
  const plan = run.manifest.plans.at(-1)!;
  const grid = makeGrid(plan);
  const includes = await loadFilter(plan);
  const values = new Float64Array(plan.parameters.length);
  const ranges: [number, number][] = [];
  let isOpen = false;
  for (let index = 0; index < grid.size; index++) {
    grid.decode(index, values);
    if (!includes(values, index)) continue;
    if (!wanted(index)) {
      isOpen = false;
      if (ranges.length > MAX_RANGES) break;
    } else if (isOpen) ranges.at(-1)![1] = index;
    else if (ranges.length <= MAX_RANGES) {
      ranges.push([index, index]);
      isOpen = true;
    }
  }
  return ranges;
}

/** The state in a few lines. */
export function statusText(status: Status): string {
  const about = status.is_exact ? "" : "about ";
  const lines = [
    `${status.kernel} ${status.version} in ${status.directory}: ` +
    (status.complete ? "complete" : "incomplete"),
    `expected ${about}${formatCount(status.expected, "point")}, done ${status.done}, ` +
    `failed ${status.failed}, missing ${about}${status.missing}`,
  ];
  for (const failure of status.first_failures) lines.push(`failed ${failureText(failure)}`);
  const more = status.failed - status.first_failures.length;
  if (more > 0) lines.push(`failed besides: ${formatCount(more, "point")}`);
  if (status.has_failures_file) lines.push(`all failures: ${status.directory}/failures.csv`);
  if (status.duplicated > 0) lines.push(`${formatCount(status.duplicated, "row")} made twice`);
  if (status.damaged > 0) {
    lines.push(`${formatCount(status.damaged, "torn or damaged ledger line")} dropped`);
  }
  if (status.vanished > 0) {
    lines.push(
      `${formatCount(status.vanished, "series file")} vanished or changed in size ` +
        "(--keep-rows accepts that)",
    );
  }
  if (status.missing_ranges.length > 0) {
    const ranges = status.missing_ranges.map(([first, last]) =>
      first === last ? String(first) : `${first}-${last}`
    );
    const more = status.has_more_ranges ? ", …" : "";
    lines.push(`missing points: ${ranges.join(", ")}${more}`);
  }
  return lines.join("\n") + "\n";
}
