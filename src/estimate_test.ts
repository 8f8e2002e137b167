/** What series will take up, against sums over all points. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Descriptor } from "../wasm/kernel.ts";
import type { Values } from "./values.ts";
import { estimateSeries, tooLargeByDefault } from "./estimate.ts";
import { gridSize, makeGrid } from "./grid.ts";
import type { Plan } from "./plan.ts";

const { series: _, ...SILENT }: Descriptor = {
  ...{ name: "test", version: 1, doc: "", source: "", parameters: [], columns: [], lanes: 1 },
  series: { template: "", doc: "", content: "text", size: { of: "n", bytesEach: 0 } },
};
const KERNEL: Descriptor = {
  ...SILENT,
  series: { template: "x", doc: "", content: "text", size: { of: "n", bytesEach: 22 } },
};

function planOf(axes: Record<string, Values>, more: Partial<Plan> = {}): Plan {
  return {
    ...{ kernel: "test", version: 1, parameters: ["a", "n"], zip: [], fixed: {}, derived: {} },
    ...{ axes: Object.entries(axes).map(([name, values]) => ({ name, typed: [], values })) },
    ...{ seed: 1, series: "x", where: null },
    ...more,
  };
}

/** The sum over all points, one by one. */
function slowBytes(plan: Plan): number {
  const grid = makeGrid(plan);
  const values = new Float64Array(2);
  let sum = 0;
  for (let i = 0; i < grid.size; i++) {
    grid.decode(i, values);
    sum += 22 * values[1]!;
  }
  return sum;
}

Deno.test("estimateSeries() gives what the points take one by one", () => {
  const plans = [
    planOf({ a: [1, 2, 3] }, { fixed: { n: 1000 } }),
    planOf({ a: [1, 2, 3], n: [10, 20, 60] }),
    planOf({ a: [1, 2], n: [10, 1000] }, { zip: [["a", "n"]] }),
    planOf({ a: [1], n: { start: "10", step: "10", over: 1, count: 1001 } }),
  ];
  for (const plan of plans) {
    assertEquals(estimateSeries(KERNEL, plan, gridSize(plan)), {
      files: makeGrid(plan).size,
      bytes: slowBytes(plan),
    });
  }
});

Deno.test("estimateSeries() is nothing without series", () => {
  const nothing = { files: 0, bytes: 0 };
  assertEquals(estimateSeries(KERNEL, planOf({ n: [10] }, { series: null }), 1), nothing);
  assertEquals(estimateSeries(SILENT, planOf({ n: [10] }), 1), nothing);
});

Deno.test("tooLargeByDefault() allows up to its limits and says what to type beyond", () => {
  assertEquals(tooLargeByDefault({ files: 10_000, bytes: 20e9 }), undefined);
  for (const estimate of [{ files: 10_001, bytes: 1 }, { files: 1, bytes: 20.1e9 }]) {
    const text = tooLargeByDefault(estimate)!;
    assertStringIncludes(text, "type --series none for the table alone");
    assertStringIncludes(text, "expected at most 10000 files and 20 GB");
  }
  const text = tooLargeByDefault({ files: 1_000_000, bytes: 2.2e12 })!;
  assertStringIncludes(text, "Cannot write 1000000 series files of about 2.2 TB in all unasked");
});
