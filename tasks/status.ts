/** `status DIR`: how a run stands. */
import { formatHelp } from "../src/cli/help.ts";
import { type Option, parseOptions } from "../src/cli/options.ts";
import { statusOf, statusText } from "../src/status.ts";
import type { Command } from "./command.ts";
import { openTypedRun } from "./run_directory.ts";

const OPTIONS: readonly Option[] = [
  { name: "json", doc: "the state as one JSON object on standard output" },
  { name: "help", doc: "this page" },
];

export const status: Command = {
  async run(argv, { print, program, columns, directory }) {
    const { words, values } = parseOptions(OPTIONS, argv);
    if (values.has("help")) {
      print(formatHelp({
        usage: `${program} status DIR [options]`,
        doc: "Says how many points a run has, how many are done, failed and missing, and which. " +
          "Exit code 0 when it is complete and none failed, else 1.",
        sections: [{ title: "options", options: OPTIONS }],
        examples: [{ command: `${program} status scan`, doc: "the run in scan/" }],
      }, columns));
      return 0;
    }
    const { run, typedDirectory } = await openTypedRun("status", words, directory);
    const state = { ...await statusOf(run), directory: typedDirectory };
    print(values.has("json") ? JSON.stringify(state) + "\n" : statusText(state));
    return state.complete && state.failed === 0 ? 0 : 1;
  },
};
