/** `deno task bench`: gridiron side by side with its peers, in rounds, as ratios. */
import { formatHelp } from "../../src/cli/help.ts";
import { type Option, parseOptions } from "../../src/cli/options.ts";
import { wholeNumber } from "../../src/cli/values.ts";
import { UsageError } from "../../src/errors.ts";
import { isThere } from "../../src/text_file.ts";
import { build } from "../build.ts";
import {
  BUILDS,
  type Contest,
  type Contestant,
  contestsIn,
  INSTALL,
  type Places,
} from "./contests.ts";

/** Photographs that are copied until there are this many. */
const PHOTOS = 100;
const DEFAULT_ROUNDS = "5";
/** How often is looked for a file, and how long. */
const POLL_MS = 1;
const LONGEST_WAIT_S = 10;
const HELP_COLUMNS = 80;

const OPTIONS: readonly Option[] = [
  { name: "rounds", value: "N", doc: `how often each is run (default ${DEFAULT_ROUNDS})` },
  { name: "only", value: "TEXT", doc: "only contests with this in their name" },
  {
    name: "work",
    value: "FOLDER",
    doc: "programs, photographs and all that is written go here, and packages of npm are looked " +
      "for here (default: a temporary folder); the folder out in it is emptied",
  },
  { name: "json", doc: "every measured number as JSON" },
  { name: "help", doc: "this page" },
];

/** What came of a contestant: a number for each round, or what is missing. */
interface Outcome {
  readonly name: string;
  readonly values: number[];
  missing?: string;
}

const { rounds, only, work, isJson } = readSettings(Deno.args);
// Their names need no places.
const names = contestsIn({ here: "", root: "", work: "", flags: [] }).map(({ name }) => name);
if (!names.some((name) => name.includes(only))) {
  refuse(
    `Cannot find a contest with "${only}" in its name: expected a part of one of these\n` +
      names.map((name) => `  ${name}`).join("\n"),
  );
}
const places = await prepare(work ?? await Deno.makeTempDir({ prefix: "gridiron-bench-" }));
const contests = contestsIn(places).filter(({ name }) => name.includes(only));
const results: { contest: Contest; outcomes: Outcome[] }[] = [];
for (const contest of contests) {
  const outcomes = await runContest(contest);
  results.push({ contest, outcomes });
  if (!isJson) console.log(rowText(contest, outcomes));
}
if (isJson) {
  const rows = results.map(({ contest: { name, unit }, outcomes }) => ({ name, unit, outcomes }));
  console.log(JSON.stringify({ machine: await machine(), rounds, rows }, undefined, 2));
} else console.log(await machine());
if (work === undefined) await Deno.remove(places.work, { recursive: true });

/** What the command line asks for; ends the program when that is help, or nonsense. */
function readSettings(argv: readonly string[]) {
  try {
    const { words, values } = parseOptions(OPTIONS, argv);
    if (words.length > 0) throw new UsageError(`Cannot use "${words[0]}": expected options only`);
    if (values.has("help")) {
      console.log(helpPage());
      Deno.exit(0);
    }
    return {
      rounds: wholeNumber("rounds", values.get("rounds")?.[0] ?? DEFAULT_ROUNDS, { minimum: 1 }),
      only: values.get("only")?.[0] ?? "",
      work: values.get("work")?.[0],
      isJson: values.has("json"),
    };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    refuse(error.message);
  }
}

function refuse(message: string): never {
  console.error(`gridiron: ${message}`);
  Deno.exit(2);
}

function helpPage(): string {
  const page = {
    usage: "deno task bench [options]",
    doc: "Runs gridiron and every peer that this machine has, one after the other in rounds, and " +
      "prints medians, spreads and how many times as long each peer takes.",
    sections: [{ title: "options", options: OPTIONS }],
    examples: [{ command: "deno task bench --only scan --rounds 3", doc: "one contest of all:" }],
  };
  return formatHelp(page, HELP_COLUMNS);
}

/** Builds gridiron and its peers and copies photographs. */
async function prepare(folder: string): Promise<Places> {
  const here = new URL("./", import.meta.url).pathname;
  const root = new URL("../../", import.meta.url).pathname;
  const work = folder.endsWith("/") ? folder : `${folder}/`;
  await Deno.mkdir(`${work}photos`, { recursive: true });
  const { tasks } = JSON.parse(await Deno.readTextFile(`${root}deno.json`));
  const flags = (tasks.sweep as string).split(" ").filter((word) => word.startsWith("--"));
  await build(`${work}program/`);
  for (const { source, libraries } of BUILDS) {
    const compiler = source.endsWith(".cpp") ? "g++" : "gcc";
    const standard = source.endsWith(".cpp") ? ["-std=c++17"] : [];
    const target = `${work}${source.replace(/\.\w+$/, "")}`;
    await attempt(compiler, [
      ...["-O3", "-march=native", ...standard, "-o", target, `${here}peers/${source}`],
      ...libraries,
    ]);
  }
  for (const name of ["tasks.mjs", "tasks_worker.mjs", "spectrum.mjs"]) {
    await Deno.copyFile(`${here}peers/${name}`, `${work}${name}`);
  }
  for (let i = 0; i < PHOTOS; i++) {
    const name = `photo${String(i).padStart(3, "0")}.jpg`;
    await Deno.copyFile(`${root}examples/photos/landscape.jpg`, `${work}photos/${name}`);
  }
  return { here, root, work, flags };
}

