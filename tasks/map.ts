/** `map FUNCTION LIST…`: a function over lists of values, in parallel. */
import { parseAxis } from "../src/axis.ts";
import { parseDuration } from "../src/cli/duration.ts";
import { formatHelp } from "../src/cli/help.ts";
import { type Option, type Options, parseOptions } from "../src/cli/options.ts";
import { wholeNumber } from "../src/cli/values.ts";
import { UsageError } from "../src/errors.ts";
import { Inputs } from "../src/frozen_input.ts";
import { formatCount } from "../src/format/quantity.ts";
import { findRank } from "../src/nodes/ranks.ts";
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

const NOT_TYPED = { rank: undefined, session: undefined };

const OPTIONS: readonly Option[] = [
  { name: "json", doc: "the results as one JSON array; a task that failed as {index, error, …}" },
  { name: "unordered", doc: "print results as they are finished" },
  { name: "workers", value: "N", doc: "threads (default: the CPUs granted to this process)" },
  { name: "timeout", value: "TIME", doc: "a task that takes longer fails (30s, 10m, 1h30m)" },
  { name: "retries", value: "N", doc: "try a task that fails so often again (default 0)" },
  {
    name: "allow",
    value: "WHAT",
    doc: "what a file's function may do: some of read,write,env,sys (default: compute only)",
  },
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
  const { rank, size } = findRank(surroundings.environment, NOT_TYPED);
  if (size > 1) {
    throw new UsageError(
      `Cannot map as rank ${rank} of ${size}: every rank would do all of it, expected one process`,
    );
  }
  const [word, ...typed] = options.words;
  if (word === undefined || typed.length === 0) {
    throw new UsageError(
      "Cannot map: expected a function and its lists, such as map pow 1,2,3,4 5,4,3,2",
    );
  }
  const lists = readLists(typed, surroundings);
  const settings = readSettings(options, surroundings, sizeOf(lists[0]!));
  const { findFunction } = await import("../src/map_function.ts");
  const granted = options.values.get("allow")?.[0]?.split(",") ?? [];
  const { f, permissions } = findFunction(word, { base: surroundings.directory, granted });
  const { ParallelPool } = await import("../src/pool/parallel_pool.ts");
  await using pool = new ParallelPool({ nodes: settings.workers, permissions });
  const { timeoutMs, retries } = settings;
  const signal = surroundings.stopping();
  const wanted = {
    ...{ settled: true, retries, signal } as const,
    ...timeoutMs === undefined ? {} : { timeoutMs },
  };
  const results = options.values.has("unordered")
    ? pool.uimap(f, ...lists.map(listOf), wanted)
    : pool.imap(f, ...lists.map(listOf), wanted);
  try {
    return await printAll(results, options, surroundings);
  } catch (error) {
    if (signal.aborted) return signal.reason as number;
    // A function that cannot be used is told before any task.
    if (error instanceof TypeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** Prints results as they come; 1 when a task failed. */
async function printAll(
  results: AsyncIterable<Settled<unknown>>,
  { values }: Options,
  surroundings: Surroundings,
): Promise<number> {
  const isJson = values.has("json");
  let failed = 0;
  let count = 0;
  using printer = new Printer(surroundings.print);
  if (isJson) printer.print("[");
  for await (const result of results) {
    if (result.status === "rejected" && ++failed <= SHOWN_FAILURES) {
      const { index, arguments: args, name, message } = result.reason;
      surroundings.report(`task ${index} (${args.join(", ")}): ${name}: ${message}\n`);
    }
    if (isJson) printer.print((count === 0 ? "" : ",") + jsonOf(result));
    // In order, the line of a task that failed is empty, so that the others keep their place.
    else if (result.status === "fulfilled") printer.print(lineOf(result.value) + "\n");
    else if (!values.has("unordered")) printer.print("\n");
    count++;
  }
  if (isJson) printer.print("]\n");
  printer.flush();
  if (failed > 0) surroundings.report(`${failed} of ${formatCount(count, "task")} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** Prints what comes in a short time together. */
class Printer implements Disposable {
  #text = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly write: (text: string) => void) {}

  print(text: string): void {
    this.#text += text;
    if (this.#text.length > PRINT_CHARACTERS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), PRINT_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#text !== "") this.write(this.#text);
    this.#text = "";
  }

  [Symbol.dispose](): void {
    this.flush();
  }
}

function readLists(typed: readonly string[], { directory }: Surroundings): Values[] {
  const inputs = new Inputs({ base: directory, directory: undefined });
  const lists = typed.map((expression, i) => readList(expression, i + 1, inputs));
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

/** A list for the pool; a long range is not written out. */
function listOf(values: Values): Iterable<number> {
  if (!("count" in values)) return values;
  const read = valueReader(values);
  return {
    *[Symbol.iterator]() {
      for (let i = 0; i < values.count; i++) yield read(i);
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
    timeoutMs: timeout === undefined
      ? undefined
      : Math.min(MAX_TIMEOUT_MS, Math.ceil(parseDuration("timeout", timeout))),
    retries: wholeNumber("retries", retries, { minimum: 0, maximum: MAX_RETRIES }),
  };
}

/** A result as a line: text as it is, numbers in their shortest form, the rest as JSON. */
function lineOf(value: unknown): string {
  return typeof value === "object" && value !== null ? json(value) : String(value);
}

function jsonOf(result: Settled<unknown>): string {
  if (result.status === "fulfilled") return json(result.value);
  const { index, arguments: args, name, message, attempts } = result.reason;
  return json({ index, arguments: args, error: { name, message }, attempts });
}

/** JSON, with what it does not have as text: NaN, infinities, big integers. */
function json(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    const hasNone = typeof part === "number" ? !Number.isFinite(part) : typeof part === "bigint";
    return hasNone ? String(part) : part;
  }) ?? "null";
}

function helpPage({ program, columns }: Surroundings): string {
  return formatHelp({
    usage: `${program} map FUNCTION LIST … [options]`,
    doc: "Calls FUNCTION with the first values of all lists, with the second values, and so on, " +
      "on all CPUs, and prints what it returns, one result a line, in order. FUNCTION is one of " +
      "the global objects' (Math.hypot, or just hypot), gridiron's own (host), or " +
      "./file.ts#export. A LIST is written like the values of an axis (1,2,3 or 0:1:0.1 or " +
      "@file), one for each parameter; repeated values are kept. Nothing is kept: the same " +
      "command computes all again.",
    sections: [{ title: "options", options: OPTIONS }],
    examples: [
      { command: `${program} map pow 1,2,3,4 5,4,3,2`, doc: "1, 16, 27, 16" },
      { command: `${program} map host 0:99`, doc: "which machine, for each of 100 tasks" },
      {
        command: `${program} map ./mc.ts#runMc 0.1:1:0.1 --timeout 1m --json`,
        doc: "an exported function of a file",
      },
    ],
  }, columns);
}
