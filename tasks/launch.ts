/** `launch -N NODES -- COMMAND …`: a command as several ranks, with one result and exit code. */
import { formatHelp } from "../src/cli/help.ts";
import { type Option, type Options, parseOptions } from "../src/cli/options.ts";
import { type LaunchView, viewLaunch } from "../src/cli/launch_view.ts";
import { wholeNumber } from "../src/cli/values.ts";
import { UsageError } from "../src/errors.ts";
import { formatCount } from "../src/format/quantity.ts";
import { shellWord } from "../src/format/shell.ts";
import { learnContents } from "../src/files.ts";
import { clearGathering } from "../src/map_share.ts";
import { isRun, readManifest } from "../src/manifest.ts";
import { batchScript } from "../src/nodes/batch_script.ts";
import { type Commands, type Launch, type Scheduler, schedulers } from "../src/nodes/launchers.ts";
import { MAX_RANKS } from "../src/nodes/ranks.ts";
import { type Ended, RunningRanks } from "../src/nodes/ranks_running.ts";
import { ownProgram } from "../src/nodes/self.ts";
import type { Running } from "../src/running.ts";
import { openRun } from "../src/run_ledgers.ts";
import { makeSalts } from "../src/point.ts";
import { settlePlan, settleRun } from "../src/run_start.ts";
import { isMergeClaimed } from "../src/session.ts";
import { statusOf } from "../src/status.ts";
import { finish, NOBODY } from "../src/sweep.ts";
import { TextFile } from "../src/text_file.ts";
import type { Command, Surroundings } from "./command.ts";
import { commands } from "./mod.ts";

const MAX_CPUS = 4096;
const DEFAULT_REQUEUES = 20;
/** The batch script's name in the run directory. */
const SCRIPT = "job.sbatch";
/** Commands that run as ranks. */
const LAUNCHED = ["sweep", "pi", "fourier", "map", "resume"];
/** Options of theirs with which nothing is shown while they run. */
const SILENCING = ["--quiet", "--json", "--no-progress"];
/** What is told when ranks were not started. */
const WORKING = "expected a scheduler that works (sinfo), or --scheduler local";
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
  { name: "sbatch", doc: "write a batch script into the run directory, and start nothing" },
  { name: "submit", doc: "with --sbatch: submit the script" },
  {
    name: "max-requeues",
    value: "N",
    doc: `with --sbatch: go on so often when the time is up (default ${DEFAULT_REQUEUES})`,
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
  const { environment } = surroundings;
  const launched = readOptions(options);
  const session = `launch-${crypto.randomUUID().slice(0, 8)}`;
  const linesOf = (words: readonly string[]) =>
    scheduler.commands(
      { ...launched, session, command: [...ownProgram(), name, ...words] },
      environment,
      navigator.hardwareConcurrency,
    );
  const words = rest.filter((word) => word !== "--fresh");
  if (options.values.has("print")) {
    for (const line of linesOf(words)) {
      surroundings.print(line.map(shellWord).join(" ") + "\n");
    }
    return 0;
  }
  // The command plans here, once: what is wrong with it is told before anything starts.
  const begun = { scheduler, surroundings };
  const run = async (running: Running) => {
    const beginning = { running, launched, session, surroundings };
    const toConclude = (ended: Ended) => conclude(ended, beginning);
    if (options.values.has("sbatch")) {
      return await writeBatch(running, options, surroundings);
    }
    await using view = rest.some((word) => SILENCING.includes(word))
      ? undefined
      : await viewLaunch(surroundings, running, { nodes: launched.nodes, session });
    // What the ranks have done is shown here, for all of them.
    const silent = [...words, "--no-progress"];
    if (!rest.some((word) => word.endsWith("@-"))) {
      return await carryOut({ ...begun, lines: linesOf(silent), view }, toConclude);
    }
    // Only this process has the standard input: the ranks find it in the run directory.
    await begin(running);
    const named = words.some((word) => /^(-o|--out)(=|$)/.test(word))
      ? silent
      : [...silent, "-o", running.typedDirectory];
    return await carryOut({ ...begun, lines: linesOf(named), view }, toConclude);
  };
  const map = async () => {
    if (options.values.has("sbatch")) {
      throw new UsageError(
        "Cannot use --sbatch with map: nothing of a map is kept to go on with, expected a script " +
          `of your own with srun ${surroundings.program} map …`,
      );
    }
    const toConclude = ({ code, hasDeaths, hasSlurmFailed }: Ended, wasStopped: boolean) => {
      const size = launched.nodes;
      const wasLeft = clearGathering(surroundings.directory, { rank: 0, size, session });
      // Where a rank lives on, it tells which one died, and clears up.
      if (hasDeaths && wasLeft) {
        surroundings.report("gridiron: Cannot finish the map: its ranks were killed\n");
      }
      if (hasSlurmFailed && !wasStopped) {
        surroundings.report(
          `gridiron: Cannot launch ${formatCount(size, "rank")}: srun failed, ${WORKING}\n`,
        );
      }
      return code === 0 && hasDeaths ? 1 : code;
    };
    return await carryOut({ ...begun, lines: linesOf(rest) }, toConclude);
  };
  const loaded = await listed.load();
  return await loaded.run(rest, { ...surroundings, launching: { run, map } });
}

