/** Bins: the same for a list and for the range that it is. */
import { assertEquals } from "@std/assert";
import { planOf } from "../../tests/run_fixture.ts";
import { makeBins } from "./bins.ts";

const axisOf = (values: Parameters<typeof planOf>[0][string]) => planOf({ a: values }).axes[0]!;

Deno.test("makeBins() puts values in rising order, one a bin if there is room", () => {
  const axis = axisOf([3, 1, 2, 1]);
  const bins = makeBins(planOf({}), axis, 10);
  assertEquals([bins.count, bins.values, bins.centres, bins.texts], [
    ...[3, 3, [1, 2, 3], ["1", "2", "3"]],
  ]);
  assertEquals([0, 1, 2, 3].map(bins.of), [2, 0, 1, 0]);
});

Deno.test("makeBins() of a range, rising or falling, is that of the list", () => {
  const list = Array.from({ length: 10 }, (_, i) => i + 1);
  for (const isFalling of [false, true]) {
    const range = isFalling
      ? { start: "10", step: "-1", over: 1, count: 10 }
      : { start: "1", step: "1", over: 1, count: 10 };
    const [a, b] = [range, isFalling ? list.toReversed() : list].map((values) =>
      makeBins(planOf({}), axisOf(values), 4)
    );
    assertEquals({ ...a!, of: undefined }, { ...b!, of: undefined });
    assertEquals(list.map((_, i) => a!.of(i)), list.map((_, i) => b!.of(i)));
    assertEquals(a!.texts, ["1…3", "4…6", "7…9", "10"]);
  }
});

Deno.test("makeBins() does not write out a range of 10⁹ values", () => {
  const axis = axisOf({ start: "0", step: "1", over: 1, count: 1e9 });
  const bins = makeBins(planOf({}), axis, 240);
  assertEquals([bins.count, bins.of(1e9 - 1)], [240, 239]);
});
