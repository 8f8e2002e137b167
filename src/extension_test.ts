/** Extensions: old indices against a search by values, and what is no extension. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { EFFORT } from "../tests/effort.ts";
import { planOf } from "../tests/run_fixture.ts";
import { indexMap, isExtension } from "./extension.ts";
import { makeGrid } from "./grid.ts";
import type { Plan } from "./plan.ts";
import { sizeOf, type Values } from "./values.ts";

const NAMES = ["a", "b", "c", "d"];
/** What each of them is without an axis. */
const DEFAULT = 0.5;

/** Parameters that advance together (or one alone), and their rows of values. */
interface Group {
  readonly names: readonly string[];
  readonly rows: readonly (readonly number[])[];
}

/** A plan over four parameters; those without values keep their default. */
function planOfGroups(groups: readonly Group[]): Plan {
  const columns = new Map(
    groups.flatMap(({ names, rows }) => names.map((name, i) => [name, rows.map((row) => row[i]!)])),
  );
  const axes = Object.fromEntries(
    NAMES.filter((name) => columns.has(name)).map((name) => [name, columns.get(name)!]),
  );
  return planOf(axes, {
    parameters: NAMES,
    zip: groups.filter(({ names }) => names.length > 1).map(({ names }) => names),
    fixed: Object.fromEntries(
      NAMES.filter((name) => !columns.has(name)).map((name) => [name, DEFAULT]),
    ),
  });
}

/** The values of every point, in the order of the grid. */
function pointsOf(plan: Plan): string[] {
  const grid = makeGrid(plan);
  const values = new Float64Array(plan.parameters.length);
  return Array.from({ length: grid.size }, (_, index) => {
    grid.decode(index, values);
    return values.join(" ");
  });
}

/** The parameters cut into groups of one to three. */
const partitions = fc.tuple(fc.array(fc.nat(3), { minLength: 4, maxLength: 4 })).map(([keys]) =>
  [0, 1, 2, 3].map((key) => NAMES.filter((_, i) => keys[i] === key))
    .filter((names) => names.length > 0)
);
const value = fc.constantFrom(-1, 0, DEFAULT, 1, 1e-7, 1e21, 0.1, 3);

/** A group in both plans, the older one's rows among those of the newer one in any order. */
function pairOf(
  names: readonly string[],
): fc.Arbitrary<{ older: Group | undefined; newer: Group }> {
  const row = fc.tuple(...names.map(() => value));
  const rows = fc.uniqueArray(row, {
    minLength: 1,
    maxLength: 5,
    selector: (numbers) => numbers.join(" "),
  });
  const defaults = names.map(() => DEFAULT);
  return rows.chain((rows) =>
    fc.record({
      newer: fc.constant({ names, rows }),
      older: fc.option(
        fc.shuffledSubarray(rows, { minLength: 1 }).map((rows) => ({ names, rows })),
        { nil: undefined },
      ),
    })
  ).filter(({ older, newer }) =>
    // An axis that is new has the default among its values.
    older !== undefined || newer.rows.some((row) => row.join(" ") === defaults.join(" "))
  );
}

Deno.test("indexMap() finds each point of the older grid where a search by values does", () => {
  const pairs = partitions.chain((groups) => fc.tuple(...groups.map(pairOf)));
  let grown = 0;
  fc.assert(
    fc.property(pairs, (groups) => {
      const older = planOfGroups(groups.flatMap(({ older }) => older ?? []));
      const newer = planOfGroups(groups.map(({ newer }) => newer));
      const map = indexMap(older, newer);
      assert(map !== undefined, "no extension");
      const places = pointsOf(newer);
      const there = pointsOf(older);
      assertEquals(
        there.map((_, index) => map(index)),
        there.map((point) => places.indexOf(point)),
      );
      assert(isExtension(older, newer));
      if (places.length > there.length) {
        grown++;
        assertEquals(indexMap(newer, older), undefined);
      }
    }),
    { seed: 1, numRuns: 500 * EFFORT },
  );
  assert(grown > 200 * EFFORT, "the pairs were to differ");
});

Deno.test("indexMap() gives a plan's own indices back, of a long range too", () => {
  const plan = planOf({ a: { start: "0", step: "0.1", over: 1, count: 1e9 }, b: [3, 1] });
  const map = indexMap(plan, plan)!;
  for (const index of [0, 1, 12_345, 2e9 - 1]) assertEquals(map(index), index);
});

Deno.test("indexMap() does not ask how values were typed", () => {
  const older = planOf({ a: [1, 2] });
  const newer = planOf({ a: [2, 1, 3] });
  const typed = { ...newer, axes: newer.axes.map((axis) => ({ ...axis, typed: ["2,1:3:2"] })) };
  const map = indexMap(older, typed)!;
  assertEquals([map(0), map(1)], [1, 0]);
});

