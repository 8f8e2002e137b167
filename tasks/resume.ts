/** `resume DIR`: goes on with a run; its directory holds all that is needed. */
import { formatHelp } from "../src/cli/help.ts";
import { parseOptions } from "../src/cli/options.ts";
import { gridSize } from "../src/grid.ts";
import type { Command } from "./command.ts";
import { openTypedRun } from "./run_directory.ts";
import { carryOut, RUN_OPTIONS } from "./run_options.ts";

export const resume: Command = {
  async run(argv, surroundings) {
    const options = parseOptions(RUN_OPTIONS, argv);
    const { print, program, columns, directory } = surroundings;
    if (options.values.has("help")) {
      print(formatHelp({
        usage: `${program} resume DIR [options]`,
        doc: "Goes on with the run in a directory: only what is missing is computed, and failed " +
          "points are tried again. It needs neither the command that began it nor its input files.",
        sections: [{ title: "options", options: RUN_OPTIONS }],
        examples: [{ command: `${program} resume scan`, doc: "go on with what is in scan/" }],
      }, columns));
      return 0;
    }
    const { run, kernel, typedDirectory } = await openTypedRun("resume", options.words, directory);
    const plan = run.manifest.plans.at(-1)!;
    const running = {
      ...{ kernel, plan, typedDirectory, directory: run.directory, inputs: undefined },
      folder: run.folder,
      ...{ points: gridSize(plan), argv: ["resume", ...argv] },
    };
    return await carryOut(running, options, surroundings);
  },
};
