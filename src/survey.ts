/** What a run directory has: which points are done, failed, lost, and what dead starts left. */
import { join } from "@std/path/posix/join";
import { Bitmap } from "./bitmap.ts";
import { isAbsence } from "./errors.ts";
import { gridSize, makeGrid } from "./grid.ts";
import { listLedgers } from "./ledger.ts";
import { readRunLedger, type Run } from "./run_ledgers.ts";
import { FIGURES, seriesNamer } from "./template.ts";

/** The state of a run, in indices of its newest plan. */
export interface Survey {
  /** Points with a row, and their series where it belongs. */
  readonly done: Bitmap;
  /** Points whose attempts all failed. */
  readonly failed: Bitmap;
  /** Lines that were torn, damaged, or did not fit their point. */
  readonly damaged: number;
  /** Rows of points that had one. */
  readonly duplicated: number;
  /** Points whose series file is gone, or not as long as it was. */
  readonly vanished: number;
  /** Points whose rows were made from files that hold something else now. */
  readonly stale: number;
  /** Ledgers without a last line: their process ended without a word, or is still running. */
  readonly unclosed: readonly DeadStart[];
}

/** What a start that ended without a word was at. */
export interface DeadStart {
  readonly path: string;
  readonly header: Record<string, unknown>;
  /** Points that had been running for a second or more. */
  readonly running: readonly number[];
  /** Points last handed out, finished ones among them. */
  readonly handedOut: readonly number[];
  /** The point that ran by itself when the process ended. */
  readonly alone: number | undefined;
}

/** Points of a dead start that are remembered as handed out. */
const MAX_HANDED_OUT = 4096;

/** Reads every ledger; with `keepRows` a row counts although its series file is gone. */
export function surveyRun(run: Run, keepRows: boolean): Survey {
  const plan = run.manifest.plans.at(-1)!;
  const size = gridSize(plan);
  const done = new Bitmap(size);
  const failed = new Bitmap(size);
  const checkSeries = plan.series === null || keepRows ? undefined : seriesChecker(run);
  let damaged = 0;
  let duplicated = 0;
  const vanished = new Bitmap(size);
  const stale = new Bitmap(size);
  const unclosed: DeadStart[] = [];
  for (const path of listLedgers(run.directory)) {
    const start = new StartReader(path);
    damaged += readRunLedger(run, path, {
      note: (note) => start.note(note),
      point(index, line) {
        if (line.failed) failed.add(index);
        else if (done.has(index)) duplicated++;
        else if (checkSeries?.(index, line.seriesBytes) === false) vanished.add(index);
        else done.add(index);
      },
      stale: (index) => stale.add(index),
    });
    if (!start.isClosed) unclosed.push(start.dead(run));
  }
  return {
    ...{ done, damaged, duplicated, unclosed },
    failed: withoutDone(failed, done),
    vanished: withoutDone(vanished, done).count,
    stale: withoutDone(stale, done).count,
  };
}

/** Follows the notes of one ledger. */
class StartReader {
  #header: Record<string, unknown> = {};
  #running: readonly number[] = [];
  #handedOut: number[] = [];
  #alone: number | undefined;
  isClosed = false;

  constructor(readonly path: string) {}

  note(note: Record<string, unknown>): void {
    if (typeof note.gridiron === "string") this.#header = note;
    if (note.closed !== undefined) this.isClosed = true;
    if (Array.isArray(note.running)) this.#running = note.running;
    if (typeof note.alone === "number") this.#alone = note.alone;
    if (Array.isArray(note.out)) {
      this.#alone = undefined;
      this.#handedOut = this.#handedOut.concat(note.out).slice(-2 * MAX_HANDED_OUT);
    }
  }

  /** What it was at, in indices of the newest plan. */
  dead({ maps }: Run): DeadStart {
    const map = maps[Number(this.#header.plan)] ?? (() => -1);
    return {
      path: this.path,
      header: this.#header,
      running: this.#running.map(map),
      handedOut: pointsOf(this.#handedOut).map(map),
      alone: this.#alone === undefined ? undefined : map(this.#alone),
    };
  }
}

/** The points of runs (first, count, …), the last ones when they are many. */
function pointsOf(runs: readonly number[]): number[] {
  const points: number[] = [];
  for (let i = runs.length - 2; i >= 0 && points.length < MAX_HANDED_OUT; i -= 2) {
    const first = runs[i]!;
    for (let j = runs[i + 1]! - 1; j >= 0 && points.length < MAX_HANDED_OUT; j--) {
      points.push(first + j);
    }
  }
  return points.reverse();
}

/** Whether the series of a point is there under its name, with its size; and its figure. */
function seriesChecker(
  { directory, manifest, identities }: Run,
): (index: number, bytes: number) => boolean {
  const plan = manifest.plans.at(-1)!;
  const grid = makeGrid(plan);
  const values = new Float64Array(plan.parameters.length);
  const name = seriesNamer(plan.series!, plan);
  return (index, bytes) => {
    grid.decode(index, values);
    const file = name(values, identities.id(values));
    return sizeOf(join(directory, file)) === bytes &&
      (!plan.figures || (sizeOf(join(directory, FIGURES, file)) ?? 0) > 0);
  };
}

/** The bytes of a file; undefined where there is none. */
function sizeOf(path: string): number | undefined {
  try {
    const { isFile, size } = Deno.statSync(path);
    return isFile ? size : undefined;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** What happened to points that came off at another try does not count. */
function withoutDone(points: Bitmap, done: Bitmap): Bitmap {
  if (points.count === 0) return points;
  const left = new Bitmap(points.size);
  for (let index = 0; index < points.size; index++) {
    if (points.has(index) && !done.has(index)) left.add(index);
  }
  return left;
}
