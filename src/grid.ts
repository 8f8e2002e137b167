/** The grid: axes combined by product and zip, never written out; point i comes from i. */
import type { Axis } from "./axis.ts";
import { sizeOf, valueReader } from "./values.ts";
import type { Plan } from "./plan.ts";

/** Axes that turn together: one when multiplied, several when zipped. */
interface Wheel {
  /** Place of each axis among the parameters, and what reads its values. */
  readonly axes: readonly { readonly slot: number; readonly read: (index: number) => number }[];
  readonly size: number;
}

/** The part of a plan that says which points there are. */
export type Combined =
  & Pick<Plan, "parameters" | "axes" | "zip" | "fixed" | "derived">
  & { readonly idle?: Plan["idle"] };

/** A grid to take points from. */
export interface Grid {
  /** Names of all parameters, in the kernel's order. */
  readonly parameters: readonly string[];
  /** Points in the unfiltered grid. */
  readonly size: number;
  /** Writes the values of the point at an index into `values`, in the order of `parameters`. */
  decode(index: number, values: Float64Array): void;
  /** The place of the point at an index on the axis of a parameter; 0 for one that has no axis. */
  placeOn(name: string, index: number): number;
}

/**
 * The grid of a plan. The last axis turns fastest; zipped axes turn together in the place of the
 * first of them.
 */
export function makeGrid(plan: Combined): Grid {
  const slots = new Map(plan.parameters.map((name, slot) => [name, slot]));
  const wheels = wheelsOf(plan, slots);
  const constants = Object.entries(plan.fixed).map(([name, value]) => ({
    slot: slots.get(name)!,
    value,
  }));
  const derived = Object.entries(plan.derived).map(([name, { of, dividedBy }]) => ({
    slot: slots.get(name)!,
    of: slots.get(of)!,
    dividedBy,
  }));
  const idle = idleSlots(plan);
  return {
    parameters: plan.parameters,
    size: gridSize(plan),
    decode(index, values) {
      for (const { slot, value } of constants) values[slot] = value;
      let rest = index;
      for (let i = wheels.length - 1; i >= 0; i--) {
        const { axes, size } = wheels[i]!;
        const turn = rest % size;
        rest = (rest - turn) / size;
        for (const { slot, read } of axes) values[slot] = read(turn);
      }
      for (const { slot, of, dividedBy } of derived) {
        values[slot] = Math.floor(values[of]! / dividedBy);
      }
      for (const { slot, of, at } of idle) if (at.includes(values[of]!)) values[slot] = 0;
    },
    placeOn(name, index) {
      const slot = slots.get(name)!;
      let rest = index;
      for (let i = wheels.length - 1; i >= 0; i--) {
        const { axes, size } = wheels[i]!;
        const turn = rest % size;
        if (axes.some((axis) => axis.slot === slot)) return turn;
        rest = (rest - turn) / size;
      }
      return 0;
    },
  };
}

/** Points in a plan's grid; beyond 2^53 only about right. */
export function gridSize({ axes, zip }: { axes: readonly Axis[]; zip: Plan["zip"] }): number {
  return groupsOf({ axes, zip }).reduce((size, [first]) => size * sizeOf(first!.values), 1);
}

/** The axes in groups that turn together, in the order of the axes. */
export function groupsOf({ axes, zip }: { axes: readonly Axis[]; zip: Plan["zip"] }): Axis[][] {
  const groups: Axis[][] = [];
  const placed = new Map<readonly string[], Axis[]>();
  for (const axis of axes) {
    const zipped = zip.find((names) => names.includes(axis.name));
    const group = zipped === undefined ? undefined : placed.get(zipped);
    if (group !== undefined) {
      group.push(axis);
      continue;
    }
    const fresh = [axis];
    groups.push(fresh);
    if (zipped !== undefined) placed.set(zipped, fresh);
  }
  return groups;
}

function wheelsOf(plan: Combined, slots: ReadonlyMap<string, number>): Wheel[] {
  return groupsOf(plan).map((group) => ({
    axes: group.map(({ name, values }) => ({ slot: slots.get(name)!, read: valueReader(values) })),
    size: sizeOf(group[0]!.values),
  }));
}

/** Places of parameters that have no influence at some choices of another. */
export function idleSlots(
  { idle = [], parameters }: Combined,
): { readonly slot: number; readonly of: number; readonly at: readonly number[] }[] {
  return idle.map(({ name, of, at }) => ({
    ...{ slot: parameters.indexOf(name), of: parameters.indexOf(of), at },
  }));
}

/** How many neighbouring points of a plan share a file; 1 for a plan without files. */
export function pointsAFile(plan: Combined): number {
  const [first, ...others] = groupsOf(plan);
  const isByFile = first?.length === 1 && first[0]!.texts !== undefined;
  return isByFile ? others.reduce((size, [axis]) => size * sizeOf(axis!.values), 1) : 1;
}
