/** `map FUNCTION LIST…`: a function over lists of values, in parallel. */
import { addressOf } from "../src/address.ts";
import { parseAxis } from "../src/axis.ts";
import { parseDuration } from "../src/cli/duration.ts";
import { formatHelp } from "../src/cli/help.ts";
import { type Option, type Options, parseOptions } from "../src/cli/options.ts";
import { wholeNumber } from "../src/cli/values.ts";
import { visible } from "../src/cli/visible.ts";
import { messageOf, plainly, reasonOf, UsageError } from "../src/errors.ts";
import { Inputs } from "../src/frozen_input.ts";
import { formatCount } from "../src/format/quantity.ts";
import type { Outcome } from "../src/map_ledger.ts";
import type { NamedFunction } from "../src/map_function.ts";
import type { RankedMap } from "../src/map_share.ts";
import { ALONE, findRank, type Rank } from "../src/nodes/ranks.ts";
import { defaultWorkers } from "../src/nodes/workers.ts";
import type { Settled } from "../src/pool/sinks.ts";
import { sizeOf, valueReader, type Values } from "../src/values.ts";
import type { Command, Surroundings } from "./command.ts";

const MAX_WORKERS = 1024;
const MAX_RETRIES = 1e6;
/** A timer cannot wait longer. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
/** Results are printed together as they come in so short a time, or when they are so long. */
const PRINT_MS = 20;
const PRINT_CHARACTERS = 1 << 16;
/** Failures that are told one by one. */
const SHOWN_FAILURES = 10;

/** What would make two lines of a text. */
const LINE_ENDS = /[\n\r]/;
/** What JSON.stringify() puts in as it is. */
const MINUS_ZERO = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON("-0");

const OPTIONS: readonly Option[] = [
  { name: "json", doc: "the results as one JSON array; a task that failed as {index, error, …}" },
  { name: "unordered", doc: "print results as they are finished (one process alone)" },
  { name: "workers", value: "N", doc: "threads (default: the CPUs granted to this process)" },
  { name: "timeout", value: "TIME", doc: "a task that takes longer fails (30s, 10m, 1h30m)" },
  { name: "retries", value: "N", doc: "try a task that fails so often again (default 0)" },
  {
    name: "allow",
    value: "WHAT",
    doc: "what a file's function may do: some of read,write,env,sys (default: compute only)",
  },
  {
    name: "rank",
    value: "R/N",
    doc: "be rank R of N started together (default: what srun or mpirun says)",
  },
  { name: "session", value: "NAME", doc: "the same for all ranks of one start, new at each start" },
  { name: "help", doc: "this page" },
];

export const map: Command = { run: runMap };

/** Reads the arguments, maps, prints; returns the exit code. */
async function runMap(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const options = parseOptions(OPTIONS, argv);
  if (options.values.has("help")) {
    surroundings.print(helpPage(surroundings));
    return 0;
  }
  const [word, ...typed] = options.words;
  if (word === undefined || typed.length === 0) {
    throw new UsageError(
      "Cannot map: expected a function and its lists, such as map pow 1,2,3,4 5,4,3,2",
    );
  }
  const rank = rankOf(options, surroundings);
  const lists = readLists(typed, rank, surroundings);
  const settings = readSettings(options, surroundings, Math.ceil(sizeOf(lists[0]!) / rank.size));
  const { findFunction } = await import("../src/map_function.ts");
  const granted = options.values.get("allow")?.[0]?.split(",") ?? [];
  const named = findFunction(word, { base: surroundings.directory, granted });
  if (surroundings.launching !== undefined) return await surroundings.launching.map();
  return await carryOut({ word, ...named, lists, rank, settings }, options, surroundings);
}

/** A map that was checked. */
interface Asked extends NamedFunction {
  readonly word: string;
  readonly lists: readonly Values[];
  readonly rank: Rank;
  readonly settings: ReturnType<typeof readSettings>;
}

