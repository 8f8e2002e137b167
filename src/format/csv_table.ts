/** A table as CSV (RFC 4180): a header line, then a line a point; missing numbers are empty. */
import type { Descriptor } from "../../wasm/kernel.ts";
import type { Plan } from "../plan.ts";
import type { Table, TableRow } from "../table.ts";
import { TextFile } from "../text_file.ts";

export class CsvTable implements Table {
  readonly #file: TextFile;
  readonly #lines: CsvLines;

  constructor(path: string, plan: Plan, kernel: Descriptor) {
    this.#lines = new CsvLines(plan, kernel);
    this.#file = new TextFile(path);
    this.#file.write(this.#lines.header);
  }

  add(row: TableRow): void {
    this.#file.write(this.#lines.line(row));
  }

  finish(): void {
    this.#file.finish();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}

/** The lines of a table, each with its end. */
export class CsvLines {
  readonly header: string;
  readonly #noCells: string;
  /** Only names of files can hold what must be quoted. */
  readonly #isPlain: boolean;

  constructor(plan: Plan, kernel: Descriptor) {
    const columns = kernel.columns.map(({ name }) => name);
    this.header = ["index", ...plan.parameters, ...columns].join(",") + "\n";
    this.#noCells = ",".repeat(columns.length);
    this.#isPlain = plan.axes.every(({ texts }) => texts === undefined);
  }

  line({ index, cells, row }: TableRow): string {
    const point = this.#isPlain ? cells.join() : cells.map(quoted).join();
    return `${index},${point}${row === undefined ? this.#noCells : "," + row}\n`;
  }
}

/** A cell, in quotes where it needs them. */
export function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
