/**
 * The shortest decimal of any finite double, by R. Giulietti, "The Schubfach way to render
 * doubles" (2021), with the choices of ECMA-262 Number::toString: fewest digits, then nearest,
 * then even.
 */
import { FIRST_POWER, POWERS } from "./generated/powers_of_ten";
import { writeDecimal } from "./shortest_text";

/** Writes the double with these bits, sign cleared, finite and not zero. Returns the end. */
export function writeSlow(target: usize, bits: u64): usize {
  const biased = i32(bits >> 52);
  const fraction = bits & 0x000fffffffffffff;
  // The value is c·2^q.
  const c = biased === 0 ? fraction : fraction | 0x0010000000000000;
  const q = max(biased, 1) - 1075;
  // Below a power of two the doubles are twice as dense, so the lower boundary is nearer.
  const isPower = u64(fraction === 0 && biased > 1);

  // k = ⌊log10 of the width of the rounding interval⌋; the width is 2^q, or 3/4·2^q for powers.
  const k = (q * 1262611 - (isPower !== 0 ? 524031 : 0)) >> 22;
  const h = u64(q + ((-k * 1741647) >> 19) + 1);
  const power = POWERS + (usize(-k - FIRST_POWER) << 4);

  // Value and interval ends in units of 10^k/4. Their ends belong to the interval for even c.
  const odd = c & 1;
  const value = roundedToOdd(power, (4 * c) << h);
  const lower = roundedToOdd(power, (4 * c - 2 + isPower) << h) + odd;
  const upper = roundedToOdd(power, (4 * c + 2) << h) - odd;

  const floor = value >> 2;
  if (floor >= 10) {
    const tens = floor / 10;
    const below = lower <= 40 * tens;
    const above = 40 * tens + 40 <= upper;
    if (below !== above) return writeDecimal(target, tens + u64(above), k + 1);
  }
  const below = lower <= 4 * floor;
  const above = 4 * floor + 4 <= upper;
  if (below !== above) return writeDecimal(target, floor + u64(above), k);
  const middle = 4 * floor + 2;
  const up = value > middle || (value === middle && (floor & 1) !== 0);
  return writeDecimal(target, floor + u64(up), k);
}

/**
 * factor · power / 2^128, cut to an integer whose last bit is also set when something was cut
 * off: enough for all comparisons to come out exactly (section 9.8.4 and 9.9 of the paper).
 */
function roundedToOdd(power: usize, factor: u64): u64 {
  const high = load<u64>(power);
  const middle = high * factor;
  const sum = middle + upperHalf(load<u64>(power, 8), factor);
  return (upperHalf(high, factor) + u64(sum < middle)) | u64(sum > 1);
}

/** The upper 64 bits of a 64×64-bit product. */
function upperHalf(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const right = aHigh * bLow + ((aLow * bLow) >> 32);
  const left = aLow * bHigh + (right & 0xffffffff);
  return aHigh * bHigh + (right >> 32) + (left >> 32);
}
