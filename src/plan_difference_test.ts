/** Differences of plans, as they are told. */
import { assertEquals } from "@std/assert";
import { formatNumber } from "./format/number.ts";
import type { Values } from "./values.ts";
import type { Plan } from "./plan.ts";
import { describeAxis, planDifferences } from "./plan_difference.ts";

function planOf(axes: Record<string, Values>, more: Partial<Plan> = {}): Plan {
  return {
    ...{
      kernel: "test",
      version: 1,
      parameters: ["a", "b", "skip"],
      zip: [],
      seed: 1,
      where: null,
    },
    ...{ fixed: { b: 1.5 }, derived: { skip: { of: "b", dividedBy: 10 } }, series: null },
    axes: Object.entries(axes).map(([name, values]) => ({ name, typed: [], values })),
    ...more,
  };
}

Deno.test("planDifferences() finds none between equal plans, however they were typed", () => {
  const plan = planOf({ a: [1, 2] });
  const typed = { ...plan, axes: plan.axes.map((axis) => ({ ...axis, typed: ["1:2"] })) };
  assertEquals(planDifferences(plan, structuredClone(plan)), []);
  assertEquals(planDifferences(plan, typed), []);
});

Deno.test("planDifferences() tells the values of an axis", () => {
  const lines = planDifferences(planOf({ a: [1, 2] }), planOf({ a: [1, 3] }));
  assertEquals(lines, ["a: 1, 2 there, 1, 3 here"]);
});

Deno.test("planDifferences() tells a default from values, and from another default", () => {
  assertEquals(planDifferences(planOf({ a: [1] }), planOf({ a: [1], b: [2] }, { fixed: {} })), [
    "b: 1.5 (default) there, 2 here",
  ]);
  assertEquals(
    planDifferences(planOf({ a: [1] }), planOf({ a: [1], skip: [3] }, { derived: {} })),
    [
      "skip: b / 10 there, 3 here",
    ],
  );
  assertEquals(planDifferences(planOf({ a: [1] }), planOf({ a: [1] }, { fixed: { b: -0.5 } })), [
    "b: 1.5 (default) there, -0.5 (default) here",
  ]);
});

Deno.test("planDifferences() tells a parameter that only one plan has", () => {
  const more = planOf({ a: [1] }, { parameters: ["a", "b", "skip", "c"], fixed: { b: 1.5, c: 0 } });
  assertEquals(planDifferences(planOf({ a: [1] }), more), ["c: none there, 0 (default) here"]);
  assertEquals(planDifferences(more, planOf({ a: [1] })), ["c: 0 (default) there, none here"]);
});

Deno.test("planDifferences() tells kernel, version, zip, seed and series", () => {
  const there = planOf({ a: [1, 2] });
  const here = planOf({ a: [1, 2] }, {
    ...{ version: 2, zip: [["a", "b"], ["c", "d"]], seed: 7, series: "x/{a}", where: "a < 2" },
  });
  assertEquals(planDifferences(there, here), [
    "kernel: test 1 there, test 2 here",
    "zip: none there, a,b c,d here",
    "where: all points there, a < 2 here",
    "seed: 1 there, 7 here",
    "series: none there, x/{a} here",
  ]);
});

Deno.test("planDifferences() tells the kernel alone where that is another one", () => {
  const there = planOf({ a: [1, 2] });
  const here = { ...planOf({ b: [3] }, { seed: 7, series: "x/{b}" }), kernel: "other" };
  assertEquals(planDifferences(there, here), ["kernel: test 1 there, other 1 here"]);
});

Deno.test("planDifferences() sees values that differ where they are not shown", () => {
  const lines = planDifferences(
    planOf({ a: [1, 2, 3, 4, 5, 6, 7] }),
    planOf({ a: [1, 2, 3, 4.5, 5, 6, 7] }),
  );
  assertEquals(lines, ["a: other values in the middle of 1, 2, … 7 (7 values)"]);
});

Deno.test("describeAxis() shows six values, or the first and last of more", () => {
  const shown = (values: Values) => describeAxis({ name: "a", typed: [], values }, formatNumber);
  assertEquals(shown([-0, 0.1, 1e-7]), "0, 0.1, 1e-7");
  assertEquals(shown([1, 2, 3, 4, 5, 6]), "1, 2, 3, 4, 5, 6");
  assertEquals(shown([1, 2, 3, 4, 5, 6, 7]), "1, 2, … 7 (7 values)");
  const long = { start: "0", step: "0.1", over: 1, count: 200_001 };
  assertEquals(shown(long), "0, 0.1, … 20000 (200001 values)");
});
