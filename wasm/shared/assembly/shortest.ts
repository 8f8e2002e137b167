/** The text of a double, byte for byte as JavaScript's `String(value)`. */
import { digitsToText, positionsOf, sixteenDigits } from "./digits";
import { writeSlow } from "./shortest_slow";

/** Exponents q that the fast way takes: values from 2^-17 = 7.6·10^-6 to below 2^26 = 6.7·10^7. */
const FIRST_EXPONENT: i32 = -69;
const LAST_EXPONENT: i32 = -27;

/** For each such q, an i32 and a u32: n − 16, and 2^57 · 2^q · 10^(n-9), an integer below 2^31. */
const SCALES: usize = memory.data(8 * (LAST_EXPONENT - FIRST_EXPONENT + 1), 8);

/** The value of the biased exponent when q is zero. */
const BIAS: i32 = 1075;

const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;
const ZERO: u8 = 0x30;

for (let q = FIRST_EXPONENT; q <= LAST_EXPONENT; q++) {
  const n = -((q * 1262611) >> 22); // −⌊log10(2^q)⌋
  let power: u32 = 1;
  for (let i = 9; i < n; i++) power *= 5;
  store<i32>(SCALES + (usize(q - FIRST_EXPONENT) << 3), n - 16);
  store<u32>(SCALES + (usize(q - FIRST_EXPONENT) << 3), power << u32(57 + q + n - 9), 4);
}

/**
 * Writes the text of any double to `target` and returns the address after the last byte: 25 bytes
 * at most. May write up to 32 bytes past the end.
 *
 * The fast way is Schubfach (see shortest_slow.ts) where all its numbers are exact: the value is
 * c·2^q and 10^-n, n = 9…21, the place of its seventeenth digit. The table holds 2^q·10^(n-9)
 * without rounding, so one product gives the upper end of the rounding interval with 58 bits
 * behind the point, all of them, and no decision needs a margin: it is made on the numbers
 * themselves, ties too. Below a power of two the interval is narrower; for the 43 powers in reach
 * that changes nothing: the test has them all.
 */
@inline
export function writeShortest(target: usize, value: f64): usize {
  const signed = reinterpret<u64>(value);
  const bits = signed << 1;
  const row = u32(bits >> 53) - (BIAS + FIRST_EXPONENT);
  if (row > u32(LAST_EXPONENT - FIRST_EXPONENT)) return writeOther(target, signed);
  store<u64>(target, 0x303030303030302d); // the text "-0000000"
  target += usize(signed >> 63);
  const scale = load<u64>(SCALES + (usize(row) << 3));
  const zeros = i32(scale);
  const power = scale >> 32;

  // The upper end is (2c + 1)·2^(q-1). Eight digits before the point (of 10^(9-n)) and 58 bits
  // after it, 26 and 32; the fraction by 10^8 gives eight more digits.
  const upper = bits & 0x001fffffffffffff | 0x0020000000000001;
  const right = (upper & 0xffffffff) * power;
  const left = (upper >> 32) * power + (right >> 32);
  const high = left >> 26;
  const lowRight = (right & 0xffffffff) * 100_000_000;
  const low = ((left & 0x3ffffff) * 100_000_000 + (lowRight >> 32)) >> 26;

  // What is behind the sixteenth digit, and half the distance of two doubles (0.05 to 0.5), in
  // units of 2^-64: a product that drops those digits as it overflows. The last six bits are zero.
  const half = power * (100_000_000 << 6);
  const rest = upper * half;
  // The interval is shorter than one, so it holds at most one number of sixteen digits: the upper
  // end without its rest. Never exactly on an end, for (2c ± 1)·2^(q-1)·10^n is no integer while
  // q + n < 1. If it holds none, the value begins with the same sixteen digits, and the nearest 17
  // are right, the even ones in a tie; no carry, as the value is more than 0.05 below the next
  // number of sixteen digits. If it holds one, the seventeenth digit is anything, past the end.
  const isLong = i32(rest >= 2 * half);
  const tenths = ((rest - half) >> 6) * 10;
  const last = u8((tenths + (u64(ZERO) << 58 | 0x01ffffffffffffff) + (tenths >> 58 & 1)) >> 58);

  const digits = sixteenDigits(high, low);
  const text = digitsToText(digits);
  const places = positionsOf(digits) | isLong << 16;
  if (zeros < 0) return writeLarge(target, text, last, 32 - clz<i32>(places), -zeros);

  // `0.00123`, or `1.23` without zeros, where the first digit takes the place of the zero; that
  // alone is no place behind the point, so `1` gets none.
  const isUnit = (zeros - 1) >> 31; // −1 if so
  const start = target + zeros;
  v128.store(start, text, 1);
  store<u16>(target, u16(0x2e30 + (i8x16.extract_lane_u(digits, 0) & isUnit)));
  store<u8>(start, last, 17);
  return start + 33 - usize(clz<i32>(places & (isUnit - 1)));
}

/** Writes `123.45` or `123`: 1 to 7 digits before the point, a zero before them left out. */
function writeLarge(target: usize, text: v128, last: u8, count: i32, scale: i32): usize {
  const skipped = i32(i8x16.extract_lane_u(text, 0) === ZERO);
  const point = scale + 1 - skipped;
  store<u8>(target + 17 - skipped, last);
  v128.store(target + 1 - skipped, text);
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const behind = i8x16.ge_s(places, i8x16.splat(i8(point))); // −1 each
  const from = i8x16.add(i8x16.add(places, i8x16.splat(i8(skipped))), behind);
  v128.store(target, i8x16.swizzle(text, from));
  store<u8>(target + point, POINT);
  return target + (count <= scale + 1 ? point : count + 1 - skipped);
}

/** What the fast way leaves over: zero, the infinities, NaN, and what is for the slow way. */
function writeOther(target: usize, signed: u64): usize {
  const bits = signed & 0x7fffffffffffffff;
  if (bits > 0x7ff0000000000000) {
    store<u32>(target, 0x004e614e); // the text "NaN"
    return target + 3;
  }
  if (bits === 0) { // −0 too
    store<u8>(target, ZERO);
    return target + 1;
  }
  store<u8>(target, MINUS);
  target += usize(signed >> 63);
  if (bits < 0x7ff0000000000000) return writeSlow(target, bits);
  store<u64>(target, 0x7974696e69666e49); // the text "Infinity"
  return target + 8;
}
