/** `launch -N NODES -- COMMAND …`: a command as several ranks, with one result and exit code. */
import { formatHelp } from "../src/cli/help.ts";
import { type Option, type Options, parseOptions } from "../src/cli/options.ts";
import { wholeNumber } from "../src/cli/values.ts";
import { UsageError } from "../src/errors.ts";
import { formatCount } from "../src/format/quantity.ts";
import { shellWord } from "../src/format/shell.ts";
import { learnContents } from "../src/files.ts";
import { readManifest } from "../src/manifest.ts";
import { mergeRun } from "../src/merge.ts";
import { type Commands, type Launch, type Scheduler, schedulers } from "../src/nodes/launchers.ts";
import { MAX_RANKS } from "../src/nodes/ranks.ts";
import { type Ended, RunningRanks } from "../src/nodes/ranks_running.ts";
import { ownProgram } from "../src/nodes/self.ts";
import type { Running } from "../src/running.ts";
import { openRun } from "../src/run_ledgers.ts";
import { isMergeClaimed } from "../src/session.ts";
import { statusOf } from "../src/status.ts";
import type { Command, Surroundings } from "./command.ts";
import { commands } from "./mod.ts";

const MAX_CPUS = 4096;
/** Commands that run as ranks. */
const LAUNCHED = ["sweep", "pi", "fourier", "resume"];
/** Slurm's own ways to write a time. */
const SLURM_TIME = /^(\d+-\d+(:\d+){0,2}|\d+(:\d+){0,2})$/;

const OPTIONS: readonly Option[] = [
  { name: "nodes", value: "N", doc: "ranks, one a node (also -N N)" },
  { name: "cpus", value: "C", doc: "CPUs of each rank (default: what the scheduler gives)" },
  {
    name: "scheduler",
    value: "NAME",
    doc: `who starts the ranks: ${Object.keys(schedulers).join(", ")} (default srun)`,
  },
  { name: "time", value: "T", doc: "limit of the allocation as Slurm writes it, such as 2:00:00" },
  { name: "partition", value: "P", doc: "Slurm partition" },
  {
    name: "launcher-arg",
    value: "ARG",
    repeated: true,
    doc: "passed on to srun or mpirun; --launcher-arg=--account=me",
  },
  { name: "print", doc: "print the command that would start the ranks, and start nothing" },
  { name: "help", doc: "this page" },
];

export const launch: Command = {
  async run(argv, surroundings) {
    const [own, command] = split(argv);
    const options = parseOptions(OPTIONS, own);
    if (options.values.has("help")) {
      surroundings.print(helpPage(surroundings));
      return 0;
    }
    const [stray] = options.words;
    if (stray !== undefined || command === undefined || command.length === 0) {
      throw new UsageError(
        `Cannot launch ${stray === undefined ? "nothing" : `"${stray}"`}: expected the command ` +
          "behind --, such as launch -N 4 -- sweep --beta 0.1:1:0.1",
      );
    }
    return await launchCommand(command, options, surroundings);
  },
};

async function launchCommand(
  command: readonly string[],
  options: Options,
  surroundings: Surroundings,
): Promise<number> {
  const [name = "", ...rest] = command;
  const listed = commands.find((listed) => listed.name === name);
  if (listed === undefined || !LAUNCHED.includes(name)) {
    throw new UsageError(`Cannot launch "${name}": expected one of ${LAUNCHED.join(", ")}`);
  }
  const scheduler = schedulerOf(options);
  const isPrinted = options.values.has("print");
  const { environment, directory } = surroundings;
  const wanted: Launch = {
    ...readOptions(options),
    session: `launch-${crypto.randomUUID().slice(0, 8)}`,
    command: [...ownProgram(), name, ...rest.filter((word) => word !== "--fresh")],
  };
  const lines = scheduler.commands(wanted, environment, navigator.hardwareConcurrency);
  if (isPrinted) {
    for (const line of lines) surroundings.print(line.map(shellWord).join(" ") + "\n");
    return 0;
  }
  // The command plans here, once: what is wrong with it is told before anything starts.
  const start = async (running: Running) =>
    await carryOut(lines, scheduler, { running, wanted, surroundings });
  const loaded = await listed.load();
  return await loaded.run(rest, { ...surroundings, directory, launching: start });
}

/** A launch that begins. */
interface Beginning {
  readonly running: Running;
  readonly wanted: Launch;
  readonly surroundings: Surroundings;
}

/** Starts the ranks, passes signals on, and sees that the run is merged in the end. */
async function carryOut(
  lines: Commands,
  scheduler: Scheduler,
  beginning: Beginning,
): Promise<number> {
  const { surroundings } = beginning;
  const ranks = startRanks(lines, scheduler, surroundings.directory);
  // Before the one that exits at a second signal: a step must not outlive that.
  let asked = 0;
  const stopping = new AbortController();
  const onInterrupt = () => {
    if (asked++ > 0 && stopping.signal.aborted) ranks.cancel();
  };
  Deno.addSignalListener("SIGINT", onInterrupt);
  const signal = surroundings.stopping();
  const stop = () => {
    setTimeout(() => stopping.abort(), SAME_MS);
    ranks.stop();
  };
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const ended = await ranks.ended();
    const code = await conclude(ended, beginning);
    return signal.aborted ? signal.reason as number : code;
  } finally {
    signal.removeEventListener("abort", stop);
    Deno.removeSignalListener("SIGINT", onInterrupt);
  }
}

