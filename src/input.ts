/** Values from files and standard input: a value a line, or a column of a CSV file. */
import { readCsv } from "./csv.ts";
import { type Decimal, parseDecimal } from "./decimal.ts";
import { UsageError } from "./errors.ts";

/** Gives the text of a path, or of standard input for `-`; the same each time. */
export type ReadInput = (source: string) => string;

/** A value and the line of its source, for messages. */
export interface LinedValue {
  readonly value: Decimal;
  readonly line: number;
}

/** Standard input, as it is called in messages. */
const STANDARD_INPUT = "-";

/** Name for people: `betas.txt`, `standard input`. */
function sourceName(source: string): string {
  return source === STANDARD_INPUT ? "standard input" : source;
}

/**
 * The values that `@source` stands for: `file`, `-`, or `file.csv:column`. Empty lines and lines
 * that begin with # are passed over.
 */
export function readValues(reference: string, read: ReadInput): LinedValue[] {
  const column = /^(.*\.csv):([^:]+)$/is.exec(reference);
  const values = column === null
    ? readLines(reference, read(reference))
    : readColumn(column[1]!, column[2]!, read(column[1]!));
  if (values.length === 0) {
    throw new UsageError(`Cannot use "${sourceName(reference)}": it has no values, expected some`);
  }
  return values;
}

/** Columns of a CSV file by name, with a value each row. */
export function readColumns(source: string, read: ReadInput): Map<string, LinedValue[]> {
  const [header, ...rows] = readCsv(sourceName(source), read(source));
  if (header === undefined || rows.length === 0) {
    throw new UsageError(
      `Cannot use "${sourceName(source)}": expected a header line and a row a point`,
    );
  }
  const columns = new Map<string, LinedValue[]>();
  for (const [i, name] of header.cells.entries()) {
    if (columns.has(name)) throw isThereTwice(source, name);
    columns.set(
      name,
      rows.map(({ cells, line }) => ({ line, value: readNumber(source, line, cells[i]!) })),
    );
  }
  return columns;
}

function readLines(source: string, text: string): LinedValue[] {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  return lines.flatMap((content, i) => {
    const trimmed = content.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return [];
    return [{ line: i + 1, value: readNumber(source, i + 1, trimmed) }];
  });
}

function readColumn(source: string, name: string, text: string): LinedValue[] {
  const [header, ...rows] = readCsv(source, text);
  const place = header?.cells.indexOf(name) ?? -1;
  if (place < 0) {
    throw new UsageError(
      `Cannot find column "${name}" in "${source}": expected one of ` +
        `${header?.cells.join(", ") ?? "its header line"}`,
    );
  }
  if (header!.cells.lastIndexOf(name) !== place) throw isThereTwice(source, name);
  return rows.map(({ cells, line }) => ({ line, value: readNumber(source, line, cells[place]!) }));
}

function isThereTwice(source: string, name: string): UsageError {
  return new UsageError(`Cannot use "${sourceName(source)}": column ${name} is there twice`);
}

function readNumber(source: string, line: number, text: string): Decimal {
  const value = parseDecimal(text);
  if (value === undefined) {
    const shown = text.length > 40 ? text.slice(0, 40) + "…" : text;
    throw new UsageError(
      `Cannot read "${sourceName(source)}" line ${line}: ${
        JSON.stringify(shown)
      } is not a finite ` +
        "number, expected one such as 0.5",
    );
  }
  return value;
}