Deno.test("indexMap() maps a list into a range, and one range into another", () => {
  const range = (count: number): Values => ({ start: "0", step: "0.1", over: 1, count });
  const listed = indexMap(planOf({ a: [0.3, 0, 0.7] }), planOf({ a: range(9) }))!;
  assertEquals([0, 1, 2].map(listed), [3, 0, 7]);
  const b = [1, 2, 3];
  const longer = indexMap(planOf({ a: range(9), b: [3, 1] }), planOf({ a: range(20), b }))!;
  assertEquals([0, 1, 2, 17].map(longer), [2, 0, 5, 24]);
});

Deno.test("indexMap() follows a default that depends on a parameter with more values", () => {
  const derived = { c: { of: "b", dividedBy: 10 } };
  const more = { derived, parameters: ["a", "b", "c"] };
  const older = planOf({ a: [1, 2] }, { ...more, fixed: { b: 50 } });
  const newer = planOf({ a: [1, 2], b: [70, 50] }, { ...more, fixed: {} });
  const map = indexMap(older, newer)!;
  const places = pointsOf(newer);
  assertEquals(
    pointsOf(older).map((_, i) => map(i)),
    pointsOf(older).map((p) => places.indexOf(p)),
  );
});

Deno.test("indexMap() takes nothing else for an extension", () => {
  const derived = { b: { of: "a", dividedBy: 2 } };
  const bases: Record<string, Plan> = {
    product: planOf({ a: [1, 2], b: [3, 4] }),
    zip: planOf({ a: [1, 2], b: [3, 4] }, { zip: [["a", "b"]] }),
    default: planOf({ a: [1, 2] }),
    derived: planOf({ a: [1, 2] }, { fixed: {}, derived }),
  };
  const others: Record<string, readonly [base: string, newer: Plan]> = {
    "another kernel": ["product", { ...bases.product!, kernel: "other" }],
    "another version": ["product", { ...bases.product!, version: 2 }],
    "another seed": ["product", { ...bases.product!, seed: 2 }],
    "a condition": ["product", { ...bases.product!, where: "a < 2" }],
    "names of series": ["product", { ...bases.product!, series: "{a}_{b}" }],
    "a value less": ["product", planOf({ a: [1], b: [3, 4] })],
    "a value in another's place": ["product", planOf({ a: [1, 5, 6], b: [3, 4] })],
    "a value nearby": ["product", planOf({ a: [1, 2.0000000000000004], b: [3, 4] })],
    "an axis less": ["product", planOf({ a: [1, 2] })],
    "axes zipped": ["product", bases.zip!],
    "axes unzipped": ["zip", bases.product!],
    "a zipped row less": ["zip", planOf({ a: [1], b: [3] }, { zip: [["a", "b"]] })],
    "zipped values in other pairs": [
      "zip",
      planOf({ a: [1, 2, 1], b: [4, 3, 3] }, { zip: [["a", "b"]] }),
    ],
    "an axis zipped with a new one": ["default", bases.zip!],
    "another default": ["default", planOf({ a: [1, 2] }, { fixed: { b: 7 } })],
    "an axis without the default": ["default", planOf({ a: [1, 2], b: [3] })],
    "an axis for a derived default": ["derived", planOf({ a: [1, 2], b: [0, 1] })],
    "a number for a derived default": ["derived", planOf({ a: [1, 2] })],
    "another derived default": [
      "derived",
      planOf({ a: [1, 2] }, { fixed: {}, derived: { b: { of: "a", dividedBy: 3 } } }),
    ],
    "a derived default for an axis": ["product", bases.derived!],
  };
  for (const [what, [base, newer]] of Object.entries(others)) {
    assertEquals(indexMap(bases[base]!, newer), undefined, what);
    assertEquals(isExtension(bases[base]!, newer), false, what);
  }
  for (const [what, plan] of Object.entries(bases)) {
    assert(isExtension(plan, plan), what);
    assertEquals(sizeOf(plan.axes[0]!.values), 2);
  }
});

// A list of all values of the newer axis was made: beyond 2^24 of them a Map is full ("RangeError:
// Map maximum size exceeded", after 8 s and 1.6 GB). Any other plan for a directory comes by here.
Deno.test("indexMap() maps into a range of more values than a Map can hold", () => {
  const range: Values = { start: "1", step: "1", over: 1, count: 17_000_000 };
  const map = indexMap(planOf({ a: [2, 1] }), planOf({ a: range }))!;
  assertEquals([map(0), map(1)], [1, 0]);
  assertEquals(indexMap(planOf({ a: [0.5] }), planOf({ a: range })), undefined);
});
