/** Exact decimals against the engine's own reading of numbers and against plain whole numbers. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  type Decimal,
  difference,
  formatDecimal,
  isWhole,
  parseDecimal,
  scaledTo,
  stepFrom,
  toNumber,
  wholeQuotient,
} from "./decimal.ts";

const digits = (maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { maxLength }).map((list) => list.join(""));

/** Texts such as `-012.50e-3`. */
const decimalText = fc.tuple(
  fc.constantFrom("", "+", "-"),
  digits(20),
  fc.option(digits(20)),
  fc.option(fc.integer({ min: -330, max: 280 })),
).filter(([, whole, fraction]) => whole + (fraction ?? "") !== "")
  .map(([sign, whole, fraction, power]) =>
    sign + whole + (fraction === null ? "" : `.${fraction}`) + (power === null ? "" : `e${power}`)
  );

const decimal: fc.Arbitrary<Decimal> = fc.record({
  mantissa: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
  exponent: fc.integer({ min: -12, max: 12 }),
});

/** The value in units of 10^-12, in which all decimals above are whole. */
const inUnits = ({ mantissa, exponent }: Decimal) => mantissa * 10n ** BigInt(exponent + 12);

Deno.test("parseDecimal() reads the same double as the engine", () => {
  fc.assert(
    fc.property(decimalText, (text) => {
      assertEquals(toNumber(parseDecimal(text)!) + 0, Number(text) + 0);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

Deno.test("parseDecimal() reads what String() writes of any double", () => {
  fc.assert(
    fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), (value) => {
      assertEquals(toNumber(parseDecimal(String(value))!), value + 0);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

Deno.test("parseDecimal() refuses what is no finite decimal number", () => {
  const bad = ["", " ", ".", "-", "+.", "e5", "1e", "1e+", "1.2.3", "0x10", "1_000", "1 2", "--1"];
  for (const text of [...bad, "Infinity", "-inf", "NaN", "nan", "1,5", "1e5.5", "٣", "1n", "½"]) {
    assertEquals(parseDecimal(text), undefined, text);
  }
});

Deno.test("parseDecimal() stops where a double ends and where digits do", () => {
  assertEquals(toNumber(parseDecimal("1.7976931348623157e308")!), Number.MAX_VALUE);
  assertEquals(parseDecimal("1.7976931348623159e308"), undefined);
  assertEquals(parseDecimal("-1e309"), undefined);
  assertEquals(parseDecimal("0".repeat(1999) + "7"), { mantissa: 7n, exponent: 0 });
  assertEquals(parseDecimal("0".repeat(2000) + "7"), undefined);
  assertEquals(parseDecimal("1e-2000")?.exponent, -2000);
  assertEquals(parseDecimal("1e-2001"), undefined);
  assertEquals(parseDecimal("1e99999"), undefined);
});

Deno.test("toNumber() rounds once on its fast way", () => {
  // Mantissas around 2^53 over every power of ten that a double holds exactly, and one beyond.
  for (let power = 0; power <= 23; power++) {
    for (const mantissa of [1n, 3n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) + 3n]) {
      const value = toNumber({ mantissa, exponent: -power });
      assertEquals(value, Number(`${mantissa}e-${power}`));
    }
  }
});

Deno.test("formatDecimal() writes without a power of ten and without idle zeros", () => {
  const written = (mantissa: bigint, exponent: number) => formatDecimal({ mantissa, exponent });
  assertEquals(written(-25n, -2), "-0.25");
  assertEquals(written(1200n, -2), "12");
  assertEquals(written(-1250n, -3), "-1.25");
  assertEquals(written(12n, 3), "12000");
  assertEquals(written(0n, -5), "0");
  assertEquals(written(1n, -7), "0.0000001");
});

Deno.test("formatDecimal() loses nothing", () => {
  fc.assert(
    fc.property(decimal, (value) => {
      assertEquals(inUnits(parseDecimal(formatDecimal(value))!), inUnits(value));
    }),
    { seed: 1, numRuns: 1000 },
  );
});

Deno.test("stepFrom() and difference() are exact", () => {
  fc.assert(
    fc.property(decimal, decimal, fc.nat(), (a, b, index) => {
      assertEquals(inUnits(stepFrom(a, b, index)), inUnits(a) + BigInt(index) * inUnits(b));
      assertEquals(inUnits(difference(a, b)), inUnits(a) - inUnits(b));
    }),
    { seed: 1, numRuns: 1000 },
  );
});

Deno.test("stepFrom() counts three tenths as 0.3", () => {
  const tenth = parseDecimal("0.1")!;
  assertEquals(toNumber(stepFrom(tenth, tenth, 2)), 0.3);
});

Deno.test("wholeQuotient() counts whole steps, and none against the sign", () => {
  fc.assert(
    fc.property(decimal, decimal.filter(({ mantissa }) => mantissa !== 0n), (a, b) => {
      const [numerator, denominator] = [inUnits(a), inUnits(b)];
      const isSameSign = numerator === 0n || numerator > 0n === denominator > 0n;
      const quotient = wholeQuotient(a, b);
      if (!isSameSign) return assertEquals(quotient < 0n, true);
      const magnitude = (value: bigint) => value < 0n ? -value : value;
      const rest = magnitude(numerator) - quotient * magnitude(denominator);
      assertEquals(rest >= 0n && rest < magnitude(denominator), true);
    }),
    { seed: 1, numRuns: 1000 },
  );
});

Deno.test("isWhole() looks at the value, not at how it was written", () => {
  for (const text of ["1", "1.0", "10e-1", "1e3", "0.00", "-250e-1", "2.5e1"]) {
    assertEquals(isWhole(parseDecimal(text)!), true, text);
  }
  for (const text of ["0.5", "1e-3", "-2.50", "25e-2"]) {
    assertEquals(isWhole(parseDecimal(text)!), false, text);
  }
});

Deno.test("scaledTo() multiplies by powers of ten", () => {
  assertEquals(scaledTo({ mantissa: -12n, exponent: 1 }, -2), -12000n);
  assertEquals(scaledTo({ mantissa: 5n, exponent: -2 }, -2), 5n);
});
