/** The ranks of a launch: started, passed signals on, and waited for. */
import type { LaunchView } from "../src/cli/launch_view.ts";
import type { Options } from "../src/cli/options.ts";
import { listenable } from "../src/cli/signals.ts";
import { UsageError } from "../src/errors.ts";
import type { Commands, Launch, Scheduler } from "../src/nodes/launchers.ts";
import { type Ended, RunningRanks } from "../src/nodes/ranks_running.ts";
import { ownProgram } from "../src/nodes/self.ts";
import type { Surroundings } from "./command.ts";

/** What the options say of the ranks. */
export type LaunchSettings = Omit<Launch, "session" | "command">;

/** A launch as it was asked for. */
export interface AskedLaunch {
  readonly settings: LaunchSettings;
  readonly scheduler: Scheduler;
  readonly session: string;
  readonly options: Options;
  /** The options as they were typed. */
  readonly typed: readonly string[];
  /** The command that the ranks run, and its words. */
  readonly name: string;
  readonly words: readonly string[];
  readonly surroundings: Surroundings;
}

/** How ranks are started. */
interface Start {
  /** The words of the command that each rank runs. */
  readonly words: readonly string[];
  /** What shows how far they are. */
  readonly view?: LaunchView | undefined;
  /** What is left to say when they are ended at once. */
  readonly lastWords?: string;
}

/** Signals whose second one ends the ranks at once. */
const SECOND_SIGNALS = listenable(["SIGINT", "SIGTERM"]);
/** One Ctrl-C arrives twice under `deno task`. */
const SAME_MS = 500;

/** Starts the ranks, passes signals on, and has the end of it seen to; returns the exit code. */
export async function carryOut(
  asked: AskedLaunch,
  { words, view, lastWords }: Start,
  conclude: (ended: Ended, wasStopped: boolean) => number | Promise<number>,
): Promise<number> {
  const { scheduler, surroundings } = asked;
  const relay = relayTo(view, surroundings);
  let ranks: RunningRanks | undefined;
  let asks = 0;
  const stopping = new AbortController();
  const onInterrupt = () => {
    if (asks++ === 0 || !stopping.signal.aborted) return;
    ranks?.cancel();
    if (lastWords !== undefined) (relay ?? surroundings.report)(lastWords);
  };
  // Before the one that exits at a second signal: a step must not outlive that.
  for (const name of SECOND_SIGNALS) Deno.addSignalListener(name, onInterrupt);
  const signal = surroundings.stopping();
  const stop = () => {
    setTimeout(() => stopping.abort(), SAME_MS);
    ranks?.stop();
  };
  try {
    ranks = startRanks(linesOf(asked, words), scheduler, surroundings.directory, relay);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    const ended = await ranks.ended();
    await view?.[Symbol.asyncDispose]();
    const code = await conclude(ended, signal.aborted);
    return signal.aborted ? signal.reason as number : code;
  } finally {
    signal.removeEventListener("abort", stop);
    for (const name of SECOND_SIGNALS) Deno.removeSignalListener(name, onInterrupt);
  }
}

/** The programs that are started for ranks that run the command with some words. */
export function linesOf(
  { settings, scheduler, session, name, surroundings }: AskedLaunch,
  words: readonly string[],
): Commands {
  return scheduler.commands(
    { ...settings, session, command: [...ownProgram(), name, ...words] },
    surroundings.environment,
    navigator.hardwareConcurrency,
  );
}

/** Starts programs in a folder; `relay` gets the lines that they write to standard error. */
export function startRanks(
  lines: Commands,
  { missing }: Scheduler,
  folder: string,
  relay?: (lines: string) => void,
): RunningRanks {
  try {
    return new RunningRanks(lines, folder, relay);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError(`Cannot start "${lines[0]![0]}": it is not here, ${missing}`, {
      cause: error,
    });
  }
}

/** What is written by ranks must not meet the lines that show them. */
function relayTo(view: LaunchView | undefined, { isTerminal, report }: Surroundings) {
  return view === undefined || !isTerminal
    ? undefined
    : (lines: string) => view.clear(() => report(lines));
}