/** Makes the run directory, with its inputs, as a first start would. */
async function begin({ kernel, plan, directory, folder, inputs }: Running): Promise<void> {
  const isNew = !isRun(directory);
  const run = await settleRun({ kernel, plan, directory, folder, salts: await makeSalts(plan) });
  if (isNew) inputs?.freeze(directory);
  else await settlePlan(run, kernel);
}

/** Writes the batch script of a run, and submits it when asked to; returns the exit code. */
async function writeBatch(
  running: Running,
  options: Options,
  surroundings: Surroundings,
): Promise<number> {
  const { values } = options;
  await begin(running);
  const path = `${running.directory}/${SCRIPT}`;
  const requeues = values.get("max-requeues")?.[0];
  const script = batchScript({
    ...readOptions(options),
    maxRequeues: requeues === undefined
      ? DEFAULT_REQUEUES
      : wholeNumber("max-requeues", requeues, { minimum: 0, maximum: 1e6 }),
    program: ownProgram(),
    directory: running.directory,
  });
  {
    using file = new TextFile(path);
    file.write(script);
    file.finish();
  }
  surroundings.report(`batch script: ${running.typedDirectory}/${SCRIPT}\n`);
  if (!values.has("submit")) return 0;
  const { code } = await runProgram(["sbatch", path], surroundings.directory);
  if (code !== 0) {
    surroundings.report(`gridiron: Cannot submit "${path}": sbatch ended with ${code}\n`);
  }
  return code;
}

async function runProgram(words: readonly string[], folder: string): Promise<Ended> {
  return await startRanks([words], schedulers.srun!, folder).ended();
}

/** A launch of a run. */
interface Beginning {
  readonly running: Running;
  readonly launched: Launched;
  readonly session: string;
  readonly surroundings: Surroundings;
}

/** How ranks are started. */
interface Start {
  readonly lines: Commands;
  readonly scheduler: Scheduler;
  readonly surroundings: Surroundings;
  /** What shows how far they are. */
  readonly view?: LaunchView | undefined;
}

/** Starts the ranks, passes signals on, and has the end of it seen to; returns the exit code. */
async function carryOut(
  { lines, scheduler, surroundings, view }: Start,
  conclude: (ended: Ended, wasStopped: boolean) => number | Promise<number>,
): Promise<number> {
  const ranks = startRanks(lines, scheduler, surroundings.directory, relayTo(view, surroundings));
  // Before the one that exits at a second signal: a step must not outlive that.
  let asked = 0;
  const stopping = new AbortController();
  const onInterrupt = () => {
    if (asked++ > 0 && stopping.signal.aborted) ranks.cancel();
  };
  for (const name of SECOND_SIGNALS) Deno.addSignalListener(name, onInterrupt);
  const signal = surroundings.stopping();
  const stop = () => {
    setTimeout(() => stopping.abort(), SAME_MS);
    ranks.stop();
  };
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const ended = await ranks.ended();
    await view?.[Symbol.asyncDispose]();
    const code = await conclude(ended, signal.aborted);
    return signal.aborted ? signal.reason as number : code;
  } finally {
    signal.removeEventListener("abort", stop);
    for (const name of SECOND_SIGNALS) Deno.removeSignalListener(name, onInterrupt);
  }
}

/** Signals whose second one ends the ranks at once. */
const SECOND_SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** One Ctrl-C arrives twice under `deno task`. */
const SAME_MS = 500;

/** What is written by ranks must not meet the lines that show them. */
function relayTo(view: LaunchView | undefined, { isTerminal, report }: Surroundings) {
  return view === undefined || !isTerminal
    ? undefined
    : (lines: string) => view.clear(() => report(lines));
}

function startRanks(
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

/** Looks at what the ranks left, merges where none of them did, and returns the exit code. */
async function conclude(
  { code, hasDeaths }: Ended,
  { running, launched, session, surroundings }: Beginning,
): Promise<number> {
  const { directory, typedDirectory, folder, kernel } = running;
  const manifest = await readManifest(directory);
  if (manifest === undefined) {
    surroundings.report(
      `gridiron: Cannot launch ${formatCount(launched.nodes, "rank")}: they ended with ${code} ` +
        `before anything began, ${WORKING}\n`,
    );
    return code === 0 ? 1 : code;
  }
  const run = await openRun(directory, manifest, { folder });
  learnContents(run);
  const state = await statusOf(run);
  if (!state.complete) {
    surroundings.report(
      `incomplete: ${formatCount(state.missing, "point")} missing; to go on: ` +
        `${surroundings.program} launch -N ${launched.nodes} -- resume ` +
        `${shellWord(typedDirectory)}\n`,
    );
    return code === 0 ? 1 : code;
  }
  const isMerged = launched.nodes === 1 || isMergeClaimed(directory, session);
  if (hasDeaths || !isMerged) {
    if (hasDeaths) surroundings.report("a rank died; the others finished its share\n");
    const merged = await finish(run, kernel, { living: NOBODY, hasDeadStarts: hasDeaths });
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

/** What the options say. */
type Launched = Omit<Launch, "session" | "command">;

function readOptions({ values }: Options): Launched {
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
      {
        command:
          `${program} launch -N 4 --time 8:00:00 --sbatch --submit -- sweep --beta 0.1:10:0.1`,
        doc: "a batch job that goes on until all is done",
      },
      { command: `${program} launch -N 4 -- map host 0:99`, doc: "a function over lists" },
      { command: `${program} launch -N 4 --print -- resume scan`, doc: "what would be started" },
    ],
  }, columns);
}
