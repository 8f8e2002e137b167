/** Plans: what a request becomes, and every way in which it is refused. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Descriptor } from "../wasm/kernel.ts";
import { UsageError } from "./errors.ts";
import type { Plan } from "./plan.ts";
import { makePlan, type Request } from "./planner.ts";

const KERNEL: Descriptor = {
  name: "test",
  version: 7,
  doc: "a kernel to plan for",
  source: "none",
  parameters: [
    { name: "a", doc: "the needed one", kind: "real", above: 0 },
    { name: "b", doc: "a real", kind: "real", default: 1.5 },
    { name: "n", doc: "steps", kind: "integer", minimum: 1, default: 100 },
    {
      name: "skip",
      doc: "steps left out",
      kind: "integer",
      minimum: 0,
      lessThan: "n",
      default: { of: "n", dividedBy: 10 },
    },
  ],
  columns: [{ name: "y", doc: "a result" }],
  series: {
    ...{ template: "data/a{a}.dat", doc: "numbers", content: "text" },
    size: { of: "n", bytesEach: 8 },
  },
  lanes: 1,
};

/** Files that requests name. */
const FILES: Record<string, string> = {
  "values.txt": "1\n2\n",
  "points.csv": "n,a\n10,1\n20,1\n20,2\n",
  "one.csv": "a\n3\n4\n",
  "twice.csv": "a,n\n1,10\n\n2,10\n1,10\n",
  "stranger.csv": "a,zz\n1,2\n",
};

type Typed = Record<string, string | string[]>;

function plan(typed: Typed, more: Partial<Request> = {}, notices: string[] = []): Plan {
  const axes = new Map(Object.entries(typed).map(([name, text]) => [name, [text].flat()]));
  const request: Request = {
    ...{ axes, zip: [], points: undefined, replicas: undefined, where: undefined, seed: 1 },
    ...{ series: undefined, read: (source) => FILES[source]!, ...more },
  };
  return makePlan(KERNEL, request, notices);
}

function refused(typed: Typed, why: string, more: Partial<Request> = {}): void {
  assertThrows(() => plan(typed, more), UsageError, why);
}

Deno.test("makePlan() tells axes, fixed and derived parameters apart", () => {
  assertEquals(plan({ a: "1,2" }), {
    kernel: "test",
    version: 7,
    parameters: ["a", "b", "n", "skip"],
    axes: [{ name: "a", typed: ["1,2"], values: [1, 2] }],
    zip: [],
    fixed: { b: 1.5, n: 100 },
    derived: { skip: { of: "n", dividedBy: 10 } },
    where: null,
    seed: 1,
    series: "data/a{a}.dat",
  });
});

Deno.test("makePlan() orders axes as the kernel does, whatever the order of the flags", () => {
  const axes = { n: "5", b: "1", a: "2" };
  const reversed = Object.fromEntries(Object.entries(axes).reverse());
  assertEquals(plan(axes), plan(reversed));
  assertEquals(plan(axes).axes.map(({ name }) => name), ["a", "b", "n"]);
});

Deno.test("makePlan() takes seed and series from the request", () => {
  assertEquals(plan({ a: "1" }, { seed: 42 }).seed, 42);
  assertEquals(plan({ a: "1" }, { series: "none" }).series, null);
  assertEquals(plan({ a: "1" }, { series: "x/{a:.3f}" }).series, "x/{a:.3f}");
});

Deno.test("makePlan() asks for a parameter without a default", () => {
  refused({ b: "1" }, "Cannot plan test: --a (the needed one) is missing, expected values such as");
});

Deno.test("makePlan() drops repeated values of a product axis and says so once", () => {
  const notices: string[] = [];
  assertEquals(plan({ a: "3,1,3", b: ["0", "1:2", "2,0"] }, {}, notices).axes.map((axis) => axis), [
    { name: "a", typed: ["3,1,3"], values: [3, 1] },
    { name: "b", typed: ["0", "1:2", "2,0"], values: [0, 1, 2] },
  ]);
  assertEquals(notices, [
    "--a: 1 repeated value dropped, the first is 3",
    "--b: 2 repeated values dropped, the first is 2",
  ]);
});

Deno.test("makePlan() takes -0 for 0", () => {
  const notices: string[] = [];
  const [, b] = plan({ a: "1", b: "-1e-400,0,-0" }, {}, notices).axes;
  assert(Array.isArray(b!.values) && Object.is(b!.values[0], 0));
  assertEquals(b!.values, [0]);
  assertEquals(notices, ["--b: 2 repeated values dropped, the first is 0"]);
});

Deno.test("makePlan() keeps the bounds of a parameter, to the step from good to bad", () => {
  assertEquals(plan({ a: "5e-324" }).axes[0]!.values, [5e-324]);
  refused({ a: "0" }, "Cannot use --a 0: expected a number above 0 (the needed one)");
  refused({ a: "1,-1" }, "Cannot use --a -1");
  assertEquals(plan({ a: "1", n: "1", skip: "0" }).axes[1]!.values, [1]);
  refused({ a: "1", n: "0" }, "Cannot use --n 0: expected at least 1 (steps)");
  refused({ a: "1", skip: "-1" }, "Cannot use --skip -1: expected at least 0");
  refused({ a: "1", n: "2.5" }, "Cannot use --n 2.5: expected a whole number below 2^53");
  assertEquals(plan({ a: "1", n: "9007199254740991" }).axes[1]!.values, [2 ** 53 - 1]);
  refused({ a: "1", n: "9007199254740992" }, "expected a whole number below 2^53");
});