/** Runs all contestants once a round, so that a disturbance meets all of them. */
async function runContest({ ours, peers }: Contest): Promise<Outcome[]> {
  const all = [ours, ...peers];
  const outcomes: Outcome[] = [];
  for (const contestant of all) {
    const missing = await whatIsMissing(contestant);
    outcomes.push({
      name: contestant.name,
      values: [],
      ...missing === undefined ? {} : { missing },
    });
  }
  for (let round = 0; round < rounds; round++) {
    for (const [i, contestant] of all.entries()) {
      const outcome = outcomes[i]!;
      if (outcome.missing !== undefined) continue;
      const value = await measure(contestant);
      if (value === undefined) outcome.missing = "it failed";
      else outcome.values.push(value);
    }
  }
  await emptyOut();
  return outcomes;
}

/** Makes the folder anew that contestants write to; some write gigabytes. */
async function emptyOut(): Promise<void> {
  const out = `${places.work}out`;
  await Deno.remove(out, { recursive: true }).catch(() => {});
  await Deno.mkdir(out);
}

/** The number of one run; undefined when it failed. */
async function measure(
  { command, isTimed, until }: Contestant,
): Promise<number | undefined> {
  await emptyOut();
  const [program = "", ...args] = command;
  if (until !== undefined) return await timeUntil(until, program, args);
  const start = performance.now();
  // A pipe that is waited for would take part in the time.
  const process = new Deno.Command(program, {
    args,
    stdout: isTimed ? "null" : "piped",
    stderr: "null",
  }).spawn();
  if (isTimed) {
    const { success } = await process.status;
    return success ? (performance.now() - start) / 1000 : undefined;
  }
  const { success, stdout } = await process.output();
  if (!success) return undefined;
  const value = Number(new TextDecoder().decode(stdout).trim().split("\n").at(-1));
  return Number.isFinite(value) ? value : undefined;
}

/** Seconds from the start of a program until a file is there; undefined when it never is. */
async function timeUntil(
  path: string,
  program: string,
  args: readonly string[],
): Promise<number | undefined> {
  const start = performance.now();
  const process = new Deno.Command(program, { args: [...args], stdout: "null", stderr: "null" })
    .spawn();
  const clock = new Int32Array(new SharedArrayBuffer(4));
  let seconds: number | undefined;
  for (let elapsed = 0; seconds === undefined && elapsed < LONGEST_WAIT_S;) {
    Atomics.wait(clock, 0, 0, POLL_MS);
    elapsed = (performance.now() - start) / 1000;
    if (isThere(path)) seconds = elapsed;
  }
  await process.status;
  return seconds;
}

/** What to install before a contestant can take part. */
async function whatIsMissing(
  { programs = [], modules = [] }: Contestant,
): Promise<string | undefined> {
  for (const program of programs) {
    const isThere = program.startsWith("/")
      ? await Deno.stat(program).then(() => true, () => false)
      : await attempt("sh", ["-c", `command -v ${program}`]);
    const name = program.slice(program.lastIndexOf("/") + 1);
    if (!isThere) return INSTALL[name] ?? (name.includes("fftw") ? INSTALL.fftw3 : INSTALL.gcc);
  }
  for (const module of modules) {
    if (!await attempt("python3", ["-c", `import ${module}`])) return INSTALL[module];
  }
  return undefined;
}

async function attempt(program: string, args: readonly string[]): Promise<boolean> {
  try {
    const command = new Deno.Command(program, { args: [...args], stdout: "null", stderr: "null" });
    return (await command.output()).success;
  } catch {
    return false;
  }
}

/** A row: medians with their spread, and how many times as long each peer takes. */
function rowText({ name, unit }: Contest, outcomes: readonly Outcome[]): string {
  const ours = median(outcomes[0]!.values);
  const lines = outcomes.map(({ name, values, missing }, i) => {
    if (missing !== undefined) return `  ${name.padEnd(36)} missing: ${missing}`;
    const spread = `${digits(Math.min(...values))}…${digits(Math.max(...values))}`;
    const ratio = i === 0 ? "" : `  ${(median(values) / ours).toFixed(2)}×`;
    return `  ${name.padEnd(36)} ${digits(median(values)).padStart(8)} (${spread})${ratio}`;
  });
  return `${name} [${unit}]\n${lines.join("\n")}\n`;
}

function digits(value: number): string {
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

async function machine(): Promise<string> {
  const { cpus } = await import("node:os");
  return `${cpus()[0]?.model}, ${navigator.hardwareConcurrency} CPUs, Deno ${Deno.version.deno}`;
}
