/** A table as JSON lines: an object a point; null for what is missing, infinities as words. */
import type { Descriptor } from "../../wasm/kernel.ts";
import type { Plan } from "../plan.ts";
import { cellReader, type Table, type TableRow, typedColumns } from "../table.ts";
import { TextFile } from "../text_file.ts";

export class NdjsonTable implements Table {
  readonly #file: TextFile;
  readonly #keys: readonly string[];
  readonly #cellsOf: ReturnType<typeof cellReader>;

  constructor(path: string, plan: Plan, kernel: Descriptor) {
    const columns = typedColumns(plan, kernel);
    this.#keys = columns.map(({ name }, i) => `${i === 0 ? "{" : ","}${JSON.stringify(name)}:`);
    this.#cellsOf = cellReader(columns);
    this.#file = new TextFile(path);
  }

  add(row: TableRow): void {
    const cells = this.#cellsOf(row);
    let line = "";
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i]!;
      // JSON has no infinities.
      const isInfinite = cell === Infinity || cell === -Infinity;
      line += this.#keys[i] + (isInfinite ? cell > 0 ? '"inf"' : '"-inf"' : JSON.stringify(cell));
    }
    this.#file.write(line + "}\n");
  }

  finish(): void {
    this.#file.finish();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}
