/**
 * A table as .npy (NumPy Enhancement Proposal 1, version 2.0 of the format): a structured array, so
 * that `numpy.load(file)["beta"]` is a column. Numbers are float64 (NaN for a missing one), the
 * index is int64, choices and file names are texts as wide as the longest one; little-endian.
 */
import type { Descriptor } from "../../wasm/kernel.ts";
import { kernels } from "../kernels.ts";
import type { Plan } from "../plan.ts";
import { cellReader, type Table, type TableRow, type TypedCell, typedColumns } from "../table.ts";
import { WholeFile } from "../text_file.ts";

/** Bytes gathered before they are handed to the system. */
const BUFFER_BYTES = 1 << 18;
/** The header ends at a multiple of this, says the format. */
const ALIGNMENT = 64;
/** Magic, version and the length of the rest of the header. */
const PREFIX_BYTES = 12;
/** Room for the number of rows, which is known at the end. */
const COUNT_DIGITS = 16;
const BYTES_A_CHARACTER = 4;

type Field = { readonly type: string; readonly sizeBytes: number };

export class NpyTable implements Table {
  readonly #file: WholeFile;
  readonly #cellsOf: ReturnType<typeof cellReader>;
  readonly #names: readonly string[];
  readonly #fields: readonly Field[];
  readonly #view: DataView<ArrayBuffer>;
  readonly #rowBytes: number;
  #filledBytes = 0;
  #rows = 0;

  constructor(path: string, plan: Plan, kernel: Descriptor) {
    const columns = typedColumns(plan, kernel);
    this.#cellsOf = cellReader(columns);
    this.#names = columns.map(({ name }) => name);
    this.#fields = columns.map(({ name, kind }) => {
      if (kind !== "text") return { type: kind === "whole" ? "<i8" : "<f8", sizeBytes: 8 };
      const width = widthOf(plan, name);
      return { type: `<U${width}`, sizeBytes: width * BYTES_A_CHARACTER };
    });
    this.#rowBytes = this.#fields.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    this.#view = new DataView(new ArrayBuffer(Math.max(BUFFER_BYTES, this.#rowBytes)));
    this.#file = new WholeFile(path);
    this.#file.write(this.#header());
  }

  add(row: TableRow): void {
    if (this.#filledBytes + this.#rowBytes > this.#view.byteLength) this.#flush();
    const cells = this.#cellsOf(row);
    for (let i = 0; i < cells.length; i++) {
      const field = this.#fields[i]!;
      this.#writeCell(field, cells[i]!);
      this.#filledBytes += field.sizeBytes;
    }
    this.#rows++;
  }

  finish(): void {
    this.#flush();
    this.#file.rewriteStart(this.#header());
    this.#file.finish();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  #writeCell({ type, sizeBytes }: Field, cell: TypedCell): void {
    const at = this.#filledBytes;
    if (type === "<i8") this.#view.setBigInt64(at, BigInt(cell!), true);
    else if (type === "<f8") this.#view.setFloat64(at, (cell ?? NaN) as number, true);
    else {
      new Uint8Array(this.#view.buffer, at, sizeBytes).fill(0);
      let place = at;
      for (const character of String(cell ?? "")) {
        this.#view.setUint32(place, character.codePointAt(0)!, true);
        place += BYTES_A_CHARACTER;
      }
    }
  }

  #flush(): void {
    this.#file.write(new Uint8Array(this.#view.buffer, 0, this.#filledBytes));
    this.#filledBytes = 0;
  }

  /** As long at the end as at the beginning. */
  #header(): Uint8Array {
    const descr = this.#fields.map(({ type }, i) => `('${this.#names[i]}', '${type}')`).join(", ");
    const shape = `(${this.#rows},), }`.padEnd(COUNT_DIGITS + "(,), }".length);
    const text = `{'descr': [${descr}], 'fortran_order': False, 'shape': ${shape}`;
    const sizeBytes = Math.ceil((PREFIX_BYTES + text.length + 1) / ALIGNMENT) * ALIGNMENT;
    const bytes = new TextEncoder().encode(
      "\0".repeat(PREFIX_BYTES) + text.padEnd(sizeBytes - PREFIX_BYTES - 1) + "\n",
    );
    bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 2, 0]);
    new DataView(bytes.buffer).setUint32(8, sizeBytes - PREFIX_BYTES, true);
    return bytes;
  }
}

/** Characters of the longest text of a parameter. */
function widthOf(plan: Plan, name: string): number {
  const parameter = kernels[plan.kernel]?.descriptor.parameters.find((it) => it.name === name);
  const texts = plan.axes.find((axis) => axis.name === name)?.texts ?? parameter?.choices ?? [];
  return texts.reduce((widest, text) => Math.max(widest, [...text].length), 1);
}
