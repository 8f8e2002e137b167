/** Rounding of ratios against decimals read by the engine. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ratio } from "./ratio.ts";

Deno.test("ratio() rounds once, to even in a tie", () => {
  assertEquals(ratio(1n, 0, 3n), 1 / 3);
  assertEquals(ratio(-2n, 0, 3n), -2 / 3);
  assertEquals(ratio(0n, 5, 3n), 0);
  assertEquals(ratio(2n ** 53n + 1n, 0, 1n), 2 ** 53);
  assertEquals(ratio(2n ** 53n + 3n, 0, 1n), 2 ** 53 + 4);
  assertEquals(ratio(5n, -324, 1n), 5e-324);
});

Deno.test("ratio() by a power of ten is what the engine reads", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
      fc.integer({ min: -300, max: 280 }),
      (mantissa, exponent) => {
        assertEquals(ratio(mantissa, exponent, 1n) + 0, Number(`${mantissa}e${exponent}`) + 0);
      },
    ),
    { seed: 1, numRuns: 2000 },
  );
});
