/** Which parameters and which column a picture shows, and what becomes of the other parameters. */
import { closestString } from "@std/text/closest-string";
import type { Column, Descriptor } from "../../wasm/kernel.ts";
import type { Axis } from "../axis.ts";
import { UsageError } from "../errors.ts";
import { groupsOf } from "../grid.ts";
import type { Plan } from "../plan.ts";
import { valueWriter } from "../value_text.ts";
import { sizeOf, valueReader } from "../values.ts";

/** What was asked for; what is left out is chosen. */
export interface Asked {
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  readonly facet?: string | undefined;
  readonly color?: string | undefined;
  /** `name=value`. */
  readonly fix: readonly string[];
}

/** What a picture shows. */
export interface Choice {
  readonly x: Axis;
  readonly y: Axis | undefined;
  readonly facet: Axis | undefined;
  readonly column: Column;
  /** Places on the axes that are held at one value. */
  readonly fixed: ReadonlyMap<string, number>;
  /** Axes over which the mean is taken. */
  readonly averaged: readonly Axis[];
  /** What was decided without being asked, for a line each. */
  readonly notes: readonly string[];
}

/** Repetitions differ in nothing but their random numbers: their mean is what one wants. */
const REPETITION = "replica";

/**
 * Chooses: the longest axes as x, y and facet (of three, the shortest is the facet), replicas
 * averaged, all others held at their first value.
 *
 * @throws {UsageError} for a parameter, value or column that is not there
 */
export function choose(
  plan: Plan,
  kernel: Descriptor,
  asked: Asked,
  defaultColumn: string,
): Choice {
  const fixed = new Map(asked.fix.map((text) => parseFix(plan, text)));
  const typed = [asked.x, asked.y, asked.facet].filter((name) => name !== undefined);
  for (const name of typed) {
    if (fixed.has(name)) throw new UsageError(`Cannot fix "${name}": it is an axis of the picture`);
  }
  if (new Set(typed).size < typed.length) {
    throw new UsageError(`Cannot use "${typed.join(", ")}" as axes: expected different parameters`);
  }
  const find = (name: string | undefined) => name === undefined ? undefined : axisOf(plan, name);
  let [x, y, facet] = [find(asked.x), find(asked.y), find(asked.facet)];
  const column = columnOf(kernel, asked.color ?? defaultColumn);
  // Axes that advance together are one; whoever names one of them means the group.
  const free = groupsOf(plan).filter((group) =>
    sizeOf(group[0]!.values) > 1 &&
    !group.some(({ name }) => typed.includes(name) || fixed.has(name))
  ).map(([first]) => first!);
  const candidates = free.filter(({ name }) => name !== REPETITION)
    .sort((a, b) => sizeOf(b.values) - sizeOf(a.values));
  const places = Number(x === undefined) + Number(y === undefined) + Number(facet === undefined);
  const taken = candidates.slice(0, places);
  // Of those, whichever is shortest is the facet, and the others keep the order of the kernel.
  const third = taken.length === places && facet === undefined ? taken.pop() : undefined;
  const inOrder = plan.axes.filter((axis) => taken.includes(axis));
  x ??= inOrder.shift() ?? third ?? plan.axes[0]!;
  y ??= inOrder.shift();
  facet ??= x === third ? undefined : third;
  const notes: string[] = [];
  for (const axis of candidates.slice(places)) {
    fixed.set(axis.name, 0);
    notes.push(
      `${axis.name} has ${sizeOf(axis.values)} values: shown is ${valueText(plan, axis, 0)}, ` +
        `--fix ${axis.name}=VALUE takes another`,
    );
  }
  const averaged = free.filter(({ name }) => name === REPETITION);
  return { x, y, facet, column, fixed, averaged, notes };
}

/** A value of an axis as people know it. */
export function valueText(plan: Plan, { name, values }: Axis, place: number): string {
  return valueWriter(plan, name)(valueReader(values)(place));
}

function parseFix(plan: Plan, text: string): [string, number] {
  const equals = text.indexOf("=");
  if (equals < 1) {
    throw new UsageError(`Cannot use --fix "${text}": expected NAME=VALUE such as --fix h=0.5`);
  }
  const axis = axisOf(plan, text.slice(0, equals));
  const wanted = text.slice(equals + 1);
  const read = valueReader(axis.values);
  const write = valueWriter(plan, axis.name);
  const size = sizeOf(axis.values);
  const isNumber = wanted.trim() !== "" && Number.isFinite(Number(wanted));
  for (let place = 0; place < size; place++) {
    const value = read(place);
    if (write(value) === wanted) return [axis.name, place];
    if (isNumber && axis.texts === undefined && value === Number(wanted)) return [axis.name, place];
  }
  const few = Array.from({ length: Math.min(size, 8) }, (_, place) => write(read(place)));
  throw new UsageError(
    `Cannot use --fix "${text}": the run has no such value, expected one of ${few.join(", ")}` +
      (size > few.length ? ", …" : ""),
  );
}

function axisOf(plan: Plan, name: string): Axis {
  const axis = plan.axes.find((axis) => axis.name === name);
  if (axis !== undefined) return axis;
  const names = plan.axes.map(({ name }) => name);
  throw new UsageError(
    `Cannot use "${name}" as an axis: ` +
      (plan.parameters.includes(name)
        ? "it has one value in this run"
        : `there is no such parameter, did you mean ${closestString(name, plan.parameters)}?`) +
      `, expected one of ${names.join(", ")}`,
  );
}

/** @throws {UsageError} when the kernel has no column of that name */
function columnOf(kernel: Descriptor, name: string): Column {
  const column = kernel.columns.find((column) => column.name === name);
  if (column !== undefined) return column;
  throw new UsageError(
    `Cannot use --color "${name}": ${kernel.name} has no such column, expected one of ` +
      kernel.columns.map(({ name }) => name).join(", "),
  );
}
