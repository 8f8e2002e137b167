/** Plans that only add values to the axes of another: rows of the smaller one are still good. */
import type { Axis } from "./axis.ts";
import { formatNumber } from "./format/number.ts";
import { gridSize, groupsOf } from "./grid.ts";
import type { Plan } from "./plan.ts";
import { sizeOf, valueReader, type Values } from "./values.ts";

/** Rows of an axis that is extended; a longer one can only stay as it is. */
const MAX_MAPPED = 1e6;

/** Where the points of an older plan stand in a newer one. */
export type IndexMap = (index: number) => number;

/** One group of axes of the newer plan, as the older one has it. */
interface Turn {
  readonly oldSize: number;
  readonly newSize: number;
  /** The newer row of each older row; undefined when they are the same. */
  readonly rows: readonly number[] | undefined;
}

/**
 * The way from indices of an older plan to those of a newer one; undefined when the newer plan is
 * no extension: it must have the same kernel, seed, condition and names of series, axes that
 * advance together in the same groups, and every row of values that the older one has. A parameter
 * that was at its default may become an axis that has the default among its values.
 */
export function indexMap(older: Plan, newer: Plan): IndexMap | undefined {
  const turns = turnsBetween(older, newer);
  if (turns === undefined) return undefined;
  if (turns.every(({ rows }) => rows === undefined)) return (index) => index;
  return (index) => {
    let rest = index;
    let place = 1;
    let mapped = 0;
    for (let i = turns.length - 1; i >= 0; i--) {
      const { oldSize, newSize, rows } = turns[i]!;
      const row = rest % oldSize;
      rest = (rest - row) / oldSize;
      mapped += place * (rows === undefined ? row : rows[row]!);
      place *= newSize;
    }
    return mapped;
  };
}

/** Whether a plan has all points of another, and more of them or as many. */
export function isExtension(older: Plan, newer: Plan): boolean {
  return gridSize(newer) >= gridSize(older) && indexMap(older, newer) !== undefined;
}

function turnsBetween(older: Plan, newer: Plan): Turn[] | undefined {
  const same = (["kernel", "version", "seed", "where", "series", "figures"] as const)
    .every((key) => older[key] === newer[key]);
  const kept = Object.entries(newer.fixed).every(([name, value]) => older.fixed[name] === value);
  const derived = JSON.stringify(older.derived) === JSON.stringify(newer.derived);
  if (!same || !kept || !derived) return undefined;
  const oldGroups = groupsOf(older);
  const turns: Turn[] = [];
  let matched = 0;
  for (const group of groupsOf(newer)) {
    const names = group.map(({ name }) => name);
    const oldGroup = oldGroups.find((axes) => axes.some(({ name }) => names.includes(name)));
    const oldValues = names.map((name) =>
      keysOf(oldGroup?.find((axis) => axis.name === name)) ?? defaultOf(older, name)
    );
    if (oldGroup !== undefined && oldGroup.length !== group.length) return undefined;
    if (oldValues.some((values) => values === undefined)) return undefined;
    if (oldGroup !== undefined) matched++;
    const turn = turnOf(oldValues as Keys[], group.map((axis) => keysOf(axis)!));
    if (turn === undefined) return undefined;
    turns.push(turn);
  }
  // An older axis that is none any more was checked with the defaults: it is no extension.
  return matched === oldGroups.length ? turns : undefined;
}

/** What tells the rows of an axis apart: its values, or the names that they stand for. */
type Keys = Values | readonly string[];

function keysOf(axis: Axis | undefined): Keys | undefined {
  return axis?.texts ?? axis?.values;
}

/** The values of a parameter that had no axis. */
function defaultOf(plan: Plan, name: string): Values | undefined {
  const value = plan.fixed[name];
  return value === undefined ? undefined : [value];
}

function turnOf(older: readonly Keys[], newer: readonly Keys[]): Turn | undefined {
  const oldSize = lengthOf(older[0]!);
  const newSize = lengthOf(newer[0]!);
  if (JSON.stringify(older) === JSON.stringify(newer)) return { oldSize, newSize, rows: undefined };
  if (oldSize > MAX_MAPPED) return undefined;
  const find = rowFinder(newer);
  const text = rowText(older);
  const [leading] = older;
  const first = isNames(leading!) ? () => 0 : valueReader(leading!);
  const rows: number[] = [];
  for (let row = 0; row < oldSize; row++) {
    const place = find(text(row), first(row));
    if (place === undefined) return undefined;
    rows.push(place);
  }
  return { oldSize, newSize, rows };
}

/** A row as text. */
function rowText(keys: readonly Keys[]): (row: number) => string {
  const writers = keys.map((key) => {
    if (isNames(key)) return (row: number) => JSON.stringify(key[row]);
    const read = valueReader(key);
    return (row: number) => formatNumber(read(row));
  });
  return (row) => writers.map((write) => write(row)).join(" ");
}

/** What finds the row with a text, whose first value is given. */
function rowFinder(keys: readonly Keys[]): (text: string, first: number) => number | undefined {
  const textOf = rowText(keys);
  const leading = keys[0]!;
  if ("count" in leading) {
    // A long range is monotonic: no list of its values is needed.
    const read = valueReader(leading);
    const sign = read(leading.count - 1) < read(0) ? -1 : 1;
    return (text, first) => {
      let low = 0;
      let high = leading.count - 1;
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if (sign * read(middle) < sign * first) low = middle + 1;
        else high = middle;
      }
      return textOf(low) === text ? low : undefined;
    };
  }
  const places = new Map<string, number>();
  for (let row = 0; row < leading.length; row++) places.set(textOf(row), row);
  return (text) => places.get(text);
}

function isNames(keys: Keys): keys is readonly string[] {
  return !("count" in keys) && typeof keys[0] === "string";
}

function lengthOf(keys: Keys): number {
  return isNames(keys) ? keys.length : sizeOf(keys);
}
