/**
 * Finds the runs of a block, by a bit for each byte that equals the one before, and counts symbols.
 *
 * A run begins where a byte and the next two equal the byte before, and is as long as it can be.
 */
import {
  COUNTS,
  COUNTS_BYTES,
  EQUAL,
  FILTERED,
  RUN_EXTRA_BITS,
  RUN_SYMBOLS,
  RUN_VALUES,
  SPANS,
  TRIPLE,
} from "./layout";

/** Symbols of literals and run lengths (RFC 1951, section 3.2.7). */
export const SYMBOLS: u32 = 286;
export const END_OF_BLOCK: u32 = 256;
export const MIN_RUN: u32 = 3;
export const MAX_RUN: u32 = 258;

/** Symbol, extra bits and their value of each run length (section 3.2.5). */
export function makeRunTables(): void {
  for (let symbol: u32 = 257, run: u32 = MIN_RUN; symbol < 285; symbol++) {
    const extraBits = symbol < 265 ? 0 : (symbol - 261) >> 2;
    for (let value: u32 = 0; value < 1 << extraBits; value++) {
      setRun(run++, symbol, extraBits, value);
    }
  }
  setRun(MAX_RUN, 285, 0, 0);
}

function setRun(run: u32, symbol: u32, extraBits: u32, value: u32): void {
  store<u16>(RUN_SYMBOLS + (run << 1), u16(symbol));
  store<u8>(RUN_EXTRA_BITS + run, u8(extraBits));
  store<u8>(RUN_VALUES + run, u8(value));
}

/** Compares the `count` filtered bytes with those before them. */
export function findRuns(count: u32): void {
  const words = (count + 63) >> 6;
  for (let word: u32 = 0, p = FILTERED; word < words; word++, p += 64) {
    store<u64>(
      EQUAL + (word << 3),
      equals(p) | (equals(p + 16) << 16) | (equals(p + 32) << 32) | (equals(p + 48) << 48),
    );
  }
  store<u64>(EQUAL + (words << 3), 0);
  for (let at = EQUAL, to = TRIPLE; at < EQUAL + (words << 3); at += 8, to += 8) {
    const word = load<u64>(at);
    const next = load<u64>(at, 8);
    store<u64>(to, word & ((word >> 1) | (next << 63)) & ((word >> 2) | (next << 62)));
  }
  // Stops every search.
  store<u64>(TRIPLE + (words << 3), ~0);
}

@inline
function equals(p: usize): u64 {
  return u64(u32(i8x16.bitmask(i8x16.eq(v128.load(p), v128.load(p - 1)))));
}

/** Makes literals and runs of the `count` filtered bytes; returns how many spans. */
export function makeSpans(count: u32): u32 {
  memory.fill(COUNTS, 0, 4 * COUNTS_BYTES);
  store<u32>(COUNTS + (END_OF_BLOCK << 2), 1);
  let to = SPANS;
  for (let at: u32 = 0; at < count;) {
    const start = min(nextTriple(at), count);
    countLiterals(FILTERED + at, FILTERED + start);
    const run = start < count ? runLength(start) : 0;
    store<u32>(to, ((start - at) << 9) | run);
    to += 4;
    if (run > 0) {
      const counter = COUNTS + (usize(load<u16>(RUN_SYMBOLS + (run << 1))) << 2);
      store<u32>(counter, load<u32>(counter) + 1);
    }
    at = start + run;
  }
  for (let p = COUNTS; p < COUNTS + (256 << 2); p += 16) {
    const even = i32x4.add(v128.load(p), v128.load(p, 2 * COUNTS_BYTES));
    const odd = i32x4.add(v128.load(p, COUNTS_BYTES), v128.load(p, 3 * COUNTS_BYTES));
    v128.store(p, i32x4.add(even, odd));
  }
  return u32(to - SPANS) >> 2;
}

@inline
function nextTriple(at: u32): u32 {
  let word = at >> 6;
  const shift = at & 63;
  let bits = (load<u64>(TRIPLE + (word << 3)) >> shift) << shift;
  while (bits === 0) bits = load<u64>(TRIPLE + (++word << 3));
  return (word << 6) + u32(ctz(bits));
}

@inline
function runLength(start: u32): u32 {
  let word = start >> 6;
  const shift = start & 63;
  let run = u32(ctz(~(load<u64>(EQUAL + (word << 3)) >> shift)));
  if (run === 64 - shift) {
    let more: u32 = 64;
    while (more === 64 && run < MAX_RUN) {
      more = u32(ctz(~load<u64>(EQUAL + (++word << 3))));
      run += more;
    }
  }
  return min(run, MAX_RUN);
}

/** In four tables by turns: the same counter twice in a row would wait for itself. */
@inline
function countLiterals(from: usize, to: usize): void {
  let p = from;
  for (; p + 4 <= to; p += 4) {
    const bytes = load<u32>(p);
    increment(0, bytes & 255);
    increment(1, (bytes >> 8) & 255);
    increment(2, (bytes >> 16) & 255);
    increment(3, bytes >> 24);
  }
  for (; p < to; p++) increment(0, load<u8>(p));
}

@inline
function increment(part: usize, byte: u32): void {
  const counter = COUNTS + part * COUNTS_BYTES + (usize(byte) << 2);
  store<u32>(counter, load<u32>(counter) + 1);
}
