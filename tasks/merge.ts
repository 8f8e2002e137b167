/** `merge DIR`: the ledgers of a run as one table. */
import { formatHelp } from "../src/cli/help.ts";
import { type Option, parseOptions } from "../src/cli/options.ts";
import { UsageError } from "../src/errors.ts";
import { formatCount } from "../src/format/quantity.ts";
import { makeRunDirectory } from "../src/manifest.ts";
import { mergeRun } from "../src/merge.ts";
import { statusOf } from "../src/status.ts";
import type { Command } from "./command.ts";
import { openTypedRun } from "./run_directory.ts";

const OPTIONS: readonly Option[] = [
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
          "when points failed. A sweep does it by itself when it ends.",
        sections: [{ title: "options", options: OPTIONS }],
        examples: [
          { command: `${program} merge scan --allow-missing`, doc: "what there is so far" },
        ],
      }, columns));
      return 0;
    }
    const { run, kernel, typedDirectory } = await openTypedRun("merge", words, directory);
    const state = await statusOf(run);
    if (!state.complete && !values.has("allow-missing")) {
      throw new UsageError(
        `Cannot merge "${typedDirectory}": ${formatCount(state.missing, "point")} missing; go on ` +
          `with ${program} resume ${typedDirectory}, or take empty cells with --allow-missing`,
      );
    }
    makeRunDirectory(run.directory);
    const merged = await mergeRun(run, kernel);
    if (!values.has("quiet")) {
      const empty = merged.missing + merged.failed;
      const cells = empty === 0 ? "" : `, ${empty} of them with empty cells`;
      report(
        (merged.total === undefined ? "" : `${merged.total.text()}\n`) +
          `results: ${typedDirectory}/results.csv (${formatCount(merged.rows, "row")}${cells})\n`,
      );
    }
    return merged.failed === 0 ? 0 : 1;
  },
};
