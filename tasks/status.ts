/** `status DIR`: how a run stands, and who works on it. */
import { type Activity, activityOf, activityText, rateOf } from "../src/activity.ts";
import { formatHelp, wrap } from "../src/cli/help.ts";
import { type Option, parseOptions } from "../src/cli/options.ts";
import { formatDuration } from "../src/format/quantity.ts";
import { shellWord } from "../src/format/shell.ts";
import { type Status, statusOf, statusText } from "../src/status.ts";
import { sleep } from "../src/sleep.ts";
import type { Command, Surroundings } from "./command.ts";
import { openTypedRun } from "./run_directory.ts";

/** Time between two looks; ten times as long as a look takes, if that is more. */
const TERMINAL_MS = 1000;
const PLAIN_MS = 30_000;
const PATIENCE = 10;

const OPTIONS: readonly Option[] = [
  { name: "watch", doc: "look again and again until the run is complete, from any machine" },
  { name: "keep-rows", doc: "count rows although their series files were moved away" },
  { name: "json", doc: "the state as one JSON object on standard output" },
  { name: "help", doc: "this page" },
];

export const status: Command = {
  async run(argv, surroundings) {
    const { print, program, columns } = surroundings;
    const { words, values } = parseOptions(OPTIONS, argv);
    if (values.has("help")) {
      print(formatHelp({
        usage: `${program} status DIR [options]`,
        doc: "Says how many points a run has, how many are done, failed and missing, and which; " +
          "and for each start of each rank how busy its workers were. It reads the directory " +
          "alone and asks no process. Exit code 0 when it is complete and none failed, else 1.",
        sections: [{ title: "options", options: OPTIONS }],
        examples: [
          { command: `${program} status scan`, doc: "the run in scan/" },
          { command: `${program} status --watch scan`, doc: "until it is complete" },
        ],
      }, columns));
      return 0;
    }
    const asked = { words, keepRows: values.has("keep-rows"), isJson: values.has("json") };
    if (values.has("watch")) return await watch(asked, surroundings);
    const { state, starts } = await look(asked, surroundings);
    print(text(state, starts, asked.isJson));
    if (!asked.isJson) print(goOnText(state, starts, program));
    return state.complete && state.failed === 0 ? 0 : 1;
  },
};

/** What is asked of a run directory. */
interface Asked {
  readonly words: readonly string[];
  readonly keepRows: boolean;
  readonly isJson: boolean;
}

/** What a run directory says now. */
async function look({ words, keepRows }: Asked, { directory }: Surroundings) {
  const { run, typedDirectory } = await openTypedRun("status", words, directory);
  const state = { ...await statusOf(run, keepRows), directory: typedDirectory };
  return { state, starts: activityOf(run.directory, Date.now()) };
}

function text(state: Status, starts: readonly Activity[], isJson: boolean): string {
  if (isJson) return JSON.stringify({ ...state, starts }) + "\n";
  return statusText(state) + activityText(starts);
}

/** How to go on with a run that nobody is at work on. */
function goOnText(
  { complete, failed, directory }: Status,
  starts: readonly Activity[],
  program: string,
): string {
  if (complete && failed === 0 || starts.some(({ state }) => state === "running")) return "";
  const why = complete ? "to try again what failed" : "to go on";
  return `${why}: ${program} resume ${shellWord(directory)}\n`;
}

/** Looks until the run is complete or the user has seen enough; both are fine. */
async function watch(asked: Asked, surroundings: Surroundings): Promise<number> {
  const { isJson } = asked;
  const stopping = surroundings.stopping();
  let shownLines = 0;
  while (true) {
    const begunMs = performance.now();
    const { state, starts } = await look(asked, surroundings);
    const shown = text(state, starts, isJson) + (isJson ? "" : leftText(state, starts));
    const isScreen = surroundings.isTerminal && !isJson;
    // Written over what was there before, no line wider than the screen.
    const lines = isScreen
      ? shown.trimEnd().split("\n").flatMap((line) => wrap(line, surroundings.columns - 1, ""))
      : [];
    if (isScreen) {
      const up = shownLines > 0 ? `\x1b[${shownLines}A` : "";
      surroundings.report(`${up}\r\x1b[J${lines.join("\n")}\n`);
      shownLines = lines.length;
    } else surroundings.print(shown);
    if (state.complete) return state.failed === 0 ? 0 : 1;
    const tookMs = performance.now() - begunMs;
    const waitMs = Math.max(isScreen ? TERMINAL_MS : PLAIN_MS, PATIENCE * tookMs);
    await sleep(waitMs, stopping);
    if (stopping.aborted) return stopping.reason as number;
  }
}

/** Time left, from the rate of those who are at work. */
function leftText({ missing }: Status, starts: readonly Activity[]): string {
  const rate = rateOf(starts);
  if (missing === 0) return "";
  if (rate === 0) return "nobody is at work on it\n";
  return `${Number(rate.toPrecision(3))} points/s, about ${
    formatDuration(1000 * missing / rate)
  } left\n`;
}
