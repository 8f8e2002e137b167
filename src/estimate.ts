/** What a plan's series will take up, before anything runs. */
import type { Descriptor } from "../wasm/kernel.ts";
import { sizeOf, valueReader } from "./values.ts";
import { formatBytes, formatCount } from "./format/quantity.ts";
import type { Plan } from "./plan.ts";

/** Files and bytes of a plan's series. */
export interface SeriesEstimate {
  readonly files: number;
  /** 0 where it cannot be told. */
  readonly bytes: number;
}

/** More files or bytes than this are not written unless they were asked for. */
const DEFAULT_MAX_FILES = 10_000;
const DEFAULT_MAX_BYTES = 20e9;

/** A file for each of `points` points; bytes within some per cent. */
export function estimateSeries(kernel: Descriptor, plan: Plan, points: number): SeriesEstimate {
  if (plan.series === null || kernel.series === undefined) return { files: 0, bytes: 0 };
  if (kernel.series.size === undefined) return { files: points, bytes: 0 };
  const { of, bytesEach } = kernel.series.size;
  return { files: points, bytes: points * meanValue(plan, of) * bytesEach };
}

/** What to say when the series that nobody asked for would be too many or too large. */
export function tooLargeByDefault({ files, bytes }: SeriesEstimate): string | undefined {
  if (files <= DEFAULT_MAX_FILES && bytes <= DEFAULT_MAX_BYTES) return undefined;
  const size = bytes > 0 ? ` of about ${formatBytes(bytes)} in all` : "";
  return `Cannot write ${formatCount(files, "series file")}${size} ` +
    `unasked: expected at most ${formatCount(DEFAULT_MAX_FILES, "file")} and ` +
    `${formatBytes(DEFAULT_MAX_BYTES)}; type --series none for the table alone, ` +
    "or --series TEMPLATE to have them all the same";
}

/** The mean of a parameter over the grid: each of its values occurs equally often. */
function meanValue(plan: Plan, name: string): number {
  const values = plan.axes.find((axis) => axis.name === name)?.values;
  if (values === undefined) return plan.fixed[name] ?? 0;
  const read = valueReader(values);
  if ("count" in values) return (read(0) + read(values.count - 1)) / 2;
  return values.reduce((sum, value) => sum + value, 0) / sizeOf(values);
}
