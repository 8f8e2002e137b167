/** Axis expressions against decimals read by the engine and against exact fractions. */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { MAX_VALUES, missedStops, parseAxis } from "./axis.ts";
import { sizeOf, valueReader } from "./values.ts";
import { UsageError } from "./errors.ts";
import { formatNumber } from "./format/number.ts";

/** Files that axes name. */
const FILES: Record<string, string> = {
  "betas.txt": "\ufeff# beta\n0.1\r\n\n 2e3 \n-1",
  "points.csv": "beta,m\n1,2\n0.1,3\n",
  "-": "7\n",
  "empty.txt": "# nothing\n",
  "bad.txt": "1\n\ntwo\n",
};

const parse = (name: string, typed: readonly string[]) =>
  parseAxis(name, typed, (source) => FILES[source]!);

/** The values of an axis, however it holds them. */
function valuesOf(...typed: string[]): number[] {
  const { values } = parse("x", typed);
  const read = valueReader(values);
  return Array.from({ length: sizeOf(values) }, (_, i) => read(i));
}

/** Decimals with up to nine digits and up to nine of them behind the point, in units of 10^-9. */
const units = fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n });
const stepUnits = units.filter((step) => step !== 0n);
const scale = fc.integer({ min: 0, max: 9 });
const text = (mantissa: bigint, decimals: number) => `${mantissa}e-${decimals}`;

