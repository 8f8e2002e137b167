/**
 * XXH64 of a stream of bytes: the checksum of series files. 64 bits, several bytes a nanosecond.
 *
 * Source: Y. Collet, "xxHash fast digest algorithm", specification 0.1.1, XXH64, seed 0.
 */

const PRIME_1: u64 = 0x9e3779b185ebca87;
const PRIME_2: u64 = 0xc2b2ae3d27d4eb4f;
const PRIME_3: u64 = 0x165667b19e3779f9;
const PRIME_4: u64 = 0x85ebca77c2b2ae63;
const PRIME_5: u64 = 0x27d4eb2f165667c5;

/** Bytes taken in one go by the four accumulators. */
const STRIPE: u32 = 32;

/** Where JavaScript puts the bytes, behind those that are held back, and the room there. */
export const inputAddress: usize = 0x10000;
export const inputBytes: u32 = 0x10000;

let a: u64 = 0;
let b: u64 = 0;
let c: u64 = 0;
let d: u64 = 0;
let total: u64 = 0;
/** Bytes at `inputAddress` that do not fill a stripe yet. */
let held: u32 = 0;

/** Begins a new stream. */
export function start(): void {
  a = PRIME_1 + PRIME_2;
  b = PRIME_2;
  c = 0;
  d = 0 - PRIME_1;
  total = 0;
  held = 0;
}

/** Takes `length` bytes behind those held; returns how many are held now. */
export function update(length: u32): u32 {
  const filled = held + length;
  const end = inputAddress + (filled & ~(STRIPE - 1));
  let v1 = a;
  let v2 = b;
  let v3 = c;
  let v4 = d;
  for (let p = inputAddress; p < end; p += STRIPE) {
    v1 = round(v1, load<u64>(p));
    v2 = round(v2, load<u64>(p, 8));
    v3 = round(v3, load<u64>(p, 16));
    v4 = round(v4, load<u64>(p, 24));
  }
  a = v1;
  b = v2;
  c = v3;
  d = v4;
  total += length;
  held = filled & (STRIPE - 1);
  memory.copy(inputAddress, end, held);
  return held;
}

/** The checksum of all that was taken. */
export function finish(): u64 {
  let hash = total >= STRIPE ? merged() : PRIME_5;
  hash += total;
  let p = inputAddress;
  const end = inputAddress + held;
  for (; p + 8 <= end; p += 8) {
    hash = rotl<u64>(hash ^ round(0, load<u64>(p)), 27) * PRIME_1 + PRIME_4;
  }
  if (p + 4 <= end) {
    hash = rotl<u64>(hash ^ (u64(load<u32>(p)) * PRIME_1), 23) * PRIME_2 + PRIME_3;
    p += 4;
  }
  for (; p < end; p++) {
    hash = rotl<u64>(hash ^ (u64(load<u8>(p)) * PRIME_5), 11) * PRIME_1;
  }
  hash = (hash ^ (hash >> 33)) * PRIME_2;
  hash = (hash ^ (hash >> 29)) * PRIME_3;
  return hash ^ (hash >> 32);
}

/** The four accumulators as one. */
function merged(): u64 {
  let hash = rotl<u64>(a, 1) + rotl<u64>(b, 7) + rotl<u64>(c, 12) + rotl<u64>(d, 18);
  hash = (hash ^ round(0, a)) * PRIME_1 + PRIME_4;
  hash = (hash ^ round(0, b)) * PRIME_1 + PRIME_4;
  hash = (hash ^ round(0, c)) * PRIME_1 + PRIME_4;
  return (hash ^ round(0, d)) * PRIME_1 + PRIME_4;
}

@inline
function round(accumulator: u64, lane: u64): u64 {
  return rotl<u64>(accumulator + lane * PRIME_2, 31) * PRIME_1;
}
