/** Points that failed, and why: as lines for people. */
import { listLedgers } from "./ledger.ts";
import { pointsIn, readError } from "./ledger_line.ts";
import { readRunLedger, type Run } from "./run_ledgers.ts";

/** Why a point failed. */
export interface PointFailure {
  readonly index: number;
  readonly error: string;
}

/** `point 3: took longer than 50ms, and 2 more`, on one line whatever the error says. */
export function failureText({ index, error }: PointFailure, more = 0): string {
  const line = error.replace(/[\p{Cc}\s]+/gu, " ").trim();
  return `point ${index}: ${line}${more > 0 ? `, and ${more} more` : ""}`;
}

/** The first failure among the ledger lines of a batch. */
export function firstFailure(lines: Uint8Array): PointFailure | undefined {
  for (const line of pointsIn(lines)) {
    if (line.failed) return { index: line.index, error: readError(line, lines) };
  }
  return undefined;
}

/** The last errors of some points, in the order of the points. */
export function readFailures(run: Run, indices: readonly number[]): PointFailure[] {
  const errors = new Map<number, string>();
  const wanted = new Set(indices);
  for (const path of wanted.size === 0 ? [] : listLedgers(run.directory)) {
    readRunLedger(run, path, {
      note() {},
      point(index, line, bytes) {
        if (line.failed && wanted.has(index)) errors.set(index, readError(line, bytes));
      },
    });
  }
  return indices.map((index) => ({ index, error: errors.get(index)! }));
}