Deno.test("parseAxis() steps in exact decimals", () => {
  assertEquals(valuesOf("0.1:1:0.1"), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  assertEquals(valuesOf("1:0.7:-0.1"), [1, 0.9, 0.8, 0.7]);
  assertEquals(valuesOf("-0.1:0.1:0.1"), [-0.1, 0, 0.1]);
  assertEquals(valuesOf("0:1:0.3"), [0, 0.3, 0.6, 0.9]);
  assertEquals(valuesOf("5:5:1"), [5]);
});

Deno.test("parseAxis() counts in whole numbers without a step", () => {
  assertEquals(valuesOf("1:4"), [1, 2, 3, 4]);
  assertEquals(valuesOf("-1:1"), [-1, 0, 1]);
  assertEquals(valuesOf("1.0:2.00"), [1, 2]);
});

Deno.test("parseAxis() appends expressions and keeps repeated values", () => {
  assertEquals(valuesOf("1", "2,1", "0.1:0.3:0.1", " 5 , 6:7 "), [1, 2, 1, 0.1, 0.2, 0.3, 5, 6, 7]);
});

Deno.test("parseAxis() keeps what was typed", () => {
  assertEquals(parse("beta", ["1", "2:3"]).typed, ["1", "2:3"]);
  assertEquals(parse("beta", ["1"]).name, "beta");
});

Deno.test("parseAxis() gives lin: both ends and the nearest double between", () => {
  assertEquals(valuesOf("lin:0:1:11"), [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  assertEquals(valuesOf("lin:1:0:3"), [1, 0.5, 0]);
  assertEquals(valuesOf("lin:0:1:4"), [0, 1 / 3, 2 / 3, 1]);
  // Half of it lies 1e-30 above the middle of two doubles.
  assertEquals(valuesOf(`lin:0:18014398509481986.${"0".repeat(29)}2:3`)[1], 9007199254740994);
  assertEquals(valuesOf("lin:2:9:1"), [2]);
  assertEquals(valuesOf("lin:2:9:2"), [2, 9]);
});

Deno.test("parseAxis() makes each value of a range the double of its decimal, both ends", () => {
  fc.assert(
    fc.property(units, stepUnits, fc.integer({ min: 1, max: 300 }), scale, (a, step, count, e) => {
      const stop = a + step * BigInt(count - 1);
      const values = valuesOf([a, stop, step].map((part) => text(part, e)).join(":"));
      const expected = Array.from({ length: count }, (_, i) => a + step * BigInt(i));
      assertEquals(values, expected.map((value) => Number(text(value, e)) + 0));
    }),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("parseAxis() ends a range at the last step before a stop between steps", () => {
  fc.assert(
    fc.property(units, stepUnits, fc.nat({ max: 50 }), fc.bigInt(), (a, step, last, more) => {
      const size = step < 0n ? -step : step;
      const within = (more < 0n ? -more : more) % size;
      const stop = a + step * BigInt(last) + (step < 0n ? -within : within);
      const values = valuesOf(`${a}:${stop}:${step}`);
      assertEquals(values.length, last + 1);
      assertEquals(values.at(-1), Number(a + step * BigInt(last)));
    }),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("parseAxis() reads a value printed in full as the same double", () => {
  const double = fc.double({ noDefaultInfinity: true, noNaN: true });
  fc.assert(
    fc.property(fc.array(double, { minLength: 1, maxLength: 20 }), (values) => {
      assertEquals(valuesOf(values.map(formatNumber).join(",")), values.map((value) => value + 0));
    }),
    { seed: 1, numRuns: 500 },
  );
});

Deno.test("parseAxis() puts every value of lin: nearest to the exact fraction", () => {
  fc.assert(
    fc.property(units, stepUnits, fc.integer({ min: 2, max: 40 }), scale, (a, width, count, e) => {
      const values = valuesOf(`lin:${text(a, e)}:${text(a + width, e)}:${count}`);
      assertEquals(values.length, count);
      for (const [i, value] of values.entries()) {
        const over = BigInt(count - 1);
        const exact = { over: over * 10n ** BigInt(e), value: a * over + width * BigInt(i) };
        assert(isNearest(value, exact), `${value} at ${i}`);
      }
      assertEquals([values[0], values.at(-1)], [a, a + width].map((v) => Number(text(v, e)) + 0));
    }),
    { seed: 1, numRuns: 100 },
  );
});

Deno.test("parseAxis() gives log: and geom: whole powers exactly, and both ends", () => {
  assertEquals(valuesOf("log:-3:0:4"), [0.001, 0.01, 0.1, 1]);
  assertEquals(valuesOf("log:2:-2:5"), [100, 10, 1, 0.1, 0.01]);
  assertEquals(valuesOf("geom:1e-3:1:4"), [0.001, 0.01, 0.1, 1]);
  assertEquals(valuesOf("geom:1:1024:11"), Array.from({ length: 11 }, (_, i) => 2 ** i));
  assertEquals(valuesOf("geom:0.3:0.7:2"), [0.3, 0.7]);
  assertEquals(valuesOf("log:1:5:1"), [10]);
  assertEquals(valuesOf("geom:3:5:1"), [3]);
  assertEquals(valuesOf("log:-307:307:3"), [1e-307, 1, 1e307]);
});

Deno.test("parseAxis() puts every value of log: nearest to the root of a power of ten", () => {
  const power = fc.integer({ min: -40, max: 40 });
  fc.assert(
    fc.property(power, power, fc.integer({ min: 2, max: 9 }), (start, stop, count) => {
      if (start === stop) return;
      const steps = count - 1;
      for (const [i, value] of valuesOf(`log:${start}:${stop}:${count}`).entries()) {
        const exponent = start * steps + (stop - start) * i;
        assert(isNearestRoot(value, exponent, steps), `${value} at ${i}`);
      }
    }),
    { seed: 1, numRuns: 50 },
  );
});

Deno.test("parseAxis() reads files, columns and standard input", () => {
  assertEquals(valuesOf("@betas.txt"), [0.1, 2000, -1]);
  assertEquals(valuesOf("5", "@points.csv:m", "@-"), [5, 2, 3, 7]);
  refused(["@empty.txt"], "it has no values");
  refused(["@bad.txt"], 'Cannot read "bad.txt" line 3: "two" is not a finite number');
  refused(["@points.csv:h"], 'Cannot find column "h" in "points.csv": expected one of beta, m');
});

Deno.test("parseAxis() refuses log: and geom: without values", () => {
  refused(["log:0:1"], "expected log:start:stop:count, such as log:-3:0:4");
  refused(["geom:1:2"], "expected geom:start:stop:count, such as geom:1e-3:1:4");
  refused(["geom:0:1:3"], "both ends of a geometric axis are above 0");
  refused(["geom:1:-1:3"], "both ends of a geometric axis are above 0");
  refused(["log:-308:0:2"], "expected from -307 to 307");
  refused(["log:0:1:2.5"], "the count is 2.5");
  refused(["geom:1:1:3"], "neighbouring values are the same double");
  refused(["log:0:1:100001"], "100001 values, expected at most 100000");
});

Deno.test("parseAxis() keeps a long range as three numbers", () => {
  const { values } = parse("x", ["0:10000:0.1"]);
  assertEquals(values, { start: "0", step: "0.1", over: 1, count: 100_001 });
  const read = valueReader(values);
  for (const index of [0, 1, 3, 99_999, 100_000]) assertEquals(read(index), Number(`${index}e-1`));
  assert(Array.isArray(parse("x", ["1:100000"]).values));
  assertEquals(sizeOf(parse("x", ["lin:0:1:1000001"]).values), 1_000_001);
  assertEquals(valueReader(parse("x", ["lin:0:1:1000001"]).values)(300_000), 0.3);
});

Deno.test("parseAxis() has limits", () => {
  assertEquals(sizeOf(parse("x", [`1:${MAX_VALUES}`]).values), MAX_VALUES);
  refused([`0:${MAX_VALUES}`], "1000000001 values, expected at most 1000000000");
  refused(["lin:0:1:1e10"], "10000000000 values");
  refused(["0:1:1e-300"], "expected at most 1000000000");
  refused(["0:500000", "500001:1000000"], "1000001 values in several pieces");
});

Deno.test("parseAxis() refuses what it cannot read", () => {
  refused([""], "a value is missing");
  refused(["1,,2"], "a value is missing");
  refused(["1,"], "a value is missing");
  refused(["abc"], "it is not a finite number");
  refused(["1e999"], "not a finite number");
  refused(["0:x:1"], '"x" is not a finite number');
  refused(["1:"], '"" is not a finite number');
  refused(["1:2:3:4"], "expected start:stop or start:stop:step");
  refused(["0:1:0"], "the step is 0");
  refused(["1:0"], "steps of 1 lead away from 0");
  refused(["0:1:-0.5"], "steps of -0.5 lead away from 1");
  refused(["0.5:2"], "expected a step, such as 0.5:2:0.1");
  refused(["1:2.5"], "expected a step");
  refused(["lin"], "expected lin:start:stop:count");
  refused(["lin:0:1"], "expected lin:start:stop:count");
  refused(["lin:0:1:2:3"], "expected lin:start:stop:count");
  refused(["lin:0:1:0"], "the count is 0");
  refused(["lin:0:1:-3"], "the count is -3");
  refused(["lin:0:1:2.5"], "the count is 2.5");
  refused(["lin:1:1:3"], "neighbouring values are the same double");
  refused(["1:1.0000000000000001:1e-17"], "neighbouring values are the same double");
});

Deno.test("parseAxis() names the axis and shows the text that it refuses", () => {
  const { message } = refused(["1,two"], "not a finite number");
  assertStringIncludes(message, 'Cannot read --x "two"');
});

Deno.test("parseAxis() reads ranges whose exact decimals are long", () => {
  // Both once failed with a TypeError: the decimals of start and step did not read back.
  assertEquals(valuesOf("lin:1e-200:1e250:3"), [1e-200, 5e249, 1e250]);
  assertEquals(valuesOf("1e-400:1:1"), [0]);
});

Deno.test("parseAxis() gives lin: doubles below 1e-302", () => {
  assertEquals(valuesOf("lin:1e-305:2e-305:3"), [1e-305, 1.5e-305, 2e-305]);
  assertEquals(valuesOf("lin:0:3e-310:4"), [0, 1e-310, 2e-310, 3e-310]);
});

Deno.test("parseAxis() steps exactly from far below zero to far above", () => {
  // index · step passed 2^53 although both ends were below: 5 came where 4 belongs.
  const [first, step] = [-9007199254740991n, 1801439850948199n];
  const expected = Array.from({ length: 10 }, (_, i) => Number(first + step * BigInt(i)));
  assertEquals(valuesOf(`${first}:${-first}:${step}`), expected);
});

Deno.test("parseAxis() refuses a range in which any neighbours are the same double", () => {
  // From 2^53 on every other whole number is a double; the pairs at both ends happen to differ.
  refused(["9007199254740993:9007199254940999:1"], "neighbouring values are the same double");
});

function refused(typed: string[], why: string): UsageError {
  return assertThrows(() => parse("x", typed), UsageError, why);
}

/** Whether no neighbouring double is nearer to value / over. */
function isNearest(double: number, exact: { value: bigint; over: bigint }): boolean {
  const distance = (candidate: number) => {
    const off = inTiniest(candidate) * exact.over - (exact.value << 1074n);
    return off < 0n ? -off : off;
  };
  const own = distance(double);
  return neighbours(double).every((other) => own <= distance(other));
}

/** Whether a double is nearest to 10^(exponent / root): both midpoints beside it, to the power. */
function isNearestRoot(double: number, exponent: number, root: number): boolean {
  const own = inTiniest(double);
  const [above, below] = neighbours(double).map(inTiniest) as [bigint, bigint];
  const ten = 10n ** BigInt(Math.abs(exponent));
  // Midpoints in units of 2^-1075.
  const distance = (midpoint: bigint) => {
    const [power, unit] = [midpoint ** BigInt(root), 1n << BigInt(1075 * root)];
    return exponent < 0 ? power * ten - unit : power - ten * unit;
  };
  return distance(own + below) <= 0n && distance(own + above) >= 0n;
}

/** A double in units of 2^-1074, in which all are whole. */
function inTiniest(double: number): bigint {
  let shift = 1074n;
  while (!Number.isInteger(double)) {
    double *= 2;
    shift--;
  }
  return BigInt(double) << shift;
}

function neighbours(double: number): number[] {
  if (double === 0) return [Number.MIN_VALUE, -Number.MIN_VALUE];
  const bits = new BigInt64Array(new Float64Array([double]).buffer);
  return [1n, -1n].map((by) => new Float64Array(BigInt64Array.of(bits[0]! + by).buffer)[0]!);
}

Deno.test("missedStops() names the last value of ranges whose steps lead past the stop", () => {
  const typed = [
    "0.1:1:0.4,7",
    "0.1:1:0.1, 1:-1:-0.75",
    "1:10",
    "lin:0:1:3",
    "log:0:1:3",
    "@a:b:c",
  ];
  assertEquals(missedStops("beta", typed), [
    "--beta ends at 0.9: the steps from 0.1 miss 1",
    "--beta ends at -0.5: the steps from 1 miss -1",
  ]);
  assertEquals(missedStops("beta", ["5:6:3", "5:5:3"]), [
    "--beta ends at 5: the steps from 5 miss 6",
  ]);
});
