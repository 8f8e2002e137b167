/** The text of a decimal number in the notation that ECMA-262 Number::toString chooses. */
import { digitsToText, positionsOf, sixteenDigits } from "./digits";

const ZERO: u8 = 0x30;
const POINT: u8 = 0x2e;

/**
 * Writes significand · 10^exponent, 0 < significand < 10^17, without sign. Returns the end.
 * Plain from 10^-6 to below 10^21, else as in `1.5e-7`.
 */
export function writeDecimal(target: usize, significand: u64, exponent: i32): usize {
  // Shifted up to 17 digits: one before the point and sixteen after it.
  let scale = exponent + 16;
  while (significand < 10_000_000_000_000_000) {
    significand *= 10;
    scale--;
  }
  const high = significand / 100_000_000;
  const lead = high / 100_000_000;
  const digits = sixteenDigits(high - lead * 100_000_000, significand - high * 100_000_000);
  const first = ZERO + u8(lead);
  const rest = digitsToText(digits);
  const count = 32 - clz<i32>(positionsOf(digits));
  if (scale >= 21 || scale < -6) return writeScientific(target, first, rest, count, scale);
  if (scale >= 0) return writeLarge(target, first, rest, count, scale);
  return writeSmall(target, first, rest, count, scale);
}

/** `0.00123`: zeros up to the first digit. */
function writeSmall(target: usize, first: u8, rest: v128, count: i32, scale: i32): usize {
  store<u64>(target, 0x3030303030302e30); // the text "0.000000"
  const place = target + usize(1 - scale);
  store<u8>(place, first);
  v128.store(place, rest, 1);
  return place + 1 + usize(count);
}

/** `123.45`, or `12300` with zeros for the digits that are not known. */
function writeLarge(target: usize, first: u8, rest: v128, count: i32, scale: i32): usize {
  store<u8>(target, first);
  v128.store(target, rest, 1);
  const point = target + 1 + usize(scale);
  if (count <= scale) {
    store<u32>(target, 0x30303030, 17);
    return point;
  }
  v128.store(point, v128.load(point), 1);
  store<u8>(point, POINT);
  return target + 2 + usize(count);
}

/** `1.23e+45`, without point when there is one digit. */
function writeScientific(target: usize, first: u8, rest: v128, count: i32, scale: i32): usize {
  store<u8>(target, first);
  store<u8>(target, POINT, 1);
  v128.store(target, rest, 2);
  let end = target + (count === 0 ? 1 : 2 + usize(count));
  store<u8>(end, 0x65); // e
  store<u8>(end, scale < 0 ? 0x2d : 0x2b, 1); // - or +
  end += 2;
  const size = abs(scale);
  if (size >= 100) store<u8>(end++, ZERO + u8(size / 100));
  if (size >= 10) store<u8>(end++, ZERO + u8(size / 10 % 10));
  store<u8>(end++, ZERO + u8(size % 10));
  return end;
}
