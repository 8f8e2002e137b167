/** Logarithmic spacing: exact where it can be, and as exact roots elsewhere. */
import { assert, assertEquals } from "@std/assert";
import { parseDecimal } from "./decimal.ts";
import { geometric, powerOfTen } from "./powers.ts";

const decimal = (text: string) => parseDecimal(text)!;

Deno.test("powerOfTen() is exact at whole powers", () => {
  for (let power = -300; power <= 300; power += 3) {
    const value = powerOfTen(decimal("-300"), decimal("300"), power + 300, 600);
    assertEquals(value, Number(`1e${power}`));
  }
});

Deno.test("geometric() has both ends, and is exact where the ratio is a whole power", () => {
  const powersOfTwo = Array.from(
    { length: 7 },
    (_, i) => geometric(decimal("2"), decimal("128"), i, 6),
  );
  assertEquals(powersOfTwo, [2, 4, 8, 16, 32, 64, 128]);
  const down = Array.from({ length: 4 }, (_, i) => geometric(decimal("1"), decimal("1e-3"), i, 3));
  assertEquals(down, [1, 0.1, 0.01, 0.001]);
  for (let power = -300; power <= 300; power += 2) {
    const value = geometric(decimal("1e-300"), decimal("1e300"), power + 300, 600);
    assertEquals(value, Number(`1e${power}`));
  }
  assertEquals(geometric(decimal("0.30000000000000004"), decimal("7"), 0, 3), 0.30000000000000004);
  assertEquals(geometric(decimal("0.3"), decimal("0.7"), 3, 3), 0.7);
});

/** ⌊√n⌋ by Newton's method: an exact oracle for halves of powers. */
function integerRoot(n: bigint): bigint {
  let x = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const y = (x + n / x) / 2n;
    if (y >= x) return x;
    x = y;
  }
}

Deno.test("powerOfTen() gives the double nearest to an irrational power", () => {
  // 10^(k + 1/2) = √(10^(2k+1)): 40 digits of the root, read by the engine as a decimal.
  for (let k = -20; k <= 20; k++) {
    const root = integerRoot(10n ** BigInt(2 * k + 1 + 140));
    const exact = Number(`${root}e-70`);
    assertEquals(powerOfTen(decimal(String(k)), decimal(String(k + 1)), 1, 2), exact);
    assertEquals(geometric(decimal(`1e${k}`), decimal(`1e${k + 1}`), 1, 2), exact);
  }
});

Deno.test("geometric() is monotonic and evenly spaced in its logarithm", () => {
  const values = Array.from(
    { length: 1001 },
    (_, i) => geometric(decimal("0.3"), decimal("50"), i, 1000),
  );
  for (let i = 1; i < values.length; i++) {
    const step = Math.log(values[i]! / values[i - 1]!);
    assert(Math.abs(step - Math.log(50 / 0.3) / 1000) < 1e-14, `step ${i} is ${step}`);
  }
});
