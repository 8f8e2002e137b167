/** Which points of a grid belong to a plan: those that meet its condition. */
import { messageOf, UsageError } from "./errors.ts";
import { isNumeric } from "./value_text.ts";
import { type Combined, idleSlots, makeGrid } from "./grid.ts";
import type { Plan } from "./plan.ts";

/**
 * Whether the point with these values (in the order of parameters) at this index belongs to the
 * plan.
 *
 * @throws {UsageError} where the condition has no value
 */
export type Filter = (values: Float64Array, index: number) => boolean;

/** The filter of a plan. The language of conditions is loaded only when there is one. */
export async function loadFilter(plan: Plan): Promise<Filter> {
  const isFirst = repeatFilter(plan);
  if (plan.where === null) return isFirst;
  const meets = await conditionFilter(plan);
  return plan.idle === undefined
    ? meets
    : (values, index) => isFirst(values, index) && meets(values, index);
}

/** Leaves out points that differ from another only in a parameter without influence. */
export function repeatFilter(plan: Combined): Filter {
  if (plan.idle === undefined) return () => true;
  const grid = makeGrid(plan);
  const zipped = plan.zip.flat();
  const idle = plan.idle.flatMap(({ name }, i) =>
    zipped.includes(name) ? [] : [{ name, ...idleSlots(plan)[i]! }]
  );
  return (values, index) =>
    idle.every(({ name, of, at }) => !at.includes(values[of]!) || grid.placeOn(name, index) === 0);
}

async function conditionFilter(plan: Plan): Promise<Filter> {
  const { where, parameters, axes } = plan;
  const { parseWhere } = await import("./where.ts");
  // What is no number has no name there.
  const test = parseWhere(where!, parameters.map((name) => isNumeric(plan, name) ? name : ""));
  return (values) => {
    try {
      return test(values);
    } catch (error) {
      const point = axes.map(({ name }) => `${name}=${values[parameters.indexOf(name)]}`);
      throw new UsageError(
        `Cannot use --where "${where}": ${messageOf(error)} at ${point.join(" ")}, ` +
          "expected a condition that has a value everywhere",
        { cause: error },
      );
    }
  };
}
