/** Which points belong to a plan, and what is said where that cannot be told. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { UsageError } from "./errors.ts";
import { loadFilter } from "./filter.ts";
import type { Plan } from "./plan.ts";

function planOf(where: string | null): Plan {
  const axes = ["a", "b"].map((name) => ({ name, typed: [], values: [0, 1] }));
  return {
    ...{ kernel: "test", version: 1, parameters: ["a", "b"], axes, zip: [], fixed: {} },
    ...{ derived: {}, where, seed: 1, series: null },
  };
}

Deno.test("loadFilter() lets every point of a plan without condition pass", async () => {
  assertEquals((await loadFilter(planOf(null)))(Float64Array.of(1, 2), 0), true);
});

Deno.test("loadFilter() lets the points pass that meet the condition", async () => {
  const includes = await loadFilter(planOf("a*b < 4"));
  assertEquals([includes(Float64Array.of(1, 3), 0), includes(Float64Array.of(2, 2), 1)], [
    true,
    false,
  ]);
});

Deno.test("loadFilter() refuses what is no condition, and names the point", async () => {
  await assertRejects(() => loadFilter(planOf("a*b")), UsageError, "is a number");
  const includes = await loadFilter(planOf("1/b < 4"));
  const why = 'division by zero in "1/b" at a=3 b=0';
  assertThrows(() => includes(Float64Array.of(3, 0), 0), UsageError, why);
});
