/** Tables that a merge can write: what each format is given, and what columns there are. */
import type { Descriptor } from "../wasm/kernel.ts";
import type { Plan } from "./plan.ts";
import { isNumeric } from "./value_text.ts";

/** A point of the plan. The object, `values` and `cells` are used again: what is kept is copied. */
export interface TableRow {
  index: number;
  /** Of each parameter, as a number. */
  values: Float64Array;
  /** The same as text: choices and files by name, empty for one without influence. */
  cells: readonly string[];
  /** What the kernel's columns hold, as in a CSV file; undefined for a point without a row. */
  row: string | undefined;
}

/** A table being written, row by row, in grid order. */
export interface Table extends Disposable {
  add(row: TableRow): void;
  /** Gives the file its name, whole. */
  finish(): void;
}

/** Opens a table under a path. */
export type OpenTable = (path: string, plan: Plan, kernel: Descriptor) => Table;

/** A column of a table whose cells have types. */
export interface TypedColumn {
  readonly name: string;
  /** Whole numbers are indices; parameters and results are reals; choices and files are texts. */
  readonly kind: "whole" | "real" | "text";
}

/** The cells of a row: null for what is missing or without influence. */
export type TypedCell = number | string | null;

/** The columns of a table: index, parameters, columns of the kernel. */
export function typedColumns(plan: Plan, { columns }: Descriptor): TypedColumn[] {
  return [
    { name: "index", kind: "whole" },
    ...plan.parameters.map((name): TypedColumn => ({
      name,
      kind: isNumeric(plan, name) ? "real" : "text",
    })),
    ...columns.map(({ name }): TypedColumn => ({ name, kind: "real" })),
  ];
}

/** What makes the cells of a row, in the order of `typedColumns`; the array is used again. */
export function cellReader(columns: readonly TypedColumn[]): (row: TableRow) => TypedCell[] {
  const typed: TypedCell[] = columns.map(() => null);
  return ({ index, values, cells, row }) => {
    typed[0] = index;
    for (let slot = 0; slot < cells.length; slot++) {
      const isEmpty = cells[slot] === "";
      typed[slot + 1] = isEmpty
        ? null
        : columns[slot + 1]!.kind === "text"
        ? cells[slot]!
        : values[slot]!;
    }
    const first = cells.length + 1;
    const numbers = row?.split(",");
    for (let i = first; i < typed.length; i++) typed[i] = numberOf(numbers?.[i - first]);
    return typed;
  };
}

/** A number as it stands in a CSV file; null for a missing one. */
export function numberOf(cell: string | undefined): number | null {
  if (cell === undefined || cell === "") return null;
  if (cell === "inf") return Infinity;
  return cell === "-inf" ? -Infinity : Number(cell);
}