/** Maps alone or as one of several ranks, and prints where this process does. */
async function carryOut(
  { word, f, permissions, lists, rank, settings }: Asked,
  options: Options,
  surroundings: Surroundings,
): Promise<number> {
  const { ParallelPool } = await import("../src/pool/parallel_pool.ts");
  const { workers, ...limits } = settings;
  // Under `deno task` it is the project's: a function's own paths start where the user stands.
  if (typeof f !== "function") enter(surroundings.directory);
  await using pool = new ParallelPool({ nodes: workers, permissions, initializer: logAside });
  // The results of several ranks wait in files, from which they come in order.
  const isOrdered = rank.size > 1 || !options.values.has("unordered");
  const isJson = options.values.has("json");
  const outcomes = (tasks: Iterable<number> | undefined, signal: AbortSignal) => {
    const columns = lists.map((list) => columnOf(list, tasks));
    const wanted = { settled: true, ...limits, signal } as const;
    const results = isOrdered
      ? pool.imap(f, ...columns, wanted)
      : pool.uimap(f, ...columns, wanted);
    const argumentsOf = (index: number) => lists.map((list) => valueReader(list)(index));
    return outcomesOf(results, tasks, { isJson, isOrdered, argumentsOf });
  };
  const signal = surroundings.stopping();
  try {
    if (rank.size === 1) {
      return await printAll(outcomes(undefined, signal), isJson, surroundings);
    }
    const { gather, contribute } = await loadRanked();
    const map: RankedMap = {
      ...{ rank, signal, outcomes, count: sizeOf(lists[0]!) },
      folder: surroundings.directory,
      command: JSON.stringify([word, lists, isJson]),
    };
    if (rank.rank > 0) return await contribute(map);
    return await printAll(gather(map), isJson, surroundings);
  } catch (error) {
    if (signal.aborted) return signal.reason as number;
    // A function that cannot be used is told before any task.
    if (error instanceof TypeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** Makes a folder the working directory of this process, and so of its workers. */
function enter(folder: string): void {
  try {
    Deno.chdir(folder);
  } catch (error) {
    throw new UsageError(`Cannot map in "${folder}": ${reasonOf(error)}`, { cause: error });
  }
}

/** In a worker: what functions log goes beside the results, to the standard error. */
function logAside(): void {
  const { error } = console;
  const dir = (value: unknown) => error(value);
  Object.assign(console, { log: error, info: error, debug: error, dir, dirxml: dir, table: dir });
}

/** What only ranks need is not in the graph of a map that is alone. */
async function loadRanked(): Promise<{
  gather(map: RankedMap): AsyncIterable<Outcome>;
  contribute(map: RankedMap): Promise<number>;
}> {
  return await import(addressOf("src/ranked_map.ts"));
}

/** The rank of this process; `launch` plans for all. */
function rankOf({ values }: Options, { environment, launching }: Surroundings): Rank {
  const typed = { rank: values.get("rank")?.[0], session: values.get("session")?.[0] };
  return launching === undefined ? findRank(environment, typed) : ALONE;
}

/** How results become text. */
interface Printing {
  readonly isJson: boolean;
  readonly isOrdered: boolean;
  /** What a task was called with. */
  argumentsOf(index: number): unknown[];
}

/** What Deno advises a program that may not do something: here that is said in another way. */
const DENO_ADVICE = /run again with the --allow-(read|write|env|sys) flag/;
const OTHER_ADVICE = /run again with the --allow-\w+ flag/;

/** What an error says, with advice that can be followed here. */
function advised(message: string): string {
  return plainly(message).replace(DENO_ADVICE, "expected --allow $1")
    .replace(OTHER_ADVICE, "which no mapped function may have");
}

/** Results as they are printed; of some of the tasks, with their numbers among all. */
async function* outcomesOf(
  results: AsyncIterable<Settled<unknown>>,
  tasks: Iterable<number> | undefined,
  { isJson, isOrdered, argumentsOf }: Printing,
): AsyncGenerator<Outcome, void, undefined> {
  const numbers = tasks?.[Symbol.iterator]();
  for await (const result of results) {
    const index: number = numbers?.next().value ?? result.index;
    const printed = result.status === "fulfilled" ? textOf(result.value, isJson) : result.reason;
    if (typeof printed === "string") {
      yield { text: printed, failure: undefined };
      continue;
    }
    const { name } = printed;
    const message = visible(advised(printed.message));
    const args = argumentsOf(index);
    const attempts = result.status === "fulfilled" ? 1 : result.reason.attempts;
    const failed = { index, arguments: args, error: { name, message }, attempts };
    yield {
      // In order, the line of a task that failed is empty, so that the others keep their place.
      text: isJson ? json(failed) : isOrdered ? "\n" : "",
      failure: `task ${index} (${args.join(", ")}): ${name}: ${message}\n`,
    };
  }
}

/** A result as it is printed, or why it cannot be. */
function textOf(value: unknown, isJson: boolean): string | Error {
  try {
    return isJson ? json(value) : lineOf(value) + "\n";
  } catch (error) {
    const [reason] = messageOf(error).split("\n");
    return new TypeError(`Cannot print the result: ${reason}`);
  }
}

/** Prints results as they come, as long as somebody reads them; 1 when a task failed. */
async function printAll(
  outcomes: AsyncIterable<Outcome>,
  isJson: boolean,
  surroundings: Surroundings,
): Promise<number> {
  let failed = 0;
  let count = 0;
  await using printer = new Printer(surroundings.write);
  for await (const { text, failure } of outcomes) {
    if (failure !== undefined && ++failed <= SHOWN_FAILURES) surroundings.report(failure);
    // Before the first result there may be a refusal, beside which nothing is printed.
    const mark = !isJson ? "" : count === 0 ? "[" : ",";
    const full = printer.print(mark + text);
    if (full !== undefined) await full;
    count++;
    if (!printer.isRead) return failed === 0 ? 0 : 1;
  }
  if (isJson) await printer.print(count === 0 ? "[]\n" : "]\n");
  await printer.flush();
  if (failed > 0) surroundings.report(`${failed} of ${formatCount(count, "task")} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** Prints what comes in a short time together. */
class Printer implements AsyncDisposable {
  #text = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #written: Promise<void> = Promise.resolve();
  /** Whoever reads has not gone. */
  isRead = true;

  constructor(readonly write: (text: string) => Promise<boolean>) {}

  /** Takes a text; a promise when it is time to wait for whoever reads. */
  print(text: string): Promise<void> | undefined {
    this.#text += text;
    if (this.#text.length > PRINT_CHARACTERS) return this.flush();
    this.#timer ??= setTimeout(() => {
      // Whoever flushes last hears of it.
      this.flush().catch(() => {});
    }, PRINT_MS);
    return undefined;
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#text;
    this.#text = "";
    if (text !== "") {
      this.#written = this.#written.then(async () => {
        this.isRead = await this.write(text);
      });
    }
    return this.#written;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Whoever printed has flushed, unless something else went wrong: that is to be told.
    await this.flush().catch(() => {});
  }
}

function readLists(
  typed: readonly string[],
  { rank, size }: Rank,
  { directory, launching }: Surroundings,
): Values[] {
  const inputs = new Inputs({ base: directory, directory: undefined });
  const lists = typed.map((expression, i) => {
    if (expression === "@-" && (size > 1 || launching !== undefined)) {
      const who = launching === undefined ? `rank ${rank} of ${size}` : "several ranks";
      throw new UsageError(
        `Cannot read list ${i + 1} "@-" as ${who}: one process has the standard input, expected ` +
          "a file that all ranks can read, such as @list.txt",
      );
    }
    return readList(expression, i + 1, inputs);
  });
  const sizes = lists.map(sizeOf);
  if (sizes.some((size) => size !== sizes[0])) {
    throw new UsageError(
      `Cannot map over lists of ${sizes.join(", ")} values: expected as many in each`,
    );
  }
  return lists;
}

function readList(expression: string, number: number, inputs: Inputs): Values {
  const name = `list${number}`;
  try {
    return parseAxis(name, [expression], inputs.read).values;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const message = error.message.replaceAll(`--${name} "`, `list ${number} "`)
      .replaceAll(`--${name}`, `list ${number}`);
    throw new UsageError(message, { cause: error });
  }
}

/** A list for the pool, or the values of some tasks; a long range is not written out. */
function columnOf(values: Values, tasks: Iterable<number> | undefined): Iterable<number> {
  if (tasks === undefined && !("count" in values)) return values;
  const read = valueReader(values);
  return {
    *[Symbol.iterator]() {
      if (tasks !== undefined) { for (const task of tasks) yield read(task); }
      else for (let i = 0; i < sizeOf(values); i++) yield read(i);
    },
  };
}

function readSettings({ values }: Options, { environment }: Surroundings, tasks: number) {
  const workers = values.get("workers")?.[0];
  const timeout = values.get("timeout")?.[0];
  const retries = values.get("retries")?.[0] ?? "0";
  const nodes = workers === undefined
    ? defaultWorkers(environment, navigator.hardwareConcurrency).count
    : wholeNumber("workers", workers, { minimum: 1, maximum: MAX_WORKERS });
  return {
    workers: Math.min(nodes, tasks),
    ...timeout === undefined
      ? {}
      : { timeoutMs: Math.min(MAX_TIMEOUT_MS, Math.ceil(parseDuration("timeout", timeout))) },
    retries: wholeNumber("retries", retries, { minimum: 0, maximum: MAX_RETRIES }),
  };
}

/** A result as a line: numbers in their shortest form, text of one line as it is, else JSON. */
function lineOf(value: unknown): string {
  const isPlain = typeof value === "string"
    ? !LINE_ENDS.test(value)
    : typeof value !== "object" && !Object.is(value, -0) || value === null;
  return isPlain ? String(value) : json(value);
}

/** JSON, with what it does not have in its nearest form. */
function json(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => nearest(part)) ?? "null";
}

/**
 * Lists for sets, maps and typed arrays; texts for NaN, infinities, big integers and errors.
 *
 * @throws {TypeError} for bytes that are no list
 */
function nearest(part: unknown): unknown {
  // JSON has the sign of zero, but JSON.stringify() does not.
  if (Object.is(part, -0)) return MINUS_ZERO;
  if (typeof part === "number") return Number.isFinite(part) ? part : String(part);
  if (typeof part === "bigint") return String(part);
  if (typeof part !== "object" || part === null) return part;
  if (part instanceof Error || part instanceof RegExp) return String(part);
  if (part instanceof Set || part instanceof Map) return [...part];
  if (ArrayBuffer.isView(part) && !(part instanceof DataView)) return [...part as Uint8Array];
  if (Object.prototype.toString.call(part).endsWith("Buffer]") || part instanceof DataView) {
    throw new TypeError("bytes have no text, expected a typed array");
  }
  return part;
}

function helpPage({ program, columns }: Surroundings): string {
  return formatHelp({
    usage: `${program} map FUNCTION LIST … [options]`,
    doc: "Calls FUNCTION with the first values of all lists, with the second values, and so on, " +
      "on all CPUs, and prints what it returns, one result a line, in order. FUNCTION is one of " +
      "the global objects' (Math.hypot, or just hypot), gridiron's own (host), or " +
      "./file.ts#export. A LIST is written like the values of an axis (1,2,3 or 0:1:0.1 or " +
      "@file), one for each parameter; repeated values are kept. Nothing is kept: the same " +
      "command computes all again. Several ranks share the tasks, and rank 0 prints in order.",
    sections: [{ title: "options", options: OPTIONS }],
    examples: [
      { command: `${program} map pow 1,2,3,4 5,4,3,2`, doc: "1, 16, 27, 16" },
      { command: `${program} map host 0:99`, doc: "which machine, for each of 100 tasks" },
      { command: `${program} launch -N 4 -- map host 0:99`, doc: "the same on four nodes" },
      {
        command: `${program} map ./mc.ts#runMc 0.1:1:0.1 --timeout 1m --json`,
        doc: "an exported function of a file",
      },
    ],
  }, columns);
}
