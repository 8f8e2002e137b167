/** From what a user asks for to a plan that is checked against the kernel. */
import type { Descriptor, Parameter } from "../wasm/kernel.ts";
import { type Axis, missedStops, parseAxis } from "./axis.ts";
import { sizeOf, valueReader, type Values } from "./values.ts";
import { closestString } from "@std/text/closest-string";
import { toNumber } from "./decimal.ts";
import { UsageError } from "./errors.ts";
import { gridSize, groupsOf } from "./grid.ts";
import { formatNumber } from "./format/number.ts";
import { readColumns, type ReadInput } from "./input.ts";
import type { Plan } from "./plan.ts";
import { planSeries } from "./template.ts";

/** What a user asks for, in the user's words. */
export interface Request {
  /** Expressions for each parameter given; of files their paths. */
  readonly axes: ReadonlyMap<string, readonly string[]>;
  readonly zip: readonly (readonly string[])[];
  /** A CSV file with a column a parameter and a row a point. */
  readonly points: string | undefined;
  /** Repetitions of every point: values 0…replicas − 1 of the parameter `replica`. */
  readonly replicas: number | undefined;
  readonly where: string | undefined;
  readonly seed: number;
  /** A template, `none`, or undefined for the kernel's own. */
  readonly series: string | undefined;
  /** A figure for each point besides. */
  readonly figures?: boolean;
  /** Gives the text of files that the request names. */
  readonly read: ReadInput;
}

/** The parameter that `--replicas` sets. */
const REPLICA = "replica";
/** Points of a grid that a run can keep account of: a bit each. */
const MAX_POINTS = 1e9;

/**
 * The plan for a request. Its condition is read by whoever first needs it (`loadFilter`).
 *
 * @param notices gets a line for everything that was changed on the way
 * @throws {UsageError} when the request cannot be carried out as written
 */
export function makePlan(kernel: Descriptor, request: Request, notices: string[]): Plan {
  const { axes, zip } = makeAxes(kernel, request, notices);
  const fixed: Record<string, number> = {};
  const derived: Record<string, { of: string; dividedBy: number }> = {};
  for (const { name, doc, default: fallback } of kernel.parameters) {
    if (axes.some((axis) => axis.name === name)) continue;
    if (fallback === undefined && isAlwaysIdle(kernel, name, axes)) fixed[name] = 0;
    else if (fallback === undefined) {
      throw new UsageError(
        `Cannot plan ${kernel.name}: --${name} (${doc}) is missing, ` +
          `expected values such as --${name} 1 --${name} 2`,
      );
    } else if (typeof fallback === "number") fixed[name] = fallback;
    else derived[name] = fallback;
  }
  const size = gridSize({ axes, zip });
  if (size > MAX_POINTS) {
    throw new UsageError(
      `Cannot plan a grid of ${size} points: expected at most ${MAX_POINTS}; ` +
        "make the axes shorter or run several",
    );
  }
  const combined = { axes, zip, fixed, derived };
  checkOrder(kernel, combined);
  const parameters = kernel.parameters.map(({ name }) => name);
  const named = { kernel: kernel.name, parameters, ...combined, ...idleOf(kernel) };
  return {
    ...{ version: kernel.version, ...named },
    where: request.where ?? null,
    seed: request.seed,
    series: planSeries(kernel, named, request.series),
    ...request.figures ? { figures: true } : {},
  };
}

/** Which parameters have no influence at some choices of another, in numbers. */
function idleOf({ parameters }: Descriptor): Pick<Plan, "idle"> {
  const idle = parameters.flatMap(({ name, idle }) => {
    if (idle === undefined) return [];
    const { choices } = parameters.find(({ name }) => name === idle.of)!;
    return [{ name, of: idle.of, at: idle.at.map((choice) => choices!.indexOf(choice)) }];
  });
  return idle.length === 0 ? {} : { idle };
}

/** Whether a parameter has no influence on any point, by the choices of an axis. */
function isAlwaysIdle(kernel: Descriptor, name: string, axes: readonly Axis[]): boolean {
  const idle = idleOf(kernel).idle?.find((idle) => idle.name === name);
  const values = axes.find((axis) => axis.name === idle?.of)?.values;
  return values !== undefined && Array.isArray(values) &&
    values.every((value) => idle!.at.includes(value));
}