/** One Ctrl-C arrives twice under `deno task`. */
const SAME_MS = 500;

function startRanks(lines: Commands, { missing }: Scheduler, folder: string): RunningRanks {
  try {
    return new RunningRanks(lines, folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError(`Cannot start "${lines[0]![0]}": it is not here, ${missing}`, {
      cause: error,
    });
  }
}

/** Looks at what the ranks left, merges where none of them did, and returns the exit code. */
async function conclude(
  { code, hasDeaths }: Ended,
  { running, wanted, surroundings }: Beginning,
): Promise<number> {
  const { directory, typedDirectory, folder, kernel } = running;
  const manifest = await readManifest(directory);
  if (manifest === undefined) {
    surroundings.report(
      `gridiron: Cannot launch ${formatCount(wanted.nodes, "rank")}: they ended with ${code} ` +
        "before anything began, expected a scheduler that works (sinfo), or --scheduler local\n",
    );
    return code === 0 ? 1 : code;
  }
  const run = await openRun(directory, manifest, { folder });
  learnContents(run);
  const state = await statusOf(run);
  if (!state.complete) {
    surroundings.report(
      `incomplete: ${formatCount(state.missing, "point")} missing; to go on: ` +
        `${surroundings.program} launch -N ${wanted.nodes} -- resume ` +
        `${shellWord(typedDirectory)}\n`,
    );
    return code === 0 ? 1 : code;
  }
  if (hasDeaths || !isMergeClaimed(directory, wanted.session)) {
    if (hasDeaths) surroundings.report("a rank died; the others finished its share\n");
    const merged = await mergeRun(run, kernel);
    surroundings.report(
      `results: ${typedDirectory}/results.csv (${formatCount(merged.rows, "row")})\n`,
    );
  }
  return state.failed === 0 ? 0 : 1;
}

function schedulerOf({ values }: Options): Scheduler {
  const name = values.get("scheduler")?.[0] ?? "srun";
  const scheduler = Object.hasOwn(schedulers, name) ? schedulers[name] : undefined;
  if (scheduler !== undefined) return scheduler;
  throw new UsageError(
    `Cannot use --scheduler "${name}": expected one of ${Object.keys(schedulers).join(", ")}`,
  );
}

function readOptions({ values }: Options): Omit<Launch, "session" | "command"> {
  const [nodes, cpus] = [values.get("nodes")?.[0], values.get("cpus")?.[0]];
  const time = values.get("time")?.[0];
  if (nodes === undefined) {
    throw new UsageError("Cannot launch: the number of nodes is missing, expected such as -N 4");
  }
  if (time !== undefined && !SLURM_TIME.test(time)) {
    throw new UsageError(
      `Cannot use --time "${time}": expected Slurm's form, such as 30 (minutes), 2:00:00 or 1-0`,
    );
  }
  return {
    nodes: wholeNumber("nodes", nodes, { minimum: 1, maximum: MAX_RANKS }),
    cpus: cpus === undefined
      ? undefined
      : wholeNumber("cpus", cpus, { minimum: 1, maximum: MAX_CPUS }),
    time,
    partition: values.get("partition")?.[0],
    launcherArguments: values.get("launcher-arg") ?? [],
  };
}

/** Own options, `-N` spelled out, and the command behind the first `--`. */
function split(argv: readonly string[]): readonly [string[], readonly string[] | undefined] {
  const end = argv.indexOf("--");
  const own = (end < 0 ? argv : argv.slice(0, end)).map((word) => {
    const count = /^-N(.*)$/.exec(word)?.[1];
    return count === undefined ? word : count === "" ? "--nodes" : `--nodes=${count}`;
  });
  return [own, end < 0 ? undefined : argv.slice(end + 1)];
}

function helpPage({ program, columns }: Surroundings): string {
  return formatHelp({
    usage: `${program} launch -N NODES [options] -- COMMAND …`,
    doc: "Starts COMMAND as one rank a node; every rank takes its share of the points, helps the " +
      "others when it has run out, and one of them merges. The results are those of one process. " +
      `COMMAND is one of ${LAUNCHED.join(", ")}, with its options. The first -- ends launch's own.`,
    sections: [{ title: "options", options: OPTIONS }],
    examples: [
      {
        command: `${program} launch -N 4 --cpus 16 -- sweep --beta 0.1:10:0.1`,
        doc: "four nodes of a Slurm cluster",
      },
      {
        command: `${program} launch -N 2 --scheduler local -- sweep --beta 0.1:10:0.1`,
        doc: "two processes on this machine",
      },
      { command: `${program} launch -N 4 --print -- resume scan`, doc: "what would be started" },
    ],
  }, columns);
}
