/** Points of a small grid with their real streams, for tests that run a kernel by itself. */
import { makeGrid } from "../src/grid.ts";
import { makePlan } from "../src/planner.ts";
import { makeIdentities, makeSalts } from "../src/point.ts";
import type { Descriptor, Point } from "../wasm/kernel.ts";

/** Every point of the product of the axes, as typed. */
export async function makePoints(
  kernel: Descriptor,
  typed: Readonly<Record<string, string>>,
  seed: number,
): Promise<Point[]> {
  const plan = makePlan(kernel, {
    axes: new Map(Object.entries(typed).map(([name, values]) => [name, [values]])),
    zip: [],
    points: undefined,
    replicas: undefined,
    where: undefined,
    seed,
    series: undefined,
    read: (source) => {
      throw new Error(`Cannot read "${source}": no axis here names a file`);
    },
  }, []);
  const identities = makeIdentities(plan, await makeSalts(plan));
  const grid = makeGrid(plan);
  return Array.from({ length: grid.size }, (_, index) => {
    const values = new Float64Array(plan.parameters.length);
    grid.decode(index, values);
    const named = Object.fromEntries(plan.parameters.map((name, slot) => [name, values[slot]!]));
    const key = identities.key(identities.id(values)).slice();
    return { values: named, key, seedKey: identities.seedKey };
  });
}
