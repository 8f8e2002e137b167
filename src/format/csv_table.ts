/** A table as CSV (RFC 4180): a header line, then a line a point; missing numbers are empty. */
import type { Descriptor } from "../../wasm/kernel.ts";
import type { Plan } from "../plan.ts";
import type { Table, TableRow } from "../table.ts";
import { TextFile } from "../text_file.ts";

export class CsvTable implements Table {
  readonly #file: TextFile;
  readonly #noCells: string;
  /** Only names of files can hold what must be quoted. */
  readonly #isPlain: boolean;

  constructor(path: string, plan: Plan, kernel: Descriptor) {
    const columns = kernel.columns.map(({ name }) => name);
    this.#noCells = ",".repeat(columns.length);
    this.#isPlain = plan.axes.every(({ texts }) => texts === undefined);
    this.#file = new TextFile(path);
    this.#file.write(["index", ...plan.parameters, ...columns].join(",") + "\n");
  }

  add({ index, cells, row }: TableRow): void {
    const point = this.#isPlain ? cells.join() : cells.map(quoted).join();
    this.#file.write(`${index},${point}${row === undefined ? this.#noCells : "," + row}\n`);
  }

  finish(): void {
    this.#file.finish();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}

/** A cell, in quotes where it needs them. */
export function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
