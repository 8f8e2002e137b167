/** The function that a word of the command line names. */
import { isAbsolute } from "@std/path/posix/is-absolute";
import { join } from "@std/path/posix/join";
import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";
import { addressOf } from "./address.ts";
import { UsageError } from "./errors.ts";
import { globalPaths, plainGlobal } from "./pool/global_functions.ts";
import { type ModuleFunction, moduleFunction } from "./pool/module_function.ts";

/** A function with what it needs. */
export interface NamedFunction {
  readonly f: ((...args: number[]) => unknown) | ModuleFunction<number[], unknown>;
  readonly permissions: Deno.PermissionOptions;
}

/** Permissions that a file's function may be given. */
export const GRANTS = ["read", "write", "env", "sys"] as const;

/** A word that differs from a name in no larger a part of its letters may be that name. */
const NEAR_PART = 1 / 3;
/** What can only be a file, and what of it can be loaded. */
const FILE = /\/|\.[cm]?[jt]s$/;
const MODULE = /\.([cm]?[jt]s|[jt]sx)$/;

/** gridiron's own functions. */
const OWN: Readonly<Record<string, NamedFunction>> = {
  host: {
    f: moduleFunction<(...args: number[]) => unknown>(addressOf("src/host.ts"), "host"),
    permissions: { sys: ["hostname"] },
  },
};

/** How the function of a file is looked for. */
export interface FilePlace {
  /** The user's working directory. */
  readonly base: string;
  /** What the function may do. */
  readonly granted: readonly string[];
}

/**
 * `pow`, `Math.hypot` (functions of the global objects), `host` (gridiron's own), `./file.ts#name`.
 *
 * @throws {UsageError} when there is no such function
 */
export function findFunction(word: string, place: FilePlace): NamedFunction {
  const hash = word.lastIndexOf("#");
  if (hash > 0) return functionOfFile(word.slice(0, hash), word.slice(hash + 1), place);
  if (FILE.test(word)) return functionOfFile(word, "", place);
  const own = Object.hasOwn(OWN, word) ? OWN[word] : undefined;
  const path = pathOf(word);
  const found = own ?? (path === undefined ? undefined : functionAt(path));
  if (found === undefined) {
    throw new UsageError(
      `Cannot find the function "${word}": ${guess(word)}expected one of the global objects' ` +
        `(Math.hypot), gridiron's own (${Object.keys(OWN).join(", ")}) or ./file.ts#export`,
    );
  }
  if (place.granted.length > 0) {
    throw new UsageError(`Cannot use --allow with "${word}": only a file's function may need it`);
  }
  return found;
}

/** The path of a global function by its path, or by its own name when it is one of Math's. */
function pathOf(word: string): string | undefined {
  const paths = globalPaths();
  return [word, `Math.${word}`].find((path) => paths.includes(path));
}

/** A name that may have been meant, as a question; empty when none is near. */
function guess(word: string): string {
  const paths = globalPaths();
  const names = [
    ...Object.keys(OWN),
    ...paths.map((path) => path.replace(/^Math\./, "")),
    ...paths,
  ];
  const nearest = closestString(word, names);
  const [written, meant] = [word.toLowerCase(), nearest.toLowerCase()];
  const isNear = levenshteinDistance(written, meant) <= NEAR_PART * written.length ||
    // Two letters that changed places would count as two.
    sorted(written) === sorted(meant);
  return isNear ? `did you mean ${nearest}? ` : "";
}

function sorted(word: string): string {
  return [...word].sort().join("");
}

function functionAt(path: string): NamedFunction {
  const f = plainGlobal(path) as (...args: number[]) => unknown;
  return { f, permissions: "none" };
}

function functionOfFile(file: string, name: string, { base, granted }: FilePlace): NamedFunction {
  const path = isAbsolute(file) ? file : join(base, file);
  if (name === "") {
    throw new UsageError(
      `Cannot use "${file}": the name of its export is missing, expected ${file}#NAME`,
    );
  }
  try {
    if (!Deno.statSync(path).isFile) throw new Error("it is no file");
  } catch {
    throw new UsageError(`Cannot load "${file}": there is no such file, expected ./file.ts#export`);
  }
  if (!MODULE.test(path)) {
    throw new UsageError(
      `Cannot load "${file}": it is no module that runs here, expected TypeScript or JavaScript ` +
        "(.ts, .js)",
    );
  }
  const url = new URL("file:///");
  url.pathname = path.replaceAll("%", "%25");
  const wrong = granted.find((grant) => !GRANTS.includes(grant as never));
  if (wrong !== undefined) {
    throw new UsageError(`Cannot use --allow "${wrong}": expected some of ${GRANTS.join(",")}`);
  }
  const inherited = granted.map((grant) => [grant, "inherit"]);
  return {
    f: moduleFunction<(...args: number[]) => unknown>(url, name),
    permissions: granted.length === 0 ? "none" : Object.fromEntries(inherited),
  };
}
