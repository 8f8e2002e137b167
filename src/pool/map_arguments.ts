/** What stands behind a pool's maps: a function, its lists and options, told apart and checked. */
import type { Progress } from "./job.ts";
import { isList, type List } from "./lists.ts";
import type { ModuleFunction } from "./module_function.ts";
import type { Transfer } from "./protocol.ts";

/** A function that a pool can map: one of this program's, or of a module. */
export type TaskFunction<A extends readonly unknown[], R> =
  | ((...args: A) => R)
  | ModuleFunction<A, R>;

/** A list a parameter of a function. */
export type Lists<A extends readonly unknown[]> = {
  readonly [K in keyof A]: List<A[K] | Transfer<A[K]>>;
};

/** The parameters of a function that are not optional. */
export type Needed<A extends readonly unknown[]> = A extends readonly [infer F, ...infer Rest]
  ? [F, ...Needed<Rest>]
  : [];

/** What stands behind the function: its lists, with options or without. */
export type MapArguments<A extends readonly unknown[]> =
  | Lists<A>
  | [...Lists<A>, MapOptions]
  | [...Lists<Needed<A>>, MapOptions];

/** What stands behind the function when each task is to be settled: its lists, and options. */
export type SettledArguments<A extends readonly unknown[]> =
  | [...Lists<A>, MapOptions & { readonly settled: true }]
  | [...Lists<Needed<A>>, MapOptions & { readonly settled: true }];

/** What a function gives in the end: what a promise holds, without a {@linkcode Transfer}. */
export type Result<R> = Awaited<R> extends Transfer<infer T> ? T : Awaited<R>;

/** How a map is carried out. */
export interface MapOptions {
  /** A result or an error for each task, instead of one error for all. */
  readonly settled?: boolean;
  /** Begin no more tasks once one has failed. */
  readonly stopOnError?: boolean;
  /** Tasks in a message to a worker; measured when it is not given. */
  readonly chunkSize?: number;
  /** Milliseconds that a task may take, from its own start. */
  readonly timeoutMs?: number;
  /** How often a task that failed is tried again; 0 when it is not given. */
  readonly retries?: number;
  /** Tasks that may be read from the lists before the results before them are taken. */
  readonly lookAhead?: number;
  /** Ends the map; its reason is what the map then throws. */
  readonly signal?: AbortSignal;
  /** Called as results come, not more often than workers send messages. */
  readonly onProgress?: (progress: Progress) => void;
}

const MAP_OPTIONS: readonly (keyof MapOptions)[] = [
  ...["settled", "stopOnError", "chunkSize", "timeoutMs", "retries", "lookAhead"] as const,
  ...["signal", "onProgress"] as const,
];

/** Most tasks in a message, and tries of a task. */
const MAX_CHUNK = 1e6;
const MAX_RETRIES = 1e6;
/** A timer cannot wait longer. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** What a map was called with. */
export interface Begin {
  readonly f: unknown;
  readonly label: string;
  readonly lists: readonly unknown[];
  readonly options: MapOptions;
}

/** Tells lists and options apart, and checks the options. */
export function readArguments(f: unknown, rest: readonly unknown[]): Begin {
  const last = rest.at(-1);
  const hasOptions = typeof last === "object" && last !== null && !isList(last);
  const lists = hasOptions ? rest.slice(0, -1) : rest;
  const options = hasOptions ? last as MapOptions : {};
  const name = (f as { readonly name?: unknown } | null | undefined)?.name;
  const label = typeof name === "string" && name !== "" ? `"${name}"` : "the function";
  if (lists.length === 0) {
    throw new RangeError(`Cannot map ${label}: there are no lists, expected one a parameter`);
  }
  checkNames("the option", options, MAP_OPTIONS);
  const { chunkSize, timeoutMs, retries, lookAhead } = options;
  checkOption("chunkSize", chunkSize, { minimum: 1, maximum: MAX_CHUNK });
  checkOption("retries", retries, { minimum: 0, maximum: MAX_RETRIES });
  checkOption("lookAhead", lookAhead, { minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
  checkOption("timeoutMs", timeoutMs, { minimum: 1, maximum: MAX_TIMEOUT_MS });
  return { f, label, lists, options };
}

/**
 * Refuses a name that means nothing, as a misspelt one would: no types are checked when a program
 * is run.
 *
 * @throws {TypeError} with the names that there are
 */
export function checkNames(what: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new TypeError(`Cannot use ${what} "${unknown}": expected some of ${known.join(", ")}`);
}

/**
 * Refuses an option that is no whole number in its range.
 *
 * @throws {RangeError} naming the option
 */
export function checkOption(
  name: string,
  value: number | undefined,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
): void {
  if (value === undefined || Number.isInteger(value) && value >= minimum && value <= maximum) {
    return;
  }
  throw new RangeError(
    `Cannot use ${name} ${value}: expected a whole number from ${minimum} to ${maximum}`,
  );
}
