/** Counting points: exact, about, and refused. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Axis } from "./axis.ts";
import { UsageError } from "./errors.ts";
import { countPoints } from "./grid_scan.ts";
import type { Plan } from "./plan.ts";

function planOf(axes: readonly Axis[], where: string | null): Plan {
  return {
    kernel: "test",
    version: 1,
    parameters: axes.map(({ name }) => name),
    axes,
    zip: [],
    fixed: {},
    derived: {},
    where,
    seed: 1,
    series: null,
  };
}

const upTo = (name: string, count: number): Axis => ({
  name,
  typed: [],
  values: { start: "0", step: "1", over: 1, count },
});

Deno.test("countPoints() knows a grid without a condition at once, whatever its size", async () => {
  const { count, isExact, first, last } = await countPoints(planOf([upTo("x", 1e9)], null), 0, 2);
  assertEquals([count, isExact, first, last], [1e9, true, [0, 1], [1e9 - 2, 1e9 - 1]]);
  const small = await countPoints(planOf([upTo("x", 3)], null), 0, 2);
  assertEquals([small.first, small.last], [[0, 1], [2]]);
});

Deno.test("countPoints() counts what meets a condition, with the first and the last", async () => {
  const plan = planOf([upTo("x", 100), upTo("y", 10)], "x % 10 == 3 and y < 2");
  const { count, isExact, first, last } = await countPoints(plan, Infinity, 2);
  assertEquals([count, isExact, first, last], [20, true, [30, 31], [930, 931]]);
});

Deno.test("countPoints() says about how many when there is no time", async () => {
  const { count, isExact } = await countPoints(planOf([upTo("x", 1e8)], "x % 4 == 0"), 0, 3);
  assertEquals(isExact, false);
  assert(Math.abs(count - 25e6) < 1e6, String(count));
});

Deno.test("countPoints() refuses a condition that nothing meets or that has no value", async () => {
  await assertRejects(
    () => countPoints(planOf([upTo("x", 9)], "x > 9"), Infinity, 1),
    UsageError,
    "none",
  );
  await assertRejects(
    () => countPoints(planOf([upTo("x", 9)], "1/x < 2"), Infinity, 1),
    UsageError,
    'division by zero in "1/x" at x=0',
  );
});
