/**
 * Points uniform in the unit square, counted inside the quarter circle: 4 · count / points → π.
 *
 * Random numbers: xoshiro128++ (D. Blackman and S. Vigna, ACM Trans. Math. Softw. 47, 36 (2021)),
 * eight generators side by side: four give x, four give y. Every block of points has states of its
 * own, a function of the key and the block's number alone.
 *
 * A coordinate is the centre of one of 2^30 cells: |a| / 2^31, a a number whose lowest bit is set,
 * taken as signed. A point is inside when a² + b² < 2^62: integers, nothing is rounded, and no
 * point lies on the circle, as a sum of two odd squares is no multiple of 4. Counting the whole
 * lattice would give π to about 10^-15.
 */
import { philox } from "../../shared/assembly/random";

/** u32[4]: the key of seed, kernel and version. */
export const keyAddress: usize = 1024;
/** u32[4]: the counter of Philox. */
const COUNTER: usize = 1040;
/** u32[4]: what Philox gives. */
const DRAW: usize = 1056;
/** u32[8][4]: word w of the eight generators at 32 w, x first. */
const STATE: usize = 1088;
const GENERATORS: u32 = 8;

/** 1 in every lane, in memory: loading it is faster than making it. */
const ONES: usize = memory.data<u32>([1, 1, 1, 1]);

/** Begins block `low` + 2^32 `high` with the key at `keyAddress`. */
export function start(low: u32, high: u32): void {
  store<u32>(COUNTER, low);
  store<u32>(COUNTER, load<u32>(keyAddress, 8), 8);
  store<u32>(COUNTER, load<u32>(keyAddress, 12), 12);
  for (let generator: u32 = 0; generator < GENERATORS; generator++) {
    // Blocks number less than 2^33, so the generator's number has the upper bits for itself.
    store<u32>(COUNTER, high | generator << 24, 4);
    philox(COUNTER, load<u32>(keyAddress), load<u32>(keyAddress, 4), DRAW);
    const target = STATE + (usize(generator) << 2);
    for (let word: usize = 0; word < 4; word++) {
      store<u32>(target + (word << 5), load<u32>(DRAW + (word << 2)));
    }
  }
}

/** Makes the next `points` points, a multiple of 4 except at the end; counts those inside. */
export function draw(points: i32): i32 {
  let x0 = v128.load(STATE);
  let y0 = v128.load(STATE, 16);
  let x1 = v128.load(STATE, 32);
  let y1 = v128.load(STATE, 48);
  let x2 = v128.load(STATE, 64);
  let y2 = v128.load(STATE, 80);
  let x3 = v128.load(STATE, 96);
  let y3 = v128.load(STATE, 112);
  let outside = i32x4.splat(0);
  let last = i32x4.splat(0);
  for (let made = 0; made < points; made += 4) {
    const x = v128.or(i32x4.add(rotate7(i32x4.add(x0, x3)), x0), v128.load(ONES));
    let shifted = i32x4.shl(x1, 9);
    x2 = v128.xor(x2, x0);
    x3 = v128.xor(x3, x1);
    x1 = v128.xor(x1, x2);
    x0 = v128.xor(x0, x3);
    x2 = v128.xor(x2, shifted);
    x3 = v128.or(i32x4.shl(x3, 11), i32x4.shr_u(x3, 21));

    const y = v128.or(i32x4.add(rotate7(i32x4.add(y0, y3)), y0), v128.load(ONES));
    shifted = i32x4.shl(y1, 9);
    y2 = v128.xor(y2, y0);
    y3 = v128.xor(y3, y1);
    y1 = v128.xor(y1, y2);
    y0 = v128.xor(y0, y3);
    y2 = v128.xor(y2, shifted);
    y3 = v128.or(i32x4.shl(y3, 11), i32x4.shr_u(y3, 21));

    // Bit 62 of a² + b² < 2^63, in the upper halves of four sums: 1 for points outside.
    const low = i64x2.add(i64x2.extmul_low_i32x4_s(x, x), i64x2.extmul_low_i32x4_s(y, y));
    const high = i64x2.add(i64x2.extmul_high_i32x4_s(x, x), i64x2.extmul_high_i32x4_s(y, y));
    last = i32x4.shr_u(i32x4.shuffle(low, high, 1, 3, 5, 7), 30);
    outside = i32x4.add(outside, last);
  }
  v128.store(STATE, x0);
  v128.store(STATE, y0, 16);
  v128.store(STATE, x1, 32);
  v128.store(STATE, y1, 48);
  v128.store(STATE, x2, 64);
  v128.store(STATE, y2, 80);
  v128.store(STATE, x3, 96);
  v128.store(STATE, y3, 112);
  // Of the last four points some may be too many.
  const surplus = -points & 3;
  let count = points + surplus - total(outside);
  if (surplus > 0) count -= 1 - i32x4.extract_lane(last, 3);
  if (surplus > 1) count -= 1 - i32x4.extract_lane(last, 2);
  if (surplus > 2) count -= 1 - i32x4.extract_lane(last, 1);
  return count;
}

@inline
function rotate7(x: v128): v128 {
  return v128.or(i32x4.shl(x, 7), i32x4.shr_u(x, 25));
}

function total(lanes: v128): i32 {
  return i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3);
}
