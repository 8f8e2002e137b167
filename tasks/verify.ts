/** `verify DIR`: whether a run still has the bits that it was made with. */
import { formatHelp } from "../src/cli/help.ts";
import { type Option, parseOptions } from "../src/cli/options.ts";
import { wholeNumber } from "../src/cli/values.ts";
import { visible } from "../src/cli/visible.ts";
import { UsageError } from "../src/errors.ts";
import { formatBytes, formatCount } from "../src/format/quantity.ts";
import { shellWord } from "../src/format/shell.ts";
import { defaultWorkers } from "../src/nodes/workers.ts";
import type { SampleSize } from "../src/sampling.ts";
import type { TableState } from "../src/table_check.ts";
import { type Verified, verifyRun } from "../src/verify.ts";
import type { Command } from "./command.ts";
import { openTypedRun } from "./run_directory.ts";

const MAX_WORKERS = 1024;

const OPTIONS: readonly Option[] = [
  {
    name: "sample",
    value: "N|P%",
    doc: "points to compute again (default 1%, at least 10; 100% for all, 0 for series alone)",
  },
  { name: "seed", value: "N", doc: "decides which points these are (default 1)" },
  { name: "workers", value: "N", doc: "threads (default: the CPUs granted to this process)" },
  { name: "json", doc: "the result as one JSON object on standard output" },
  { name: "help", doc: "this page" },
];

export const verify: Command = {
  async run(argv, { print, program, columns, directory, environment }) {
    const { words, values } = parseOptions(OPTIONS, argv);
    if (values.has("help")) {
      print(formatHelp({
        usage: `${program} verify DIR [options]`,
        doc:
          "Reads every series and holds it to its checksum in the ledger, holds results.csv to " +
          "the ledger, computes a sample of points again and compares the bits, and says what " +
          "differs. It writes nothing. Exit code 0 when nothing differs, else 1, and 1 as well " +
          "where there is no row yet.",
        sections: [{ title: "options", options: OPTIONS }],
        examples: [
          { command: `${program} verify scan`, doc: "all series, 1 % of the points" },
          { command: `${program} verify scan --sample 100%`, doc: "every point" },
        ],
      }, columns));
      return 0;
    }
    const sample = sampleOf(values.get("sample")?.[0] ?? "1%");
    const seed = wholeNumber("seed", values.get("seed")?.[0] ?? "1", { minimum: 0 });
    const typedWorkers = values.get("workers")?.[0];
    const workers = typedWorkers === undefined
      ? defaultWorkers(environment, navigator.hardwareConcurrency).count
      : wholeNumber("workers", typedWorkers, { minimum: 1, maximum: MAX_WORKERS });
    const { run, kernel, typedDirectory } = await openTypedRun("verify", words, directory);
    const verified = await verifyRun({ run, kernel, sample, seed, workers });
    const again = (command: string) => `${program} ${command} ${shellWord(typedDirectory)}`;
    print(
      values.has("json")
        ? JSON.stringify({ directory: typedDirectory, seed, ...jsonOf(verified) }) + "\n"
        : textOf(verified, seed, again),
    );
    const { rowsDiffer, seriesDiffer, table, points, missing } = verified;
    const isEmpty = points === 0 && missing > 0;
    return rowsDiffer + seriesDiffer > 0 || typeof table === "object" || isEmpty ? 1 : 0;
  },
};

/** A number of points, or a share of them. */
function sampleOf(typed: string): SampleSize {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(typed)?.[1];
  if (percent === undefined) return { count: wholeNumber("sample", typed, { minimum: 0 }) };
  if (Number(percent) <= 100) return { share: Number(percent) / 100 };
  throw new UsageError(`Cannot use --sample "${typed}": expected at most 100%`);
}

function textOf(verified: Verified, seed: number, again: (command: string) => string): string {
  const { points, missing, recomputed, series, seriesBytes, damaged } = verified;
  const { rowsDiffer, seriesDiffer, differences, table } = verified;
  const lines = [
    recomputed === 0
      ? `none of ${formatCount(points, "point")} computed again`
      : `${recomputed} of ${formatCount(points, "point")} computed again (sample seed ${seed}): ` +
        (rowsDiffer === 0 ? "equal bits" : `${rowsDiffer} differ`),
  ];
  if (series > 0) {
    lines.push(
      `${formatCount(series, "series file")} (${formatBytes(seriesBytes)}) against their ` +
        `checksums: ${seriesDiffer === 0 ? "equal" : `${seriesDiffer} differ`}`,
    );
  }
  if (table !== undefined) lines.push(tableText(table));
  for (const { index, expected, found } of differences) {
    lines.push(`point ${index}: the ledger has ${expected}, found ${found}`);
  }
  const untold = rowsDiffer + seriesDiffer - differences.length;
  if (untold > 0) lines.push(`and ${formatCount(untold, "difference")} more`);
  if (seriesDiffer > 0) lines.push(`delete series files that differ, then: ${again("resume")}`);
  if (table !== undefined && table !== "equal") lines.push(`to write the table: ${again("merge")}`);
  if (damaged > 0) lines.push(`${formatCount(damaged, "torn or damaged ledger line")} passed over`);
  if (missing > 0) lines.push(`${formatCount(missing, "point")} without a row: ${again("resume")}`);
  return lines.join("\n") + "\n";
}

function tableText(table: TableState): string {
  if (table === "absent") return "results.csv is not there";
  if (table === "equal") return "results.csv against the ledger: equal";
  const [expected, found] = [table.expected, table.found].map((text) =>
    text === null ? "its end" : text === "" ? "an empty line" : visible(text)
  );
  const instead = found === expected ? "the same with another end" : found;
  return `results.csv line ${table.line}: the ledger gives ${expected}, found ${instead}`;
}

function jsonOf(verified: Verified): Record<string, unknown> {
  const { seriesBytes, rowsDiffer, seriesDiffer, table, ...rest } = verified;
  return {
    ...{ ...rest, series_bytes: seriesBytes },
    ...{ rows_differ: rowsDiffer, series_differ: seriesDiffer, table: table ?? null },
  };
}
