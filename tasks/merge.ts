/** `merge DIR`: the ledgers of a run as one table. */
import { join } from "@std/path/posix/join";
import { formatHelp } from "../src/cli/help.ts";
import { type Option, parseOptions } from "../src/cli/options.ts";
import { reasonOf, UsageError } from "../src/errors.ts";
import { shellWord } from "../src/format/shell.ts";
import { formatCount } from "../src/format/quantity.ts";
import { changedMeanwhile, lockManifest, makeRunDirectory, standingOf } from "../src/manifest.ts";
import { type Merged, mergeInto, mergeRun } from "../src/merge.ts";
import { statusOf } from "../src/status.ts";
import { type Format, formats } from "../src/tables.ts";
import type { Command } from "./command.ts";
import { absolute, type OpenedRun, openTypedRun } from "./run_directory.ts";

const OPTIONS: readonly Option[] = [
  {
    name: "format",
    value: "FORMAT",
    doc: formats.map(({ name, doc }) => `${name} (${doc})`).join("; "),
  },
  { name: "out", value: "FILE", doc: "where the table goes (default DIR/results.FORMAT)" },
  { name: "allow-missing", doc: "merge an incomplete run: missing points get empty cells" },
  { name: "quiet", doc: "no report" },
  { name: "help", doc: "this page" },
];

export const merge: Command = {
  async run(argv, { print, report, program, columns, directory }) {
    const { words, values } = parseOptions(OPTIONS, argv);
    if (values.has("help")) {
      print(formatHelp({
        usage: `${program} merge DIR [options]`,
        doc: "Writes results.csv from the ledgers of a run, rows in grid order, and failures.csv " +
          "when points failed. A sweep does it by itself when it ends. With --format or -o it " +
          "writes that one file, and nothing else.",
        sections: [{ title: "options", options: OPTIONS }],
        examples: [
          { command: `${program} merge scan --allow-missing`, doc: "what there is so far" },
          {
            command: `${program} merge scan --format parquet -o scan.parquet`,
            doc: "for pandas, polars, DuckDB",
          },
        ],
      }, columns));
      return 0;
    }
    const format = formatOf(values.get("format")?.[0], values.get("out")?.[0]);
    const opened = await openTypedRun("merge", words, directory);
    const { run, typedDirectory } = opened;
    const typedFile = values.get("out")?.[0] ?? `${typedDirectory}/results.${format.name}`;
    const isExport = values.has("format") || values.has("out");
    const file = isExport ? exportPath(typedFile, run.directory, directory) : undefined;
    // A table needs rows alone: series may have been moved away.
    const state = await statusOf(run, true);
    if (!state.complete && !values.has("allow-missing")) {
      throw new UsageError(
        `Cannot merge "${typedDirectory}": ${formatCount(state.missing, "point")} missing; go on ` +
          `with ${program} resume ${shellWord(typedDirectory)}, or take empty cells with ` +
          "--allow-missing",
      );
    }
    // Whoever ends a run clears up, and would take a table on its way for a leftover.
    using _lock = await lockManifest(run.directory);
    if (await standingOf(run.directory, run.manifest) !== "same") {
      throw changedMeanwhile(run.directory);
    }
    const merged = file === undefined
      ? await mergeHere(opened)
      : await exportTable(opened, format, { path: file, typed: typedFile });
    if (!values.has("quiet")) {
      const empty = merged.missing + merged.failed;
      const cells = empty === 0 ? "" : `, ${empty} of them with empty cells`;
      report(
        (merged.total === undefined ? "" : `${merged.total.text()}\n`) +
          `results: ${typedFile} (${formatCount(merged.rows, "row")}${cells})\n`,
      );
    }
    const isWhole = merged.missing === 0 || values.has("allow-missing");
    return merged.failed === 0 && isWhole ? 0 : 1;
  },
};

async function mergeHere({ run, kernel }: OpenedRun): Promise<Merged> {
  makeRunDirectory(run.directory);
  return await mergeRun(run, kernel);
}

/** Writes a table to one file, and nothing else. */
async function exportTable(
  { run, kernel }: OpenedRun,
  format: Format,
  { path, typed }: { readonly path: string; readonly typed: string },
): Promise<Merged> {
  const open = await format.load();
  try {
    using table = open(path, run.manifest.plans.at(-1)!, kernel.descriptor);
    const merged = await mergeInto(table, run, kernel);
    table.finish();
    return merged;
  } catch (error) {
    if (!(error instanceof Error) || error instanceof UsageError) throw error;
    throw new Error(`Cannot write "${typed}": ${reasonOf(error)}`, { cause: error });
  }
}

/** The format that was named, or that of the file's ending. */
function formatOf(typed: string | undefined, file: string | undefined): Format {
  const ending = file === undefined ? undefined : /\.([^./]+)$/.exec(file)?.[1];
  const name = typed ?? ending ?? formats[0]!.name;
  const format = formats.find((format) => format.name === name);
  if (format !== undefined) return format;
  const names = formats.map(({ name }) => name).join(", ");
  throw new UsageError(
    typed === undefined
      ? `Cannot use -o "${file}": its ending tells no format, expected --format ${names}`
      : `Cannot use --format "${typed}": expected one of ${names}`,
  );
}

/** Where a table goes; never in the place of what a run needs. */
function exportPath(typed: string, run: string, base: string): string {
  const path = absolute(typed, base);
  const inside = path.startsWith(run + "/") ? path.slice(run.length + 1) : undefined;
  const isOwn = inside !== undefined && !/^results\.(csv|ndjson|parquet|npy)$/.test(inside);
  if (isOwn) {
    throw new UsageError(
      `Cannot use -o "${typed}": that is for what the run writes, expected ` +
        `${join(typed, "..")}/results.FORMAT or a file elsewhere`,
    );
  }
  // A file that is there is replaced; a device must not be.
  let isFile = !typed.endsWith("/");
  try {
    isFile &&= Deno.statSync(path).isFile;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new UsageError(`Cannot use -o "${typed}": ${reasonOf(error)}`, { cause: error });
    }
  }
  if (!isFile) throw new UsageError(`Cannot use -o "${typed}": it is no file, expected one`);
  return path;
}
