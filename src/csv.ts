/**
 * Reads CSV (RFC 4180) with the line of each row, which messages about a user's file must name: the
 * one thing that the standard library's reader does not keep.
 */
import { UsageError } from "./errors.ts";

/** A row of cells and the line on which it begins, counted from 1. */
export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** A cell, quoted or not, and what ends it. */
const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\r|$)/y;

/**
 * The rows of a text: comma-separated, cells in quotes where they need it, any line ending, a byte
 * order mark ignored. Empty lines are no rows.
 *
 * @throws {UsageError} for a quote that is never closed and for rows of different lengths
 */
export function readCsv(source: string, text: string): Row[] {
  const rows: Row[] = [];
  let line = 1;
  let start = 1;
  let cells: string[] = [];
  CELL.lastIndex = text.startsWith("\ufeff") ? 1 : 0;
  while (CELL.lastIndex < text.length || cells.length > 0) {
    const match = CELL.exec(text);
    if (match === null) {
      throw new UsageError(
        `Cannot read "${source}" line ${line}: a quote stands alone, expected cells such as ` +
          '1,2 or "a, b"',
      );
    }
    const [whole, quoted, plain, ending] = match;
    cells.push(quoted === undefined ? plain!.trim() : quoted.replaceAll('""', '"'));
    line += whole.match(/\r?\n|\r/g)?.length ?? 0;
    if (ending === ",") continue;
    if (cells.length > 1 || cells[0] !== "") rows.push({ line: start, cells });
    cells = [];
    start = line;
  }
  const ragged = rows.find((row) => row.cells.length !== rows[0]!.cells.length);
  if (ragged !== undefined) {
    throw new UsageError(
      `Cannot read "${source}" line ${ragged.line}: ${ragged.cells.length} cells, expected ` +
        `${rows[0]!.cells.length} as in line ${rows[0]!.line}`,
    );
  }
  return rows;
}
