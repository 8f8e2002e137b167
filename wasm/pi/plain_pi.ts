/**
 * The π kernel written out plainly, one number at a time: what the fast one must equal, and the
 * source of raw numbers for test batteries. Only tests and scripts use it.
 */
import { BLOCK_SAMPLES } from "./blocks.ts";

const state = new Uint32Array(4);

/** Generators side by side: each gives one of eight points. */
const GENERATORS = 8;
/** The bit by which the counter of a place differs from that of any generator. */
const PLACE = 2 ** 27;

/** philox4x32-10 in place: `counter` becomes the output. */
export function philox(counter: Uint32Array, key0: number, key1: number): void {
  let c0 = counter[0]!;
  let c1 = counter[1]!;
  let c2 = counter[2]!;
  let c3 = counter[3]!;
  for (let round = 0; round < 10; round++) {
    const high0 = upperHalf(0xd2511f53, c0);
    const high1 = upperHalf(0xcd9e8d57, c2);
    const low0 = Math.imul(0xd2511f53, c0) >>> 0;
    const low1 = Math.imul(0xcd9e8d57, c2) >>> 0;
    c0 = (high1 ^ c1 ^ key0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ key1) >>> 0;
    c3 = low0;
    key0 = (key0 + 0x9e3779b9) >>> 0;
    key1 = (key1 + 0xbb67ae85) >>> 0;
  }
  counter[0] = c0;
  counter[1] = c1;
  counter[2] = c2;
  counter[3] = c3;
}

/** The upper 32 bits of a product of two u32, by halves. */
function upperHalf(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const carry = (Math.imul(aLow, bLow) >>> 16) + (Math.imul(aHigh, bLow) >>> 0);
  const middle = (Math.imul(aLow, bHigh) >>> 0) + (carry % 0x10000);
  return Math.imul(aHigh, bHigh) + Math.floor(carry / 0x10000) + (middle / 0x10000 | 0) >>> 0;
}

/** Writes the first words of a block, one a point, to places `from`…`to` − 1 of `target`. */
export function writeBlock(
  key: Uint32Array,
  block: number,
  target: Uint32Array,
  { from, to }: { from: number; to: number } = { from: 0, to: target.length },
): void {
  for (let generator = 0; generator < GENERATORS; generator++) {
    const high = Math.floor(block / 2 ** 32) | generator << 24;
    state[0] = block;
    state[1] = high;
    state[2] = key[2]!;
    state[3] = key[3]!;
    philox(state, key[0]!, key[1]!);
    xoshiro128plusplus(state, target, { from: from + generator, to, step: GENERATORS });
  }
}

/** Writes the numbers of one generator to every `step`-th place of `target`. */
export function xoshiro128plusplus(
  state: Uint32Array,
  target: Uint32Array,
  { from, to, step }: { from: number; to: number; step: number },
): void {
  let s0 = state[0]! | 0;
  let s1 = state[1]! | 0;
  let s2 = state[2]! | 0;
  let s3 = state[3]! | 0;
  for (let i = from; i < to; i += step) {
    const sum = s0 + s3 | 0;
    target[i] = (sum << 7 | sum >>> 25) + s0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = s3 << 11 | s3 >>> 21;
  }
}

/** How many of the first `points` points of a block lie inside. */
export function countInside(key: Uint32Array, block: number, points: number): number {
  const words = new Uint32Array(points);
  writeBlock(key, block, words);
  let inside = 0;
  for (let point = 0; point < points; point++) {
    if (isInside(words[point]!, drawPlace(key, block, point))) inside++;
  }
  return inside;
}

/**
 * Whether a point lies inside, in exact integers. Halves of its word are the upper 16 bits of x and
 * y, halves of its place the lower ones; numbers are signed and their lowest bit is set.
 */
export function isInside(word: number, place: number): boolean {
  const x = BigInt(word << 16 | place & 0xffff | 1);
  const y = BigInt(word & 0xffff0000 | place >>> 16 | 1);
  return x * x + y * y < 1n << 62n;
}

/** The lower bits of a point of a block: here they are drawn of every point, needed or not. */
export function drawPlace(key: Uint32Array, block: number, point: number): number {
  const high = Math.floor(block / 2 ** 32);
  const counter = Uint32Array.of(block, high | point << 1 | PLACE, key[2]!, key[3]!);
  philox(counter, key[0]!, key[1]!);
  return counter[0]!;
}

/** How many of all `samples` points lie inside. */
export function countAll(key: Uint32Array, samples: number): number {
  let inside = 0;
  for (let block = 0; block * BLOCK_SAMPLES < samples; block++) {
    const points = Math.min(BLOCK_SAMPLES, samples - block * BLOCK_SAMPLES);
    inside += countInside(key, block, points);
  }
  return inside;
}
