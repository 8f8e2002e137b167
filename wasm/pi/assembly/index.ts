/**
 * Points uniform in a square, counted inside its inscribed circle: 4 · count / points → π.
 *
 * Random numbers: xoshiro128++ (D. Blackman and S. Vigna, ACM Trans. Math. Softw. 47, 36 (2021)),
 * eight generators side by side, each of which gives one of eight points. Every block of points has
 * states of its own, a function of the key and the block's number alone.
 *
 * A word is a point: its halves x and y, taken as signed, are the lower corner of a cell of side 1
 * in the square [-2^15, 2^15)², and the circle has radius 2^15. No part of a cell is further than
 * √2 from that corner, so x² + y² decides, unless it is within 2^16 √2 + 2 of 2^30. Only for such a
 * point, one in 7400, is its place in the cell drawn: 16 more bits a coordinate, see `near.ts`.
 */
import { philox } from "../../shared/assembly/random";
import { COUNTER, DRAW, GROUP, GROUP_POINTS, KEY, MADE, STATE } from "./memory";
import { countNear, isInside, NEAR, NEAR_WIDTH } from "./near";

/** Where JavaScript puts the key. */
export const keyAddress: usize = KEY;
/** What the tests need to know. */
export const stateAddress: usize = STATE;
export const near: i32 = NEAR;
export const nearWidth: u32 = NEAR_WIDTH;

const GENERATORS: u32 = 8;

/** In every lane, in memory: loading them is faster than making them. */
const NEARS: usize = memory.data<i32>([NEAR, NEAR, NEAR, NEAR]);
const NEAR_WIDTHS: usize = memory.data<u32>([NEAR_WIDTH, NEAR_WIDTH, NEAR_WIDTH, NEAR_WIDTH]);

/** Begins block `low` + 2^32 `high` with the key at `keyAddress`. */
export function start(low: u32, high: u32): void {
  store<u32>(MADE, 0);
  store<u32>(COUNTER, low);
  store<u32>(COUNTER, load<u32>(KEY, 8), 8);
  store<u32>(COUNTER, load<u32>(KEY, 12), 12);
  for (let generator: u32 = 0; generator < GENERATORS; generator++) {
    // Blocks number less than 2^33, so the generator's number has the upper bits for itself.
    store<u32>(COUNTER, high | generator << 24, 4);
    philox(COUNTER, load<u32>(KEY), load<u32>(KEY, 4), DRAW);
    const target = STATE + (usize(generator) << 2);
    for (let word: usize = 0; word < 4; word++) {
      store<u32>(target + (word << 5), load<u32>(DRAW + (word << 2)));
    }
  }
}

/**
 * Makes the next `points` points, a multiple of 16 except at the end; counts those inside. Both
 * steps are written out, as states that are not variables of one function leave the registers.
 */
export function draw(points: i32): i32 {
  let a0 = v128.load(STATE);
  let b0 = v128.load(STATE, 16);
  let a1 = v128.load(STATE, 32);
  let b1 = v128.load(STATE, 48);
  let a2 = v128.load(STATE, 64);
  let b2 = v128.load(STATE, 80);
  let a3 = v128.load(STATE, 96);
  let b3 = v128.load(STATE, 112);
  let inside = i32x4.splat(0);
  let count = 0;
  let first = load<u32>(MADE);
  const end = first + points;
  // To look for near points after two steps of each generator is a quarter faster than after one.
  for (; first < end; first += GROUP_POINTS) {
    let least = i32x4.splat(-1);
    for (let at = GROUP; at < GROUP + GROUP_POINTS * 4; at += 32) {
      let words = scramble(a0, a3);
      v128.store(at, words);
      let past = pastNear(words);
      inside = i32x4.add(inside, i32x4.shr_u(past, 31));
      least = i32x4.min_u(least, past);
      let shifted = i32x4.shl(a1, 9);
      a2 = v128.xor(a2, a0);
      a3 = v128.xor(a3, a1);
      a1 = v128.xor(a1, a2);
      a0 = v128.xor(a0, a3);
      a2 = v128.xor(a2, shifted);
      a3 = rotate(a3, 11);

      words = scramble(b0, b3);
      v128.store(at, words, 16);
      past = pastNear(words);
      inside = i32x4.add(inside, i32x4.shr_u(past, 31));
      least = i32x4.min_u(least, past);
      shifted = i32x4.shl(b1, 9);
      b2 = v128.xor(b2, b0);
      b3 = v128.xor(b3, b1);
      b1 = v128.xor(b1, b2);
      b0 = v128.xor(b0, b3);
      b2 = v128.xor(b2, shifted);
      b3 = rotate(b3, 11);
    }

    if (v128.any_true(i32x4.le_u(least, v128.load(NEAR_WIDTHS)))) count += countNear(first);
  }
  v128.store(STATE, a0);
  v128.store(STATE, b0, 16);
  v128.store(STATE, a1, 32);
  v128.store(STATE, b1, 48);
  v128.store(STATE, a2, 64);
  v128.store(STATE, b2, 80);
  v128.store(STATE, a3, 96);
  v128.store(STATE, b3, 112);
  store<u32>(MADE, end);
  // Of the last 16 points some may be too many.
  for (let surplus = end; surplus < first; surplus++) count -= i32(isInside(surplus));
  return count + total(inside);
}

/** x² + y² of each word less the least that does not decide: its sign is set for those inside. */
@inline
function pastNear(words: v128): v128 {
  return i32x4.sub(i32x4.dot_i16x8_s(words, words), v128.load(NEARS));
}

/** The "++" of xoshiro128++. */
@inline
function scramble(first: v128, last: v128): v128 {
  return i32x4.add(rotate(i32x4.add(first, last), 7), first);
}

@inline
function rotate(words: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(words, bits), i32x4.shr_u(words, 32 - bits));
}

function total(lanes: v128): i32 {
  return i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3);
}
