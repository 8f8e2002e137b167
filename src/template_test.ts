/** Series names: which templates are taken, and that no two points ever share a file. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { Descriptor } from "../wasm/kernel.ts";
import type { Axis } from "./axis.ts";
import type { Values } from "./values.ts";
import { UsageError } from "./errors.ts";
import { makeGrid } from "./grid.ts";
import { planSeries, seriesNamer } from "./template.ts";

const PARAMETERS = ["a", "b", "c"];
const KERNEL: Descriptor = {
  name: "test",
  version: 1,
  doc: "",
  source: "",
  parameters: PARAMETERS.map((name) => ({ name, doc: "", kind: "real", default: 0 })),
  columns: [],
  series: { template: "data/a{a}.dat", doc: "", content: "text", size: { of: "a", bytesEach: 1 } },
  lanes: 1,
};
const NAMED = { kernel: KERNEL.name, parameters: PARAMETERS };
const ID = Uint32Array.of(1, 0xabcdef, 0, 0xffffffff);

function axesOf(values: Record<string, Values>): Axis[] {
  return Object.entries(values).map(([name, values]) => ({ name, typed: [], values }));
}

function series(asked: string | undefined, values: Record<string, Values>, zip: string[][] = []) {
  return planSeries(KERNEL, { ...NAMED, axes: axesOf(values), zip }, asked);
}

function refused(asked: string, why: string, values: Record<string, Values> = {}, zip = [[""]]) {
  assertThrows(() => series(asked, values, zip), UsageError, why);
}

function name(template: string, ...values: number[]): string {
  return seriesNamer(template, { ...NAMED, axes: [] })(Float64Array.from(values), ID);
}

Deno.test("seriesNamer() writes the shortest decimals, or as many as asked", () => {
  assertEquals(name("b{b}_a{a}/{c}.dat", 0.1, 1, -2.5e-7), "b1_a0.1/-2.5e-7.dat");
  assertEquals(name("{a:.2f}_{b:.0f}_{c:.1f}", 0.125, 2.5, 1), "0.13_3_1.0");
  assertEquals(name("{a}_{b:.1f}", -0, -0, 0), "0_0.0");
});

Deno.test("seriesNamer() writes the id, and braces that are doubled", () => {
  assertEquals(name("{id}.dat", 0, 0, 0), "0000000100abcdef00000000ffffffff.dat");
  assertEquals(name("{{a}}{a}{{", 7, 0, 0), "{a}7{");
});

Deno.test("planSeries() takes the kernel's template with every further axis that varies", () => {
  assertEquals(series(undefined, {}), "data/a{a}.dat");
  assertEquals(series(undefined, { a: [1, 2], b: [1] }), "data/a{a}.dat");
  assertEquals(series(undefined, { a: [1], b: [1, 2], c: [3, 4] }), "data/a{a}_b{b}_c{c}.dat");
});

Deno.test("planSeries() writes none when asked, or when the kernel has none", () => {
  const { series: _, ...silent } = KERNEL;
  assertEquals(series("none", { a: [1, 2] }), null);
  const plan = { ...NAMED, axes: [], zip: [] };
  assertEquals(planSeries(silent, plan, undefined), null);
  assertEquals(planSeries(silent, plan, "none"), null);
  assertThrows(() => planSeries(silent, plan, "x"), UsageError, "test writes no series");
});

Deno.test("planSeries() refuses templates that it cannot read", () => {
  for (const template of ["x{", "x}", "{a", "a}", "{a}}", "{}", "{a:2f}", "{a:.f}", "{a:.100f}"]) {
    refused(template, "a lone ");
  }
  refused("{z}", "there is no parameter {z}, expected one of {a}, {b}, {c} or {id}");
  assertEquals(series("{a:.99f}", {}), "{a:.99f}");
});

Deno.test("planSeries() refuses names that leave the run directory", () => {
  refused("", "a part of it is empty");
  refused("/tmp/x", "it is an absolute path");
  for (const template of ["../x", "a/../x", "./x", "a//b", "a/", "a/.", ".."]) {
    refused(template, 'a part of it is empty, "." or ".."');
  }
  for (const template of ["a\0b", "a\nb", "a\x7fb"]) refused(template, "control characters");
  assertEquals(series("..a/...", {}), "..a/...");
});

Deno.test("planSeries() refuses gridiron's own names", () => {
  const own = [
    "run.json",
    "results.csv",
    "failures.csv",
    "ledger/x",
    "inputs/x",
    "ledger",
    "inputs",
  ];
  for (const template of [...own, "run.json.tmp", "results.csv/x"]) {
    refused(template, "that name is gridiron's own");
  }
  for (const free of ["ledgers/x", "data/run.json", "my-inputs"]) {
    assertEquals(series(free, {}), free);
  }
});

Deno.test("planSeries() refuses parts that no file system takes", () => {
  refused("x".repeat(256), "can be longer than 255 bytes");
  refused("é".repeat(128), "can be longer than 255 bytes");
  refused("x".repeat(224) + "{a}", "can be longer than 255 bytes");
  series(`${"x".repeat(200)}/${"y".repeat(200)}`, {});
});

Deno.test("planSeries() refuses points that would share a file", () => {
  refused("x.dat", "points that differ in a would share a file", { a: [1, 2] });
  refused("{a}", "points that differ in b would share a file", { a: [1, 2], b: [1, 2] });
  refused("{a:.1f}", "to the file of a = 0.1", { a: [0.1, 0.12] });
  assertEquals(series("{a:.2f}", { a: [0.1, 0.12] }), "{a:.2f}");
  assertEquals(series("{id}", { a: [1, 2], b: [1, 2] }), "{id}");
});

Deno.test("planSeries() is content with the zipped axes that tell the rows apart", () => {
  const values = { a: [1, 2, 3], b: [1, 1, 2] };
  assertEquals(series("{a}", values, [["a", "b"]]), "{a}");
  refused("{b}", "to the file of b = 1", values, [["a", "b"]]);
  assertEquals(series("{b}_{c}", { b: [1, 1], c: [1, 2] }, [["b", "c"]]), "{b}_{c}");
});

Deno.test("planSeries() refuses values that could run together", () => {
  const values = { a: [1, 11], b: [1, 11] };
  for (const between of ["", "0", ".", "e", "--", "-1", "+", "e-", "{c}"]) {
    refused(`{a}${between}{b}`, "could run together", values);
  }
  for (const between of ["_", "-", "x", "_1", "/"]) series(`{a}${between}{b}`, values);
});

Deno.test("planSeries() compares long ranges only where it must", () => {
  const long = { start: "0", step: "0.001", over: 1, count: 200_000 };
  assertEquals(series("{a}", { a: long }), "{a}");
  assertEquals(series("{a:.3f}", { a: long }), "{a:.3f}");
  refused("{a:.2f}", "to the file of a = 0.00", { a: long });
  refused("{a:.3f}", "too many values of a", { a: { ...long, count: 1_000_001 } });
});

Deno.test("planSeries() never takes a template in which two points share a file", () => {
  const value = fc.constantFrom(-11, -1, 0, 1, 11, 0.5, 1.5, 1e-7, -1e-7, 1e21, 0.04, 7e-5);
  const list = fc.uniqueArray(value, { minLength: 1, maxLength: 4 });
  const fields = ["{a}", "{b}", "{c}", "{a:.1f}", "{b:.0f}", "{c:.3f}"];
  const piece = fc.constantFrom(...fields, "_", "-", "1", ".", "e", "e-", "+");
  const template = fc.array(piece, { minLength: 1, maxLength: 8 }).map((list) => list.join(""));
  let taken = 0;
  fc.assert(
    fc.property(template, list, list, list, fc.boolean(), (template, a, b, c, isZipped) => {
      const zip = isZipped && a.length === b.length ? [["a", "b"]] : [];
      const axes = axesOf({ a, b, c });
      if (!isTaken(() => planSeries(KERNEL, { ...NAMED, axes, zip }, template))) return;
      taken++;
      const { size, decode } = makeGrid({
        ...{ kernel: "test", version: 1, parameters: PARAMETERS, axes, zip },
        ...{ fixed: {}, derived: {}, seed: 1, series: template, where: null },
      });
      const namer = seriesNamer(template, { ...NAMED, axes });
      const values = new Float64Array(3);
      const names = new Set<string>();
      for (let i = 0; i < size; i++) {
        decode(i, values);
        names.add(namer(values, ID));
      }
      assertEquals(names.size, size, template);
    }),
    { seed: 1, numRuns: 4000 },
  );
  assert(taken > 300, `only ${taken} templates were taken`);
});

Deno.test("planSeries() leaves room for the ending of the temporary name", () => {
  // 250 bytes are a fine name, but 250 and `.0-1-0.tmp` failed in the worker with ENAMETOOLONG.
  refused("x".repeat(250), "can be longer than 255 bytes");
});

Deno.test("planSeries() counts the decimals that a field asks for", () => {
  refused("{a:.99f}_{b:.99f}_{c:.99f}", "can be longer than 255 bytes");
});

function isTaken(plan: () => unknown): boolean {
  try {
    plan();
    return true;
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}
