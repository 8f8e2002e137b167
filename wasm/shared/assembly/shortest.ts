/** The text of a double, byte for byte as JavaScript's `String(value)`. */
import { digitsToText, positionsOf, sixteenDigits } from "./digits";
import { writeSlow } from "./shortest_slow";

/** Exponents q that the fast way takes: values from 2^-17 = 7.6·10^-6 to below 2^26 = 6.7·10^7. */
const FIRST_EXPONENT: i32 = -69;
const LAST_EXPONENT: i32 = -27;

/** For each such q, two u32: 2^57 · 2^q · 10^(n-9), an integer below 2^31, and 16 − n. */
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
  store<u32>(SCALES + (usize(q - FIRST_EXPONENT) << 3), power << u32(57 + q + n - 9));
  store<i32>(SCALES + (usize(q - FIRST_EXPONENT) << 3), 16 - n, 4);
}

/**
 * Writes the text of any double to `target` and returns the address after the last byte: 25 bytes
 * at most. May write up to 32 bytes past the end.
 *
 * The fast way is Schubfach (see shortest_slow.ts) where all its numbers are exact: the value is
 * c·2^q and 10^-n, n = 9…21, the place of its seventeenth digit. The table holds 2^q·10^(n-9)
 * without rounding, so one product gives the value with 57 bits behind the point, all of them,
 * and no decision needs a margin: it is made on the numbers themselves, ties too. Below a power
 * of two the interval is narrower; for the 43 powers in reach that changes nothing: the test has
 * them all.
 */
@inline
export function writeShortest(target: usize, value: f64): usize {
  const signed = reinterpret<u64>(value);
  const bits = signed & 0x7fffffffffffffff;
  const row = u32(bits >> 52) - (BIAS + FIRST_EXPONENT);
  if (row > u32(LAST_EXPONENT - FIRST_EXPONENT)) return writeOther(target, value);
  store<u8>(target, MINUS);
  target += usize(signed >> 63);
  const c = bits & 0x000fffffffffffff | 0x0010000000000000;
  const power = u64(load<u32>(SCALES + (usize(row) << 3)));
  const scale = load<i32>(SCALES + (usize(row) << 3), 4);

  // Eight digits before the point (of 10^(9-n)) and 57 bits after it: 25 and 32.
  const right = (c & 0xffffffff) * power;
  const left = (c >> 32) * power + (right >> 32);
  let high = left >> 25;
  // The fraction by 10^9: eight more digits, the seventeenth, and again 57 bits after the point.
  const restRight = (right & 0xffffffff) * 1_000_000_000;
  const restLeft = (left & 0x1ffffff) * 1_000_000_000 + (restRight >> 32);
  let low = ((restLeft >> 25) * 3435973837) >> 35; // a tenth of nine digits
  // The seventeenth digit with its fraction, and half the distance of two doubles: 0.5 to 5.
  const rest = (restLeft - low * (10 << 25)) << 32 | (restRight & 0xffffffff);
  const half = power * 500_000_000;

  // Sixteen digits are enough if they, or the next ones, lie inside; never exactly on an end, for
  // (2c ± 1)·2^(q-1)·10^n is no integer while q + n < 1. Else the nearest 17 digits are right, the
  // even ones in a tie: the digit's parity goes to the lowest bit of rest, free as 10^9 is even.
  const up = u64(rest + half >= u64(10) << 57);
  const short = up | u64(rest <= half);
  const digit = rest >> 57;
  const isAbove = u64((rest & 0x01ffffffffffffff | digit & 1) > 0x0100000000000000);
  // No carry: a seventeenth digit of 9 that is rounded up has already gone to the sixteenth.
  const last = (digit + isAbove) & (short - 1);
  low += up;
  const carry = u64(low >= 100_000_000);
  low -= carry * 100_000_000;
  high += carry;

  const digits = sixteenDigits(high, low);
  const count = 32 - clz<i32>(positionsOf(digits) | (1 - i32(short)) << 16);
  const text = digitsToText(digits);
  if (scale > 0) return writeLarge(target, text, last, count, scale);

  // `0.00123`, or `1.23` for scale 0, where the first digit takes the place of the zero.
  const isUnit = i32(scale === 0);
  const start = target - scale;
  store<u64>(target, 0x3030303030302e30); // the text "0.000000"
  v128.store(start, text, 1);
  store<u16>(target, u16(0x2e30 + (i8x16.extract_lane_u(digits, 0) & -isUnit)));
  store<u8>(start, ZERO + u8(last), 17);
  return start + 1 + usize(count) - usize(isUnit & i32(count === 1));
}

/** Writes `123.45` or `123`: 1 to 7 digits before the point, a zero before them left out. */
function writeLarge(target: usize, text: v128, last: u64, count: i32, scale: i32): usize {
  const skipped = i32(i8x16.extract_lane_u(text, 0) === ZERO);
  const point = scale + 1 - skipped;
  store<u8>(target + 17 - skipped, ZERO + u8(last));
  v128.store(target + 1 - skipped, text);
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const behind = i8x16.ge_s(places, i8x16.splat(i8(point))); // −1 each
  const from = i8x16.add(i8x16.add(places, i8x16.splat(i8(skipped))), behind);
  v128.store(target, i8x16.swizzle(text, from));
  store<u8>(target + point, POINT);
  return target + (count <= scale + 1 ? point : count + 1 - skipped);
}

/** What the fast way leaves over: zero, the infinities, NaN, and what is for the slow way. */
function writeOther(target: usize, value: f64): usize {
  if (isNaN(value)) {
    store<u32>(target, 0x004e614e); // the text "NaN"
    return target + 3;
  }
  const bits = reinterpret<u64>(value) & 0x7fffffffffffffff;
  store<u8>(target, MINUS);
  target += usize(value < 0); // not for −0
  if (value === 0) {
    store<u8>(target, ZERO);
    return target + 1;
  }
  if (bits < 0x7ff0000000000000) return writeSlow(target, bits);
  store<u64>(target, 0x7974696e69666e49); // the text "Infinity"
  return target + 8;
}
