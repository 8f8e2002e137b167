/**
 * Files that a pattern such as `shots/*.{jpg,png}` matches, for words that no shell has expanded.
 * What a set or a star means is left to the standard library; the walk is here, because the
 * library's gives absolute paths, hidden files among them, where paths are kept as they were typed.
 */
import { globToRegExp } from "@std/path/posix/glob-to-regexp";
import { isAbsolute } from "@std/path/posix/is-absolute";
import { isAbsence, messageOf, reasonOf, UsageError } from "./errors.ts";

/** Patterns that the braces of one may stand for. */
export const MAX_ALTERNATIVES = 1000;

/** What makes a word a pattern; braces count as well. */
const MAGIC = /[*?]|\[[^\]/]+\]/;
/** Braces with a comma and no other braces in them; `\{` is a plain character. */
const BRACES = /^(.*?)(?<!\\)\{([^{},]*,[^{}]*)\}(.*)$/s;
/** In a name: an escaped character, a set such as `[a-z]`, a bracket that stands alone, a brace. */
const TOKEN = /\\.|\[(?:\[:\w+:\]|\\.|[^\]\\])+\]|[[{}]/gs;
/** The part of a pattern that stands for any number of folders. */
const ANY_FOLDERS = "**";

/** Where files are looked for, and how many are too many. */
export interface GlobPlace {
  readonly base: string;
  readonly limit: number;
}

/** The rest of a pattern, from one name of a path on. */
interface Names {
  /** Whether a name is meant; undefined for any number of folders. */
  readonly test: ((name: string) => boolean) | undefined;
  /** What follows; undefined at the end, never after any number of folders. */
  readonly rest: Names | undefined;
}

/**
 * The files and links to files that a pattern matches, each once, sorted by code point and spelled
 * as the pattern is: `./*.png` gives `./a.png`.
 *
 * `*`, `?` (one UTF-16 unit), `[a-z]`, `[!a-z]`, `{a,b}`, `**` (any number of folders) and `\` mean
 * what they do in a shell; a name that begins with a dot is meant only by a pattern that does.
 * Links to folders are followed only in front of the first such character, where the user named
 * them: nothing outside that folder is found, and there are no circles.
 *
 * @throws {UsageError} for more files than the limit, folders that cannot be read, bad patterns
 */
export function expandGlob(pattern: string, { base, limit }: GlobPlace): string[] {
  const found = new Set<string>();
  const visit = (folder: string, wanted: readonly Names[]) => {
    for (const entry of readFolder(pattern, inBase(base, folder))) {
      const { isMatch, below } = step(wanted, entry.name);
      const path = folder + entry.name;
      if (isMatch && isFile(entry, inBase(base, path))) found.add(path);
      if (found.size > limit) {
        throw cannotExpand(pattern, `it matches too many files, expected at most ${limit}`);
      }
      if (entry.isDirectory && below.length > 0) visit(`${path}/`, below);
    }
  };
  const walks = Map.groupBy(
    alternatives(pattern).map((alternative) => parse(pattern, alternative)),
    ({ folder }) => folder,
  );
  for (const [folder, plans] of walks) visit(folder, plans.flatMap(({ names }) => names ?? []));
  return [...found].sort(compareCodePoints);
}

/** Whether a word is a pattern, by its characters alone. */
export function isPattern(word: string): boolean {
  return MAGIC.test(word) || BRACES.test(word);
}

/**
 * What a name in a folder means: whether a pattern ends with it, and what is wanted below it. All
 * patterns of a folder are followed together, so that each folder is read once.
 */
function step(wanted: readonly Names[], name: string): { isMatch: boolean; below: Names[] } {
  const below = new Set<Names>();
  let isMatch = false;
  for (let names of wanted) {
    for (; names.test === undefined; names = names.rest!) {
      if (!name.startsWith(".")) below.add(names);
    }
    if (!names.test(name)) continue;
    if (names.rest === undefined) isMatch = true;
    else below.add(names.rest);
  }
  return { isMatch, below: [...below] };
}

/**
 * The patterns without braces that a pattern stands for. Not left to the library, which would let
 * hidden names slip in between braces, and folders out.
 */
function alternatives(pattern: string): string[] {
  const done = new Set<string>();
  const open = [pattern];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [, before, inside, after] = BRACES.exec(next) ?? [];
    if (inside === undefined) done.add(next);
    else open.push(...inside.split(",").map((part) => before + part + after));
    if (done.size + open.length > MAX_ALTERNATIVES) {
      throw cannotExpand(
        pattern,
        `its braces stand for too many patterns, expected at most ${MAX_ALTERNATIVES}`,
      );
    }
  }
  return [...done];
}

/**
 * The folder that a pattern names as it is, empty or with a slash at its end, and what is looked
 * for in it: nothing for a pattern that ends as only the paths of folders do.
 */
function parse(pattern: string, text: string): { folder: string; names: Names | undefined } {
  const parts = text.split("/");
  const first = parts.findIndex((part) => MAGIC.test(part) || part.includes("\\"));
  const count = first < 0 ? parts.length - 1 : first;
  const folder = parts.slice(0, count).map((part) => `${part}/`).join("");
  const rest = parts.slice(count);
  if (["", ".", ".."].includes(rest.at(-1)!)) return { folder, names: undefined };
  if (rest.at(-1) === ANY_FOLDERS) rest.push("*");
  let names: Names | undefined;
  for (const part of rest.reverse()) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      throw cannotExpand(pattern, `it has ".." after a pattern, expected that only before`);
    }
    names = { test: part === ANY_FOLDERS ? undefined : nameTest(pattern, part), rest: names };
  }
  return { folder, names };
}

/** Whether a name is what a part of a pattern says. */
function nameTest(pattern: string, part: string): (name: string) => boolean {
  const isHiddenMeant = /^\\?\./.test(part);
  // The library takes [^a] for a caret or an a, and a name with a lone [ for no pattern at all.
  const glob = part.replace(TOKEN, (token) => {
    if (token.startsWith("[^")) return `[!${token.slice(2)}`;
    return token.length === 1 ? `\\${token}` : token;
  });
  try {
    const { source } = globToRegExp(glob, { extended: false, globstar: false });
    const expression = new RegExp(source, "s");
    return (name) => (isHiddenMeant || !name.startsWith(".")) && expression.test(name);
  } catch (error) {
    throw cannotExpand(pattern, `${messageOf(error)}, expected sets such as [a-z]`, error);
  }
}

/** What a folder holds; nothing where there is none. */
function readFolder(pattern: string, path: string): Iterable<Deno.DirEntry> {
  try {
    return [...Deno.readDirSync(path)];
  } catch (error) {
    if (isAbsence(error)) return [];
    throw cannotExpand(pattern, `${reasonOf(error)}, expected folders that can be read`, error);
  }
}

/** Whether an entry is a file or a link to one. A link that leads nowhere is none. */
function isFile({ isFile, isSymlink }: Deno.DirEntry, path: string): boolean {
  if (!isSymlink) return isFile;
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** A path that was typed in a folder, as the system is asked for it. */
export function inBase(base: string, path: string): string {
  return isAbsolute(path) ? path : `${base}/${path}`;
}

/** Compares as UTF-8 would: surrogates, which stand for the last code points, come last. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = order(a.charCodeAt(i)) - order(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function order(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function cannotExpand(pattern: string, why: string, cause?: unknown): UsageError {
  return new UsageError(`Cannot expand "${pattern}": ${why}`, { cause });
}
