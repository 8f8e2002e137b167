/**
 * Salt-and-pepper noise: each pixel is replaced with a given probability, by black or by white.
 *
 * Random numbers: xoshiro128++ (D. Blackman and S. Vigna, ACM Trans. Math. Softw. 47, 36 (2021)),
 * one for each pixel in row-major order: the upper 31 bits decide whether, the lowest one by what.
 */
import { philox } from "../../shared/assembly/random";

/** u32[4]: the point's key; behind it the state that comes of it. */
export const KEY: usize = memory.data(16, 16);
const STATE: usize = memory.data(16, 16);

/** Philox keys of this kernel's streams are ("FOUR", 0). */
const STREAM_TAG: u32 = 0x464f5552;

let s0: u32 = 0;
let s1: u32 = 0;
let s2: u32 = 0;
let s3: u32 = 0;

/** Begins the stream of the key at KEY. */
export function startNoise(): void {
  philox(KEY, STREAM_TAG, 0, STATE);
  s0 = load<u32>(STATE);
  s1 = load<u32>(STATE, 4);
  s2 = load<u32>(STATE, 8);
  s3 = load<u32>(STATE, 12);
}

/** Replaces, among the next `count` pixels at `address`, those whose 31 bits are below `limit`. */
export function addNoise(address: usize, count: u32, limit: u32, white: f64): void {
  const end = address + (usize(count) << 3);
  for (let pixel = address; pixel < end; pixel += 8) {
    const number = rotl<u32>(s0 + s3, 7) + s0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotl<u32>(s3, 11);
    if (number >> 1 < limit) store<f64>(pixel, number & 1 ? white : 0.0);
  }
}
