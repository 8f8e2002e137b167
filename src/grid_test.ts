/** The lazy grid against plain nested loops. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Axis } from "./axis.ts";
import type { Values } from "./values.ts";
import { gridSize, groupsOf, makeGrid } from "./grid.ts";
import type { Plan } from "./plan.ts";

/** A plan over the axes; every parameter has one, unless it is fixed or derived. */
function planOf(
  axes: Record<string, Values>,
  more: Partial<Pick<Plan, "zip" | "fixed" | "derived" | "parameters" | "where">> = {},
): Plan {
  return {
    kernel: "test",
    version: 1,
    parameters: Object.keys(axes),
    axes: Object.entries(axes).map(([name, values]): Axis => ({ name, typed: [], values })),
    zip: [],
    fixed: {},
    derived: {},
    where: null,
    seed: 1,
    series: null,
    ...more,
  };
}

function pointsOf(plan: Plan): number[][] {
  const grid = makeGrid(plan);
  return Array.from({ length: grid.size }, (_, index) => {
    const values = new Float64Array(plan.parameters.length).fill(NaN);
    grid.decode(index, values);
    return [...values];
  });
}

Deno.test("makeGrid() turns the last axis fastest", () => {
  assertEquals(pointsOf(planOf({ a: [1, 2], b: [5, 6, 7] })), [
    [1, 5],
    [1, 6],
    [1, 7],
    [2, 5],
    [2, 6],
    [2, 7],
  ]);
});

Deno.test("makeGrid() puts zipped axes in the place of the first of them", () => {
  const plan = planOf({ a: [1, 2], b: [8, 9], c: [3, 4] }, { zip: [["c", "a"]] });
  assertEquals(pointsOf(plan), [[1, 8, 3], [1, 9, 3], [2, 8, 4], [2, 9, 4]]);
});

Deno.test("makeGrid() fills in fixed and derived parameters", () => {
  const plan = planOf({ n: [5, 19, -1], b: [0.5] }, {
    parameters: ["f", "n", "d", "e", "b"],
    fixed: { f: 7 },
    derived: { d: { of: "n", dividedBy: 10 }, e: { of: "f", dividedBy: 2 } },
  });
  assertEquals(pointsOf(plan), [[7, 5, 0, 3, 0.5], [7, 19, 1, 3, 0.5], [7, -1, -1, 3, 0.5]]);
});

Deno.test("makeGrid() has one point without axes, and none of an axis without values", () => {
  assertEquals(pointsOf(planOf({}, { parameters: ["f"], fixed: { f: 2 } })), [[2]]);
  assertEquals(pointsOf(planOf({ a: [1, 2], b: [] })), []);
});

Deno.test("makeGrid() decodes every point of a slow plain product once", () => {
  // Sizes of up to five axes, and which of the first ones turn together with the last.
  const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(sizes, fc.array(fc.nat({ max: 4 }), { maxLength: 3 }), (sizes, chosen) => {
      const names = sizes.map((_, i) => "abcde"[i]!);
      const zipped = names.filter((_, i) => chosen.includes(i));
      const zip = zipped.length > 1 ? [zipped] : [];
      const zipSize = sizes[names.indexOf(zipped[0] ?? "")] ?? 0;
      const axes = Object.fromEntries(names.map((name, place) => {
        const size = zip.length > 0 && zipped.includes(name) ? zipSize : sizes[place]!;
        return [name, Array.from({ length: size }, (_, i) => 10 * place + i)];
      }));
      const plan = planOf(axes, { zip });
      const expected = slowProduct(names, axes, zip[0] ?? []);
      assertEquals(pointsOf(plan), expected);
      assertEquals(new Set(expected.map(String)).size, gridSize(plan));
    }),
    { seed: 1, numRuns: 500 },
  );
});

Deno.test("makeGrid() finds points of a grid of 10^15 by their digits", () => {
  const range = { start: "0", step: "1", over: 1, count: 100_000 };
  const grid = makeGrid(planOf({ a: range, b: range, c: range }));
  assertEquals(grid.size, 1e15);
  const values = new Float64Array(3);
  for (const [a, b, c] of [[0, 0, 0], [12345, 67890, 13579], [99999, 99999, 99999]] as const) {
    grid.decode((a * 1e5 + b) * 1e5 + c, values);
    assertEquals([...values], [a, b, c]);
  }
});

Deno.test("gridSize() multiplies axes and counts zipped ones once", () => {
  const long = { start: "0", step: "0.5", over: 1, count: 200_000 };
  assertEquals(gridSize(planOf({ a: [1, 2], b: [1, 2, 3], c: long })), 1_200_000);
  assertEquals(gridSize(planOf({ a: [1, 2], b: [1, 2] }, { zip: [["a", "b"]] })), 2);
  assertEquals(gridSize(planOf({})), 1);
});

Deno.test("groupsOf() keeps the order of the axes, whatever that of the zip", () => {
  const plan = planOf({ a: [1], b: [1], c: [1], d: [1] }, { zip: [["d", "b"], ["c", "a"]] });
  const names = groupsOf(plan).map((group) => group.map(({ name }) => name).join(""));
  assertEquals(names, ["ac", "bd"]);
});

/** Nested loops, the first axis outermost; those of `zip` take the place of the first of them. */
function slowProduct(names: string[], axes: Record<string, number[]>, zip: string[]): number[][] {
  let rows: Record<string, number>[] = [{}];
  for (const name of names) {
    if (zip.includes(name) && name !== zip[0]) continue;
    const longer: Record<string, number>[] = [];
    for (const row of rows) {
      for (let i = 0; i < axes[name]!.length; i++) {
        const together = name === zip[0] ? zip : [name];
        longer.push({ ...row, ...Object.fromEntries(together.map((n) => [n, axes[n]![i]!])) });
      }
    }
    rows = longer;
  }
  return rows.map((row) => names.map((name) => row[name]!));
}