/** The axes in the kernel's order, and which of them advance together. */
function makeAxes(
  kernel: Descriptor,
  request: Request,
  notices: string[],
): Pick<Plan, "axes" | "zip"> {
  const given = new Map<string, Axis>();
  const add = (option: string, axis: Axis) => {
    if (!kernel.parameters.some(({ name }) => name === axis.name)) {
      const names = kernel.parameters.map(({ name }) => name);
      throw new UsageError(
        `Cannot use ${option}: ${kernel.name} has no parameter "${axis.name}", ` +
          `expected one of ${names.join(", ")}`,
      );
    }
    if (given.has(axis.name)) {
      throw new UsageError(`Cannot use ${option} with --${axis.name}: expected one of the two`);
    }
    given.set(axis.name, axis);
  };
  const { points, replicas, read } = request;
  for (const [name, typed] of request.axes) {
    const { kind, choices } = kernel.parameters.find((parameter) => parameter.name === name) ?? {};
    if (kind === "choice") add(`--${name}`, choiceAxis(name, typed, choices!));
    else if (kind === "file") add(`--${name}`, fileAxis(name, typed, notices));
    else {
      add(`--${name}`, parseAxis(name, typed, read));
      notices.push(...missedStops(name, typed));
    }
  }
  if (replicas !== undefined) {
    const typed = [`0:${replicas - 1}`];
    add("--replicas", parseAxis(REPLICA, typed, read));
  }
  const zip = [...request.zip];
  const table = points === undefined ? undefined : readPoints(points, read);
  if (table !== undefined) {
    for (const axis of table) add(`--points ${points}`, axis);
    if (table.length > 1) zip.push(table.map(({ name }) => name));
  }
  const zipped = new Set([...zip.flat(), ...table?.map(({ name }) => name) ?? []]);
  const axes = kernel.parameters.flatMap((parameter) => {
    const axis = given.get(parameter.name);
    if (axis === undefined) return [];
    checkValues(parameter, axis.values);
    return zipped.has(parameter.name) ? axis : withoutRepeats(axis, notices);
  });
  checkZip(request.zip, axes);
  return { axes, zip };
}

/** Names of choices, comma-separated, as their numbers. */
function choiceAxis(name: string, typed: readonly string[], choices: readonly string[]): Axis {
  const values = typed.flatMap((text) => text.split(",")).map((text) => {
    const value = choices.indexOf(text.trim());
    if (value >= 0) return value;
    const nearest = closestString(text.trim(), [...choices]);
    throw new UsageError(
      `Cannot use --${name} "${text}": did you mean ${nearest}? expected ${choices.join(", ")}`,
    );
  });
  return { name, typed, values };
}

/** Paths, each once, numbered. */
function fileAxis(name: string, paths: readonly string[], notices: string[]): Axis {
  const texts = [...new Set(paths)];
  const repeats = paths.length - texts.length;
  if (repeats > 0) {
    const repeated = paths.find((path, i) => paths.indexOf(path) !== i);
    notices.push(
      `--${name}: ${repeats} repeated name${repeats === 1 ? "" : "s"} dropped, ` +
        `the first is ${repeated}`,
    );
  }
  return { name, typed: [], values: texts.map((_, file) => file), texts };
}

/** The columns of a file of points, in which no row is there twice. */
function readPoints(source: string, read: ReadInput): Axis[] {
  const columns = [...readColumns(source, read)];
  const lines = columns[0]![1].map(({ line }) => line);
  const axes = columns.map(([name, cells]) => ({
    name,
    typed: [`@${source}:${name}`],
    values: cells.map(({ value }) => toNumber(value)),
  }));
  checkRows(`--points ${source}`, axes, (row) => `lines ${lines[row[0]]} and ${lines[row[1]]}`);
  return axes;
}

/** Refuses values outside a parameter's bounds. */
function checkValues(parameter: Parameter, values: Values): void {
  const refuse = (value: number, expected: string): never => {
    throw new UsageError(
      `Cannot use --${parameter.name} ${formatNumber(value)}: expected ${expected}` +
        ` (${parameter.doc})`,
    );
  };
  const read = valueReader(values);
  const count = sizeOf(values);
  // A range is checked at its ends and its first step: it is monotonic and evenly spaced.
  const checked = "count" in values ? [0, Math.min(1, count - 1), count - 1] : values.keys();
  for (const index of checked) {
    const value = read(index);
    const isWhole = Number.isSafeInteger(value) || value === parameter.maximum;
    if (parameter.kind === "integer" && !isWhole) refuse(value, "a whole number below 2^53");
    if (parameter.above !== undefined && !(value > parameter.above)) {
      refuse(value, `a number above ${parameter.above}`);
    }
    if (parameter.minimum !== undefined && value < parameter.minimum) {
      refuse(value, `at least ${parameter.minimum}`);
    }
    if (parameter.maximum !== undefined && value > parameter.maximum) {
      refuse(value, `at most ${parameter.maximum}`);
    }
  }
}

