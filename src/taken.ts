/** Files that the series and figures of a plan would take the place of. */
import { dirname } from "@std/path/posix/dirname";
import { join } from "@std/path/posix/join";
import { isAbsence, reasonOf, UsageError } from "./errors.ts";
import { placeOf } from "./files.ts";
import { type Filter, loadFilter } from "./filter.ts";
import { gridSize, makeGrid } from "./grid.ts";
import { filesAxis, type Plan } from "./plan.ts";
import { resolveLinks } from "./real_path.ts";
import { FIGURES, folded, hasId, namePatterns, seriesNamer } from "./template.ts";
import { isThere } from "./text_file.ts";

/** What a run writes besides its series. */
const OWN = /^(run\.json|results\.csv|failures\.csv|(ledger|inputs|figures|sessions)(\/.*)?)$/;
/** Points whose names are compared one by one; beyond, what could be a name is taken for one. */
const MAX_COMPARED = 1e6;
/** A plan with more points that extends another is not looked at: its own files are too many. */
const MAX_EXTENDED = 1e5;

/** The first file of a directory that is there and that a plan would replace, by its name below. */
export async function findTaken(plan: Plan, directory: string): Promise<string | undefined> {
  return await firstNamed(plan, namesBelow(directory, plan));
}

/**
 * The same for a plan that extends one, whose files are its own. A file by the name of an id, which
 * nobody makes up, is not found, nor one of a grid of more than 10⁵ points.
 */
export async function findStranger(
  plan: Plan,
  directory: string,
  extended: Plan,
): Promise<string | undefined> {
  if (hasId(plan.series!) || gridSize(plan) > MAX_EXTENDED) return undefined;
  const own = new Set(namesOf(extended, await loadFilter(extended)));
  const others = namesBelow(directory, plan).filter((name) => !own.has(folded(name)));
  return await firstNamed(plan, others);
}

/**
 * Refuses a plan that would write over its own input files.
 *
 * @param folder where relative paths of files start
 */
export async function refuseOwnInputs(
  plan: Plan,
  { directory, typedDirectory, folder }: {
    readonly directory: string;
    readonly typedDirectory: string;
    readonly folder: string;
  },
): Promise<void> {
  if (!isThere(directory)) return;
  const name = await firstNamed(plan, inputsBelow(plan, directory, folder));
  if (name === undefined) return;
  throw new UsageError(
    `Cannot write to "${join(typedDirectory, name)}": it is one of the input files, expected ` +
      "other names (--series TEMPLATE) or another directory (-o DIR)",
  );
}

/**
 * Refuses a file for something else in the place of what a run writes.
 *
 * @param typed what the user called the path
 */
export async function refuseOwnFile(
  plan: Plan,
  { directory, path, typed }: {
    readonly directory: string;
    readonly path: string;
    readonly typed: string;
  },
): Promise<void> {
  if (!path.startsWith(`${directory}/`)) return;
  const name = path.slice(directory.length + 1);
  if (!OWN.test(name) && await firstNamed(plan, [name]) === undefined) return;
  throw new UsageError(
    `Cannot write to "${typed}": that is for what the run writes, expected another name`,
  );
}

/** The first of some names that a point of the plan writes to. */
async function firstNamed(plan: Plan, names: Iterable<string>): Promise<string | undefined> {
  const patterns = patternsOf(plan);
  const possible = new Map<string, string>();
  for (const name of names) {
    const parts = folded(name).split("/");
    const isPossible = patterns.some((pattern) =>
      pattern.length === parts.length && pattern.every((part, i) => part.test(parts[i]!))
    );
    if (isPossible) possible.set(folded(name), name);
  }
  if (possible.size === 0) return undefined;
  // An id depends on what a file holds, which nobody has read yet.
  const isPlain = !hasId(plan.series!) && gridSize(plan) <= MAX_COMPARED;
  if (!isPlain) return possible.values().next().value;
  for (const name of namesOf(plan, await loadFilter(plan))) {
    const found = possible.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The names, folded, that the points of a plan write to. */
function* namesOf(plan: Plan, includes: Filter): Generator<string> {
  const grid = makeGrid(plan);
  const nameOf = seriesNamer(plan.series!, plan);
  const values = new Float64Array(plan.parameters.length);
  const noId = new Uint32Array(4);
  for (let index = 0; index < grid.size; index++) {
    grid.decode(index, values);
    if (!includes(values, index)) continue;
    const name = folded(nameOf(values, noId));
    yield name;
    if (plan.figures) yield `${FIGURES}/${name}`;
  }
}

/** What the parts of paths look like that a plan writes below its directory. */
function patternsOf({ series, figures }: Plan): RegExp[][] {
  if (series === null) return [];
  return [series, ...figures ? [`${FIGURES}/${series}`] : []].map(namePatterns);
}

/** What is there under paths that look like those of the plan. */
function* namesBelow(directory: string, plan: Plan): Generator<string> {
  for (const patterns of patternsOf(plan)) yield* matching(directory, "", patterns);
}

function* matching(
  directory: string,
  below: string,
  [first, ...rest]: readonly RegExp[],
): Generator<string> {
  for (const { name, isDirectory } of entriesOf(join(directory, below))) {
    if (!first!.test(folded(name))) continue;
    if (rest.length === 0) yield below + name;
    else if (isDirectory) yield* matching(directory, `${below}${name}/`, rest);
  }
}

/** What a folder holds; nothing when it was removed meanwhile. */
function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (isAbsence(error)) return [];
    throw new UsageError(
      `Cannot read "${folder}": ${reasonOf(error)}, expected a folder that can be looked through`,
      { cause: error },
    );
  }
}

/** The input files in a directory, by their names below it: as they are called and as they are. */
function* inputsBelow(plan: Plan, directory: string, folder: string): Generator<string> {
  const inside = directory.endsWith("/") ? directory : `${directory}/`;
  const folders = new Map<string, string>();
  for (const text of filesAxis(plan)?.texts ?? []) {
    const place = placeOf(text, folder);
    const parent = dirname(place);
    const known = folders.get(parent) ?? resolveLinks(parent);
    folders.set(parent, known);
    // A link is replaced itself, not what it leads to; neither must happen.
    const path = known + place.slice(parent.length);
    if (path.startsWith(inside)) yield path.slice(inside.length);
    const real = isLink(path) ? resolveLinks(path) : path;
    if (real !== path && real.startsWith(inside)) yield real.slice(inside.length);
  }
}

/** Whether a path is a link itself; to ask that is quicker than to resolve it. */
function isLink(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSymlink;
  } catch {
    // Its point will find out what is wrong with it.
    return false;
  }
}
