/**
 * Points near the circle, which 16 bits a coordinate do not decide: the lower 16 are drawn for
 * them, and with these it is decided in integers. Philox gives them, from the number of the block
 * and of the point in it.
 *
 * A coordinate is then the centre of one of 2^31 cells: a / 2^31, a signed and with its lowest bit
 * set. A point is inside when a² + b² < 2^62: nothing is rounded, and no point lies on the circle,
 * as a sum of two odd squares is no multiple of 4. Bits that would not decide are not drawn, so
 * this is the count of points uniform in the whole lattice.
 */
import { philox } from "../../shared/assembly/random";
import { COUNTER, DRAW, GROUP, GROUP_POINTS, KEY } from "./memory";

/** The bit that these counters of Philox have, and those of generators have not. */
const PLACE: u32 = 1 << 27;
/**
 * x² + y² decides unless it is within 2^16 √2 + 2 of 2^30: ⌈2^30 − 2^16 √2 − 2⌉ is the least that
 * does not, and so much further is the last.
 */
export const NEAR: i32 = 1_073_649_141;
export const NEAR_WIDTH: u32 = 185_366;

/** Counts those of the last 16 points, `first` on in their block, which are near and inside. */
export function countNear(first: u32): i32 {
  let count = 0;
  for (let index = first; index < first + GROUP_POINTS; index++) {
    if (u32(pastNear(index)) <= NEAR_WIDTH && isInside(index)) count++;
  }
  return count;
}

/** Whether one of the last 16 points is inside, by its number in its block. */
export function isInside(index: u32): bool {
  const past = pastNear(index);
  return u32(past) <= NEAR_WIDTH ? isPlaceInside(index) : past < 0;
}

/** x² + y² of one of the last 16 points, less the least that does not decide. */
@inline
function pastNear(index: u32): i32 {
  const word = wordOf(index);
  const x = i32(i16(word));
  const y = word >> 16;
  return x * x + y * y - NEAR;
}

@inline
function wordOf(index: u32): i32 {
  return load<i32>(GROUP + (usize(index % GROUP_POINTS) << 2));
}

/** Whether the place of a point in its cell, drawn for its number, is inside. */
function isPlaceInside(index: u32): bool {
  // The lowest bit of this word is the upper word of the block's number.
  const high = load<u32>(COUNTER, 4) & 1;
  store<u32>(COUNTER, high | index << 1 | PLACE, 4);
  philox(COUNTER, load<u32>(KEY), load<u32>(KEY, 4), DRAW);
  const place = load<i32>(DRAW);
  const word = wordOf(index);
  const a = i64(word << 16 | place & 0xffff | 1);
  const b = i64(word & ~0xffff | place >>> 16 | 1);
  return a * a + b * b < 1 << 62;
}
