/** Holds results.csv to the ledgers that it was made from. */
import { join } from "@std/path/posix/join";
import type { Entry } from "../wasm/kernel.ts";
import { isAbsence, UsageError } from "./errors.ts";
import { CsvLines } from "./format/csv_table.ts";
import { mergeInto } from "./merge.ts";
import type { Run } from "./run_ledgers.ts";
import type { Table, TableRow } from "./table.ts";

const CHUNK_BYTES = 1 << 17;
/** So much of a line is told. */
const MAX_TOLD_BYTES = 200;

/** How a table is: as it must be, not there, or the first line that is another one. */
export type TableState = "equal" | "absent" | TableDifference;

/** A line of a table, counted from 1; an empty text is the table's end. */
export interface TableDifference {
  readonly line: number;
  readonly expected: string;
  readonly found: string;
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

/** Is given what a file should hold, and reads along. */
class ComparedTable implements Table {
  readonly #file: Deno.FsFile | undefined;
  readonly #lines: CsvLines;
  readonly #encoder = new TextEncoder();
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  /** What of the chunk was read and not yet compared. */
  #start = 0;
  #end = 0;
  #line = 0;
  #difference: TableDifference | undefined;

  constructor(file: Deno.FsFile | undefined, lines: CsvLines) {
    this.#file = file;
    this.#lines = lines;
    if (file !== undefined) this.#compare(lines.header);
  }

  get state(): TableState {
    return this.#difference ?? (this.#file === undefined ? "absent" : "equal");
  }

  add(row: TableRow): void {
    if (this.#isOver) return;
    this.#compare(this.#lines.line(row));
  }

  /** The file must end here. */
  finish(): void {
    if (!this.#isOver) this.#compare("");
  }

  [Symbol.dispose](): void {
    this.#file?.close();
  }

  /** Nothing is left to be found. */
  get #isOver(): boolean {
    return this.#file === undefined || this.#difference !== undefined;
  }

  #compare(expected: string): void {
    this.#line++;
    const bytes = this.#encoder.encode(expected);
    const found = this.#next(Math.max(bytes.length, 1));
    if (isEqual(found, bytes)) return;
    const rest = this.#next(MAX_TOLD_BYTES);
    this.#difference = {
      line: this.#line,
      expected: textOf(bytes),
      found: textOf(Uint8Array.from([...found, ...rest])),
    };
  }

  /** So many bytes further on, or all that are left. */
  #next(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      if (this.#start === this.#end) {
        this.#start = 0;
        this.#end = this.#file?.readSync(this.#chunk) ?? 0;
        if (this.#end === 0) break;
      }
      const piece = this.#chunk.subarray(
        this.#start,
        Math.min(this.#end, this.#start + count - filled),
      );
      bytes.set(piece, filled);
      filled += piece.length;
      this.#start += piece.length;
    }
    return bytes.subarray(0, filled);
  }
}

/** Whether bytes are the same; a loop, as a table may have gigabytes of them. */
function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}

/** The first line of some bytes, as far as it is told. */
function textOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, MAX_TOLD_BYTES));
  return text.split("\n")[0]!;
}