Deno.test("makePlan() checks long ranges at both ends and between", () => {
  refused({ a: "0:200000" }, "Cannot use --a 0");
  refused({ a: "200000:0:-1" }, "Cannot use --a 0");
  refused({ a: "1", n: "1:200000:0.5" }, "Cannot use --n 1.5: expected a whole number");
  refused({ a: "1", n: "200000:0:-1" }, "Cannot use --n 0: expected at least 1");
  plan({ a: "1:200000", n: "2:200001" }, { zip: [["a", "n"]] });
});

Deno.test("makePlan() zips axes of equal lengths and keeps their repeated values", () => {
  const { axes, zip } = plan({ a: "1,1,2", b: "1,2,1" }, { zip: [["b", "a"]] });
  assertEquals(axes.map(({ values }) => values), [[1, 1, 2], [1, 2, 1]]);
  assertEquals(zip, [["b", "a"]]);
});

Deno.test("makePlan() refuses a zip that cannot turn", () => {
  const typed = { a: "1,2", b: "1,2", n: "5,6,7" };
  refused(typed, "Cannot use --zip a: expected two axes or more", { zip: [["a"]] });
  refused(typed, "Cannot use --zip a,skip: no values for skip", { zip: [["a", "skip"]] });
  refused(typed, "Cannot use --zip a,z: no values for z", { zip: [["a", "z"]] });
  refused(typed, "Cannot use --zip a,a: a is zipped twice", { zip: [["a", "a"]] });
  refused(typed, "Cannot use --zip b,a: b is zipped twice", { zip: [["a", "b"], ["b", "a"]] });
  refused(typed, "Cannot use --zip a,n: a has 2, n has 3 values", { zip: [["a", "n"]] });
});

Deno.test("makePlan() refuses a repeated row of zipped values", () => {
  const why = "rows 2 and 4 are both 2, 0, expected each once";
  refused({ a: "1,2,2,2", b: "0,0,1,-0" }, why, { zip: [["a", "b"]] });
});

Deno.test("makePlan() keeps a parameter below the one that bounds it", () => {
  plan({ a: "1", n: "10,20", skip: "0,9" });
  refused({ a: "1", n: "10,20", skip: "0,10" }, "Cannot use --skip 10 with --n 10: expected skip");
  refused({ a: "1", skip: "100" }, "Cannot use --skip 100 with --n 100: expected skip below n");
  refused({ a: "1", n: "7:200000", skip: "7" }, "Cannot use --skip 7 with --n 7");
});

Deno.test("makePlan() compares zipped bounds row by row", () => {
  const zip = [["n", "skip"]];
  plan({ a: "1", n: "10,100", skip: "5,50" }, { zip });
  refused({ a: "1", n: "100,10", skip: "5,10" }, "Cannot use --skip 10 with --n 10", { zip });
});

Deno.test("makePlan() refuses a grid of more points than it can keep account of", () => {
  plan({ a: "1:100000", b: "1:10000" }, { series: "none" });
  refused({ a: "1:100000", b: "1:10001" }, "a grid of 1000100000 points: expected at most", {
    series: "none",
  });
});

Deno.test("makePlan() takes the rows of a file as points, in the kernel's order of columns", () => {
  const { axes, zip } = plan({}, { points: "points.csv", series: "none" });
  assertEquals(axes.map(({ name, values }) => [name, values]), [["a", [1, 1, 2]], ["n", [
    10,
    20,
    20,
  ]]]);
  assertEquals(zip, [["n", "a"]]);
  assertEquals(plan({}, { points: "one.csv" }).axes[0]!.values, [3, 4]);
  assertEquals(plan({ a: "@values.txt" }).axes[0]!.values, [1, 2]);
});

Deno.test("makePlan() refuses points that repeat, clash with axes or have no parameter", () => {
  refused({}, "lines 2 and 5 are both 1, 10, expected each once", { points: "twice.csv" });
  refused({ a: "1" }, "with --a: expected one of the two", { points: "points.csv" });
  refused({}, 'test has no parameter "zz", expected one of a, b, n, skip', {
    points: "stranger.csv",
  });
});

Deno.test("makePlan() refuses replicas of a kernel that has none", () => {
  refused({ a: "1" }, 'test has no parameter "replica"', { replicas: 3 });
});

Deno.test("makePlan() keeps a condition as it was typed", () => {
  assertEquals(plan({ a: "1,2" }, { where: "a*b < 2" }).where, "a*b < 2");
});

Deno.test("makePlan() refuses expressions and templates that cannot be read", () => {
  refused({ a: "1:" }, "Cannot read --a");
  refused({ a: "1,2" }, "points that differ in a would share a file", { series: "x.dat" });
});

Deno.test("makePlan() refuses values for a parameter that the kernel does not have", () => {
  refused({ a: "1", betta: "2" }, "betta");
});
