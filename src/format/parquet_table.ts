/**
 * A table as Parquet: int64 index, doubles, texts; null for what is missing. Row groups are written
 * as they fill, so that memory does not grow with the table.
 */
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { ParquetWriter } from "hyparquet-writer/src/parquet-writer.js";
import type { Descriptor } from "../../wasm/kernel.ts";
import type { Plan } from "../plan.ts";
import {
  cellReader,
  type Table,
  type TableRow,
  type TypedCell,
  type TypedColumn,
  typedColumns,
} from "../table.ts";
import { WholeFile } from "../text_file.ts";
import { VERSION } from "../version.ts";

const GROUP_ROWS = 1 << 15;

export class ParquetTable implements Table {
  readonly #file: WholeFile;
  readonly #columns: readonly TypedColumn[];
  readonly #cellsOf: ReturnType<typeof cellReader>;
  readonly #writer: ParquetWriter;
  /** The cells of the group that fills, by column. */
  readonly #group: (TypedCell | bigint)[][];

  constructor(path: string, plan: Plan, kernel: Descriptor) {
    this.#columns = typedColumns(plan, kernel);
    this.#cellsOf = cellReader(this.#columns);
    this.#group = this.#columns.map(() => []);
    this.#file = new WholeFile(path);
    this.#writer = new ParquetWriter({
      writer: new FileWriter(this.#file),
      schema: [
        { name: "root", num_children: this.#columns.length },
        ...this.#columns.map(({ name, kind }) =>
          kind === "whole"
            ? { name, type: "INT64", repetition_type: "REQUIRED" } as const
            : kind === "real"
            ? { name, type: "DOUBLE", repetition_type: "OPTIONAL" } as const
            : {
              ...{ name, type: "BYTE_ARRAY", repetition_type: "OPTIONAL" } as const,
              converted_type: "UTF8" as const,
            }
        ),
      ],
      createdBy: `gridiron ${VERSION}`,
    });
  }

  add(row: TableRow): void {
    for (const [i, cell] of this.#cellsOf(row).entries()) {
      this.#group[i]!.push(i === 0 ? BigInt(cell!) : cell);
    }
    if (this.#group[0]!.length === GROUP_ROWS) this.#writeGroup();
  }

  finish(): void {
    this.#writeGroup();
    this.#writer.finish();
    this.#file.finish();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  #writeGroup(): void {
    if (this.#group[0]!.length === 0) return;
    const columnData = this.#columns.map(({ name }, i) => ({ name, data: this.#group[i]! }));
    this.#writer.write({ columnData, rowGroupSize: GROUP_ROWS });
    for (const cells of this.#group) cells.length = 0;
  }
}

/** Hands each group to the file, instead of keeping all until the end. */
class FileWriter extends ByteWriter {
  readonly #file: WholeFile;

  constructor(file: WholeFile) {
    super();
    this.#file = file;
  }

  flush(): void {
    this.#file.write(this.getBytes());
    this.index = 0;
  }

  override finish(): void {
    this.flush();
  }
}
