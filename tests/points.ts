/** Points of a small grid with their real streams, for tests that run a kernel by itself. */
import { makeGrid } from "../src/grid.ts";
import { filesAxis } from "../src/plan.ts";
import { makePlan } from "../src/planner.ts";
import { makeIdentities, makeSalts } from "../src/point.ts";
import type { Descriptor, Picture, Point } from "../wasm/kernel.ts";

/** Sides of the pictures: neither is a multiple of what the transform takes at once. */
const WIDTH = 13;
const HEIGHT = 9;

/**
 * Every point of the product of the axes, as typed. Names of files are separated by commas; nothing
 * is read: each stands for a picture that is made up.
 */
export async function makePoints(
  kernel: Descriptor,
  typed: Readonly<Record<string, string>>,
  seed: number,
): Promise<Point[]> {
  const parameter = (name: string) =>
    kernel.parameters.find((parameter) => parameter.name === name)!;
  const plan = makePlan(kernel, {
    axes: new Map(
      Object.entries(typed).map(([name, values]) => [
        name,
        parameter(name).kind === "file" ? values.split(",") : [values],
      ]),
    ),
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
  const files = filesAxis(plan);
  const pictures = files?.texts?.map((_, file) => madeUp(file + 1));
  const choices = plan.parameters.map((name) => parameter(name).choices);
  return Array.from({ length: grid.size }, (_, index) => {
    const values = new Float64Array(plan.parameters.length);
    grid.decode(index, values);
    const named = Object.fromEntries(
      plan.parameters.map((name, slot) => [name, choices[slot]?.[values[slot]!] ?? values[slot]!]),
    );
    const key = identities.key(identities.id(values)).slice();
    const point = { values: named, key, seedKey: identities.seedKey };
    if (files === undefined) return point;
    return { ...point, picture: pictures![values[plan.parameters.indexOf(files.name)]!]! };
  });
}

/** Grey values that look random: the upper bits of a linear congruence. */
function madeUp(seed: number): Picture {
  let state = seed;
  const grey = Float64Array.from({ length: WIDTH * HEIGHT }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  return { width: WIDTH, height: HEIGHT, grey, maximum: 255 };
}
