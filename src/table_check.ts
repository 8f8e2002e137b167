/** Holds results.csv to the ledgers that it was made from. */
import { join } from "@std/path/posix/join";
import type { Entry } from "../wasm/kernel.ts";
import { isAbsence, UsageError } from "./errors.ts";
import { CsvLines } from "./format/csv_table.ts";
import { mergeInto } from "./merge.ts";
import type { Run } from "./run_ledgers.ts";
import type { Table, TableRow } from "./table.ts";

/** Characters that are compared at once, and the lines after them. */
const BLOCK_CHARACTERS = 1 << 16;
/** So much of a line is told. */
const MAX_TOLD_BYTES = 1000;
const LINE_FEED = 10;

/** How a table is: as it must be, not there, or the first line that is another one. */
export type TableState = "equal" | "absent" | TableDifference;

/** A line of a table, counted from 1; null is the table's end. */
export interface TableDifference {
  readonly line: number;
  readonly expected: string | null;
  readonly found: string | null;
}

/** What a run that is put together again has. */
export interface TableCheck {
  /** Undefined while points are missing, as the table need not be there. */
  readonly table: TableState | undefined;
  /** Points of the plan that have none, those that failed included. */
  readonly withoutRow: number;
}

/** Compares the table of a run with what its ledgers give. */
export async function checkTable(run: Run, kernel: Entry): Promise<TableCheck> {
  const path = join(run.directory, "results.csv");
  using table = new ComparedTable(
    openIfThere(path),
    new CsvLines(run.manifest.plans.at(-1)!, kernel.descriptor),
  );
  const { missing, failed } = await mergeInto(table, run, kernel);
  table.finish();
  return { table: missing > 0 ? undefined : table.state, withoutRow: missing + failed };
}

function openIfThere(path: string): Deno.FsFile | undefined {
  try {
    if (Deno.statSync(path).isFile) return Deno.openSync(path, { read: true });
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
  throw new UsageError(`Cannot read "${path}": it is no file, expected the table of the run`);
}

/** Is given what a file should hold, and reads along, many lines at once. */
class ComparedTable implements Table {
  readonly #file: Deno.FsFile | undefined;
  readonly #lines: CsvLines;
  readonly #encoder = new TextEncoder();
  #found = new Uint8Array(BLOCK_CHARACTERS);
  /** Lines that are not compared yet, and the number of the first of them. */
  #pending: string;
  #line = 1;
  #difference: TableDifference | undefined;

  constructor(file: Deno.FsFile | undefined, lines: CsvLines) {
    this.#file = file;
    this.#lines = lines;
    this.#pending = lines.header;
  }

  get state(): TableState {
    return this.#difference ?? (this.#file === undefined ? "absent" : "equal");
  }

  add(row: TableRow): void {
    if (this.#file === undefined || this.#difference !== undefined) return;
    this.#pending += this.#lines.line(row);
    if (this.#pending.length > BLOCK_CHARACTERS) this.#compare(this.#file);
  }

  /** The file must end here. */
  finish(): void {
    if (this.#file === undefined || this.#difference !== undefined) return;
    this.#compare(this.#file);
    if (this.#difference !== undefined) return;
    const more = this.#read(this.#file, MAX_TOLD_BYTES);
    if (more.length === 0) return;
    this.#difference = { line: this.#line, expected: null, found: textOf(more) };
  }

  [Symbol.dispose](): void {
    this.#file?.close();
  }

  #compare(file: Deno.FsFile): void {
    const expected = this.#encoder.encode(this.#pending);
    this.#pending = "";
    const found = this.#read(file, expected.length);
    const common = commonStart(expected, found);
    const start = common === 0 ? 0 : expected.lastIndexOf(LINE_FEED, common - 1) + 1;
    this.#line += countLines(expected.subarray(0, start));
    if (common === expected.length) return;
    // What was found of the line may go on behind the block.
    const line = Uint8Array.from(found.subarray(start));
    const rest = this.#read(file, MAX_TOLD_BYTES);
    this.#difference = {
      line: this.#line,
      expected: textOf(expected.subarray(start)),
      found: textOf(Uint8Array.from([...line.subarray(0, MAX_TOLD_BYTES), ...rest])),
    };
  }

  /** So many bytes further on, or all that are left; the array is used again. */
  #read(file: Deno.FsFile, count: number): Uint8Array {
    if (count > this.#found.length) this.#found = new Uint8Array(2 * count);
    let filled = 0;
    while (filled < count) {
      const read = file.readSync(this.#found.subarray(filled, count));
      if (read === null) break;
      filled += read;
    }
    return this.#found.subarray(0, filled);
  }
}

/** How many bytes are the same up to the first that is not; a loop, as there may be gigabytes. */
function commonStart(one: Uint8Array, other: Uint8Array): number {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) if (one[i] !== other[i]) return i;
  return length;
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === LINE_FEED) count++;
  return count;
}

/** The first line of some bytes, as far as it is told; null where there are none. */
function textOf(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return null;
  const text = new TextDecoder().decode(bytes.subarray(0, MAX_TOLD_BYTES));
  return text.split("\n")[0]!;
}
