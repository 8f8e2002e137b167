/** Which points of a grid belong to a plan: those that meet its condition. */
import { messageOf, UsageError } from "./errors.ts";
import type { Plan } from "./plan.ts";

/**
 * Whether the point with these values (in the order of parameters) belongs to the plan.
 *
 * @throws {UsageError} where the condition has no value
 */
export type Filter = (values: Float64Array) => boolean;

/** The filter of a plan. The language of conditions is loaded only when there is one. */
export async function loadFilter({ where, parameters, axes }: Plan): Promise<Filter> {
  if (where === null) return () => true;
  const { parseWhere } = await import("./where.ts");
  const test = parseWhere(where, parameters);
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
