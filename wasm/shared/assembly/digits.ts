/** Sixteen decimal digits at once: the SIMD step that all number texts are written with. */

/** Constants of the digit steps. In memory, because loading them is faster than splatting them. */
const CONSTANTS: usize = memory.data<u32>([
  // 1/100 = 10486/2^20, near enough for numbers below 10^4.
  10486, 10486, 10486, 10486,
  100, 100, 100, 100,
  // 1/10 = 103/2^10, near enough for numbers below 100.
  0x00670067, 0x00670067, 0x00670067, 0x00670067,
  // 10·2^8 − 1: takes ten times a quotient off the upper half and leaves it in the lower half.
  0x09ff09ff, 0x09ff09ff, 0x09ff09ff, 0x09ff09ff,
  // The text "0" in every byte.
  0x30303030, 0x30303030, 0x30303030, 0x30303030,
], 16);

/**
 * The 16 digits of high·10^8 + low, both below 10^8, as bytes 0…9, the first digit in the lowest
 * byte. Each step halves the numbers in all lanes: quotient to the lower half, rest to the upper.
 */
@inline
export function sixteenDigits(high: u64, low: u64): v128 {
  let lanes = i64x2.replace_lane(i64x2.splat(byFours(high)), 1, byFours(low));
  // Signed 16-bit factors and no overflow: all are below 2^15. The upper halves are zero, so each
  // sum of two products is the one product, sooner than i32x4.mul has it.
  const hundreds = i32x4.shr_u(i32x4.dot_i16x8_s(lanes, v128.load(CONSTANTS)), 20);
  const rests = i32x4.sub(lanes, i32x4.dot_i16x8_s(hundreds, v128.load(CONSTANTS, 16)));
  lanes = v128.or(hundreds, i32x4.shl(rests, 16));
  const tens = i16x8.shr_u(i16x8.mul(lanes, v128.load(CONSTANTS, 32)), 10);
  return i16x8.sub(i16x8.shl(lanes, 8), i16x8.mul(tens, v128.load(CONSTANTS, 48)));
}

/** Digits 0…9 as text. */
@inline
export function digitsToText(digits: v128): v128 {
  return v128.or(digits, v128.load(CONSTANTS, 64));
}

/** One bit for each digit that is not zero, the first digit's lowest. */
@inline
export function positionsOf(digits: v128): i32 {
  return i8x16.bitmask(i8x16.gt_s(digits, i64x2.splat(0)));
}

/** The first four digits of value < 10^8 in the lower half, the last four in the upper. */
@inline
function byFours(value: u64): u64 {
  // 10^-4 = 109951163/2^40: the error is below 2·10^-9 of the quotient.
  const first = (value * 109951163) >> 40;
  return (value << 32) - first * ((10000 << 32) - 1);
}
