/** How long a plan will take, from a few of its points run on the spot. */
import type { Entry } from "../wasm/kernel.ts";
import { makeGrid } from "./grid.ts";
import type { Plan } from "./plan.ts";
import { makeIdentities, makeSalts } from "./point.ts";

/** Time for each point of the sample. */
const POINT_MS = 60;
/** The kernel's code is slow until the engine has compiled it: this much is run before. */
const WARM_UP_MS = 40;

/**
 * Mean milliseconds of the points at some indices, their series made but not written; a point that
 * takes longer than its share of the time is judged by its progress. Undefined for no points.
 */
export async function measurePoints(
  entry: Entry,
  plan: Plan,
  indices: readonly number[],
): Promise<number | undefined> {
  const [first] = indices;
  if (first === undefined) return undefined;
  const kernel = await (await entry.load()).open();
  const grid = makeGrid(plan);
  const identities = makeIdentities(plan, await makeSalts(plan));
  const values = new Float64Array(plan.parameters.length);
  const measure = (index: number, budgetMs: number): number => {
    grid.decode(index, values);
    const named = Object.fromEntries(grid.parameters.map((name, slot) => [name, values[slot]!]));
    const key = identities.key(identities.id(values));
    const startMs = performance.now();
    const job = kernel.start(
      [{ values: named, key, seedKey: identities.seedKey }],
      plan.series !== null,
    );
    let finished = false;
    while (!finished && performance.now() - startMs < budgetMs) {
      finished = job.slice(performance.now() + 1);
    }
    return (performance.now() - startMs) / (finished ? 1 : job.progress);
  };
  const warmMs = performance.now() + WARM_UP_MS;
  while (performance.now() < warmMs) measure(first, WARM_UP_MS);
  const durations = indices.map((index) => measure(index, POINT_MS));
  return durations.reduce((sum, duration) => sum + duration, 0) / durations.length;
}
