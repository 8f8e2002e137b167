/** `launch -N NODES -- COMMAND …`: a command as several ranks, with one result and exit code. */
import { formatHelp } from "../src/cli/help.ts";
import { type Option, type Options, parseOptions } from "../src/cli/options.ts";
import { wholeNumber } from "../src/cli/values.ts";
import { UsageError } from "../src/errors.ts";
import { shellWord } from "../src/format/shell.ts";
import { type Scheduler, schedulers } from "../src/nodes/launchers.ts";
import { MAX_RANKS } from "../src/nodes/ranks.ts";
import type { Running } from "../src/running.ts";
import type { Command, Surroundings } from "./command.ts";
import { launchMap } from "./launch_map.ts";
import { type AskedLaunch, type LaunchSettings, linesOf } from "./launch_ranks.ts";
import { DEFAULT_REQUEUES, launchRun, ranksWords } from "./launch_run.ts";
import { commands } from "./mod.ts";

const MAX_CPUS = 4096;
/** Commands that run as ranks. */
const LAUNCHED = ["sweep", "pi", "fourier", "map", "resume"];
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
    const end = argv.indexOf("--");
    if (end < 0) refuseBare(argv, surroundings);
    const [typed, command] = end < 0 ? [argv, []] : [argv.slice(0, end), argv.slice(end + 1)];
    const options = parseOptions(OPTIONS, typed.map(spelledOut));
    if (options.values.has("help")) {
      surroundings.print(helpPage(surroundings));
      return 0;
    }
    const [stray] = options.words;
    if (stray !== undefined || command.length === 0) {
      throw new UsageError(
        `Cannot launch ${stray === undefined ? "nothing" : `"${stray}"`}: expected the command ` +
          "behind --, such as launch -N 4 -- sweep --beta 0.1:1:0.1",
      );
    }
    return await launchCommand(command, { typed, options, surroundings });
  },
};

async function launchCommand(
  [name = "", ...words]: readonly string[],
  { typed, options, surroundings }: Pick<AskedLaunch, "typed" | "options" | "surroundings">,
): Promise<number> {
  const listed = commands.find((listed) => listed.name === name);
  if (listed === undefined || !LAUNCHED.includes(name)) {
    throw new UsageError(`Cannot launch "${name}": expected one of ${LAUNCHED.join(", ")}`);
  }
  const session = `launch-${crypto.randomUUID().slice(0, 8)}`;
  const asked: AskedLaunch = {
    ...{ settings: readSettings(options), scheduler: schedulerOf(options), session },
    ...{ options, typed, name, words, surroundings },
  };
  if (options.values.has("print")) {
    for (const line of linesOf(asked, name === "map" ? words : ranksWords(asked))) {
      surroundings.print(line.map(shellWord).join(" ") + "\n");
    }
    return 0;
  }
  // The command plans here, once: what is wrong with it is told before anything starts.
  const launching = {
    run: (running: Running) => launchRun(running, asked),
    map: () => launchMap(asked),
  };
  const command = await listed.load();
  return await command.run(words, { ...surroundings, launching });
}

function schedulerOf({ values }: Options): Scheduler {
  const name = values.get("scheduler")?.[0] ?? "srun";
  const scheduler = Object.hasOwn(schedulers, name) ? schedulers[name] : undefined;
  if (scheduler === undefined) {
    throw new UsageError(
      `Cannot use --scheduler "${name}": expected one of ${Object.keys(schedulers).join(", ")}`,
    );
  }
  const all = Object.values(schedulers).flatMap(({ takes }) => takes);
  const idle = all.find((option) => values.has(option) && !scheduler.takes.includes(option));
  if (idle !== undefined) {
    throw new UsageError(
      `Cannot use --${idle} with --scheduler ${name}: it would change nothing, expected it to be ` +
        "left out, or another scheduler",
    );
  }
  if (values.has("submit") && !values.has("sbatch")) {
    throw new UsageError("Cannot use --submit alone: expected --sbatch --submit");
  }
  return scheduler;
}

function readSettings({ values }: Options): LaunchSettings {
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

/** Says where -- was left out, before the options of a command are taken for launch's own. */
function refuseBare(argv: readonly string[], { program }: Surroundings): void {
  const takesNext = (word = "") =>
    OPTIONS.some(({ name, value }) => value !== undefined && spelledOut(word) === `--${name}`);
  const at = argv.findIndex((word, i) => LAUNCHED.includes(word) && !takesNext(argv[i - 1]));
  if (at < 0) return;
  const line = [...argv.slice(0, at), "--", ...argv.slice(at)].map(shellWord).join(" ");
  throw new UsageError(
    `Cannot launch "${argv[at]}": there is no -- before it, expected ${program} launch ${line}`,
  );
}

/** `-N 4` and `-N4` as `--nodes`. */
function spelledOut(word: string): string {
  const count = /^-N(.*)$/.exec(word)?.[1];
  return count === undefined ? word : count === "" ? "--nodes" : `--nodes=${count}`;
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
