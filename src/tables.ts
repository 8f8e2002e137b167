/** The formats of a merged table, each loaded when it is asked for. */
import { addressOf } from "./address.ts";
import type { OpenTable } from "./table.ts";

/** A format by its name, which is also the ending of its files. */
export interface Format {
  readonly name: string;
  readonly doc: string;
  load(): Promise<OpenTable>;
}

/** Every format; the first is what a run writes by itself. */
export const formats: readonly Format[] = [
  format("csv", "CsvTable", "as results.csv"),
  format("ndjson", "NdjsonTable", "an object a line, null for what is missing"),
  format("parquet", "ParquetTable", "columns with types, compressed"),
  format("npy", "NpyTable", "a structured array for numpy.load, NaN for what is missing"),
];

/** A format in the file of its name. Named in words, all would be loaded with every merge. */
function format(name: string, className: string, doc: string): Format {
  return {
    ...{ name, doc },
    async load() {
      const module = await import(addressOf(`src/format/${name}_table.ts`)) as Record<
        string,
        new (...args: Parameters<OpenTable>) => ReturnType<OpenTable>
      >;
      const Table = module[className]!;
      return (path, plan, kernel) => new Table(path, plan, kernel);
    },
  };
}
