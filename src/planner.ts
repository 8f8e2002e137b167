/** From what a user asks for to a plan that is checked against the kernel. */
import type { Descriptor, Parameter } from "../wasm/kernel.ts";
import { type Axis, parseAxis, sizeOf, valueReader, type Values } from "./axis.ts";
import { UsageError } from "./errors.ts";
import { gridSize, groupsOf } from "./grid.ts";
import { formatNumber } from "./format/number.ts";
import type { Plan } from "./plan.ts";
import { planSeries } from "./template.ts";

/** What a user asks for, in the user's words. */
export interface Request {
  /** Expressions for each parameter given. */
  readonly axes: ReadonlyMap<string, readonly string[]>;
  readonly zip: readonly (readonly string[])[];
  readonly seed: number;
  /** A template, `none`, or undefined for the kernel's own. */
  readonly series: string | undefined;
}

/** Points of a grid that a run can keep account of: a bit each. */
const MAX_POINTS = 1e9;

/**
 * The plan for a request.
 *
 * @param notices gets a line for everything that was changed on the way
 * @throws {UsageError} when the request cannot be carried out as written
 */
export function makePlan(kernel: Descriptor, request: Request, notices: string[]): Plan {
  const zipped = new Set(request.zip.flat());
  const axes: Axis[] = [];
  const fixed: Record<string, number> = {};
  const derived: Record<string, { of: string; dividedBy: number }> = {};
  for (const parameter of kernel.parameters) {
    const typed = request.axes.get(parameter.name);
    if (typed !== undefined) {
      const axis = parseAxis(parameter.name, typed);
      checkValues(parameter, axis.values);
      axes.push(zipped.has(parameter.name) ? axis : withoutRepeats(axis, notices));
    } else if (parameter.default === undefined) {
      throw new UsageError(
        `Cannot plan ${kernel.name}: --${parameter.name} (${parameter.doc}) is missing, ` +
          `expected values such as --${parameter.name} 1 --${parameter.name} 2`,
      );
    } else if (typeof parameter.default === "number") {
      fixed[parameter.name] = parameter.default;
    } else derived[parameter.name] = parameter.default;
  }
  checkZip(request.zip, axes);
  const size = gridSize({ axes, zip: request.zip });
  if (size > MAX_POINTS) {
    throw new UsageError(
      `Cannot plan a grid of ${size} points: expected at most ${MAX_POINTS}; ` +
        "make the axes shorter or run several",
    );
  }
  const combined = { axes, zip: request.zip, fixed, derived };
  checkOrder(kernel, combined);
  return {
    kernel: kernel.name,
    version: kernel.version,
    parameters: kernel.parameters.map(({ name }) => name),
    ...combined,
    seed: request.seed,
    series: planSeries(kernel, combined, request.series),
  };
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
    if (parameter.kind === "integer" && !Number.isSafeInteger(value)) {
      refuse(value, "a whole number below 2^53");
    }
    if (parameter.minimum !== undefined && value < parameter.minimum) {
      refuse(value, `at least ${parameter.minimum}`);
    }
    if (parameter.above !== undefined && !(value > parameter.above)) {
      refuse(value, `a number above ${parameter.above}`);
    }
  }
}

/** Drops values that came before: on a product axis they would be the same points again. */
function withoutRepeats(axis: Axis, notices: string[]): Axis {
  const { name, typed, values } = axis;
  if ("count" in values) return axis;
  // −0 and 0 are one value: the identity of a point knows no sign of zero.
  const unique = [...new Set(values)].map((value) => value === 0 ? 0 : value);
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
    checkRows(written, members);
  }
}

/** Refuses a row of zipped values that came before. */
function checkRows(written: string, members: readonly Axis[]): void {
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
        `Cannot use ${written}: rows ${before + 1} and ${i + 1} are both ${row}, ` +
          "expected each once",
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