/** Drops values that came before: on a product axis they would be the same points again. */
function withoutRepeats(axis: Axis, notices: string[]): Axis {
  const { name, typed, values } = axis;
  if ("count" in values || axis.texts !== undefined) return axis;
  // −0 and 0 are one value: the identity of a point knows no sign of zero.
  const unique = [...new Set(values.map((value) => value === 0 ? 0 : value))];
  const repeats = values.length - unique.length;
  if (repeats > 0) {
    const seen = new Set<number>();
    const repeated = values.find((value) => seen.size === seen.add(value).size);
    notices.push(
      `--${name}: ${repeats} repeated value${repeats === 1 ? "" : "s"} dropped, ` +
        `the first is ${formatNumber(repeated!)}`,
    );
  }
  return { name, typed, values: unique };
}

function checkZip(zip: Plan["zip"], axes: readonly Axis[]): void {
  const seen = new Set<string>();
  for (const names of zip) {
    const written = `--zip ${names.join(",")}`;
    if (names.length < 2) {
      throw new UsageError(`Cannot use ${written}: expected two axes or more, such as beta,m`);
    }
    const members = names.map((name) => {
      const axis = axes.find((axis) => axis.name === name);
      if (axis === undefined) {
        throw new UsageError(`Cannot use ${written}: no values for ${name}, expected --${name} …`);
      }
      if (seen.has(name)) {
        throw new UsageError(`Cannot use ${written}: ${name} is zipped twice, expected once`);
      }
      seen.add(name);
      return axis;
    });
    const sizes = new Set(members.map(({ values }) => sizeOf(values)));
    if (sizes.size > 1) {
      const lengths = members.map(({ name, values }) => `${name} has ${sizeOf(values)}`);
      throw new UsageError(
        `Cannot use ${written}: ${lengths.join(", ")} values, expected equal numbers`,
      );
    }
    checkRows(written, members, ([first, second]) => `rows ${first + 1} and ${second + 1}`);
  }
}

/** Refuses a row of zipped values that came before; `place` tells where the two are. */
function checkRows(
  written: string,
  members: readonly Axis[],
  place: (rows: [first: number, second: number]) => string,
): void {
  const size = sizeOf(members[0]!.values);
  // One long range has no repeats, so neither have the rows it is part of.
  if (members.some(({ values }) => "count" in values)) return;
  const readers = members.map(({ values }) => valueReader(values));
  const rows = new Map<string, number>();
  for (let i = 0; i < size; i++) {
    const row = readers.map((read) => formatNumber(read(i))).join(", ");
    const before = rows.get(row);
    if (before !== undefined) {
      throw new UsageError(
        `Cannot use ${written}: ${place([before, i])} are both ${row}, expected each once`,
      );
    }
    rows.set(row, i);
  }
}

/** Refuses plans in which a parameter is not below the one that bounds it, at any point. */
function checkOrder(
  kernel: Descriptor,
  plan: Pick<Plan, "axes" | "zip" | "fixed" | "derived">,
): void {
  for (const { name, lessThan } of kernel.parameters) {
    if (lessThan === undefined || name in plan.derived) continue;
    const lower = extentOf(plan, name);
    const upper = extentOf(plan, lessThan);
    const together = groupsOf(plan).some((group) =>
      group.some((axis) => axis.name === name) && group.some((axis) => axis.name === lessThan)
    );
    const [low, high] = together
      ? firstDisorder(plan, name, lessThan)
      : [lower.largest, upper.smallest];
    if (!(low < high)) {
      throw new UsageError(
        `Cannot use --${name} ${formatNumber(low)} with --${lessThan} ${formatNumber(high)}: ` +
          `expected ${name} below ${lessThan}`,
      );
    }
  }
}

/** The zipped pair of values that is out of order, or the last pair. */
function firstDisorder(plan: Pick<Plan, "axes">, name: string, other: string): [number, number] {
  const [a, b] = [name, other].map((wanted) => plan.axes.find((axis) => axis.name === wanted)!);
  const [readA, readB] = [valueReader(a!.values), valueReader(b!.values)];
  let pair: [number, number] = [NaN, NaN];
  for (let i = 0; i < sizeOf(a!.values); i++) {
    pair = [readA(i), readB(i)];
    if (!(pair[0] < pair[1])) break;
  }
  return pair;
}

/** The smallest and the largest value of a parameter over the grid. */
function extentOf(
  plan: Pick<Plan, "axes" | "fixed">,
  name: string,
): { smallest: number; largest: number } {
  const values = plan.axes.find((axis) => axis.name === name)?.values ?? [plan.fixed[name]!];
  const read = valueReader(values);
  if ("count" in values) {
    const ends = [read(0), read(values.count - 1)] as const;
    return { smallest: Math.min(...ends), largest: Math.max(...ends) };
  }
  return {
    smallest: values.reduce((a, b) => Math.min(a, b)),
    largest: values.reduce((a, b) => Math.max(a, b)),
  };
}
