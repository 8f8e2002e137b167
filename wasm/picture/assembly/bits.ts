/** Writes blocks of deflate (RFC 1951): bits from the lowest of each byte upwards, 64 at a time. */
import { codeLengths, codesOf } from "./huffman";
import {
  CODES,
  COUNTS,
  FILTERED,
  LENGTH_CODES,
  LENGTH_COUNTS,
  LENGTH_LENGTHS,
  LENGTHS,
  OUTPUT,
  PIECES,
  RUN_EXTRA_BITS,
  RUN_SYMBOLS,
  RUN_VALUES,
  SPANS,
} from "./layout";
import { END_OF_BLOCK, MAX_RUN, MIN_RUN, SYMBOLS } from "./spans";

const MAX_BITS: u32 = 15;
const LENGTH_SYMBOLS: u32 = 19;
const MAX_LENGTH_CODE_BITS: u32 = 7;
/** In `PIECES`: below it literals, from it runs of that much more. */
const RUN: u32 = 256;

/** The order in which the lengths of the length codes are written. */
const ORDER = memory.data<u8>([
  16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
]);

/** Bits that do not fill a byte yet, seven at most between calls. */
let pending: u64 = 0;
let pendingBits: u64 = 0;
/** Where the next byte goes; a block begins at `OUTPUT`. */
let output: usize = OUTPUT;

/** Begins a stream with the head of zlib (RFC 1950): window of 32 KiB, fastest compression. */
export function startBits(): void {
  pending = 0x0178;
  pendingBits = 16;
}

/** Begins a block with codes of its own (RFC 1951, section 3.2.7). */
export function writeHead(isLast: bool): void {
  output = OUTPUT;
  codeLengths(COUNTS, SYMBOLS, MAX_BITS, LENGTHS);
  codesOf(LENGTHS, SYMBOLS, CODES);
  write(isLast ? 1 : 0, 1);
  write(2, 2);
  writeLengths();
  makePieces();
}

/** The lengths of all codes, and that of the one distance, 1, which has one bit. */
function writeLengths(): void {
  store<u8>(LENGTHS + SYMBOLS, 1);
  memory.fill(LENGTH_COUNTS, 0, LENGTH_SYMBOLS << 2);
  for (let symbol: u32 = 0; symbol <= SYMBOLS; symbol++) {
    const counter = LENGTH_COUNTS + (usize(load<u8>(LENGTHS + symbol)) << 2);
    store<u32>(counter, load<u32>(counter) + 1);
  }
  codeLengths(LENGTH_COUNTS, LENGTH_SYMBOLS, MAX_LENGTH_CODE_BITS, LENGTH_LENGTHS);
  codesOf(LENGTH_LENGTHS, LENGTH_SYMBOLS, LENGTH_CODES);
  write(SYMBOLS - 257, 5);
  write(0, 5);
  write(LENGTH_SYMBOLS - 4, 4);
  for (let i: u32 = 0; i < LENGTH_SYMBOLS; i++) {
    write(load<u8>(LENGTH_LENGTHS + usize(load<u8>(ORDER + i))), 3);
  }
  for (let symbol: u32 = 0; symbol <= SYMBOLS; symbol++) {
    const length = usize(load<u8>(LENGTHS + symbol));
    write(load<u16>(LENGTH_CODES + (length << 1)), load<u8>(LENGTH_LENGTHS + length));
  }
}

/** What a token becomes in one piece: a run is its symbol, its extra bits and one of distance. */
function makePieces(): void {
  for (let symbol: u32 = 0; symbol < RUN; symbol++) {
    const length = u32(load<u8>(LENGTHS + symbol));
    store<u32>(PIECES + (symbol << 2), u32(load<u16>(CODES + (symbol << 1))) | (length << 24));
  }
  for (let run = MIN_RUN; run <= MAX_RUN; run++) {
    const symbol = u32(load<u16>(RUN_SYMBOLS + (run << 1)));
    const length = u32(load<u8>(LENGTHS + symbol));
    const extra = u32(load<u8>(RUN_VALUES + run)) << length;
    const size = length + load<u8>(RUN_EXTRA_BITS + run) + 1;
    const bits = load<u16>(CODES + (symbol << 1)) | extra;
    store<u32>(PIECES + ((RUN + run) << 2), bits | (size << 24));
  }
}

/** Writes the spans of a block and its end: the loop that takes the time. */
export function writeSpans(spans: u32): void {
  let bits = pending;
  let size = pendingBits;
  let to = output;
  let from = FILTERED;
  const last = SPANS + (spans << 2);
  for (let span = SPANS; span < last; span += 4) {
    const run = load<u32>(span) & 511;
    const end = from + (load<u32>(span) >> 9);
    // Three codes of 15 bits and a run of 21 with the seven bits that are left fit in 64.
    for (; from + 3 <= end; from += 3) {
      const a = pieceOf(load<u8>(from));
      const b = pieceOf(load<u8>(from, 1));
      const c = pieceOf(load<u8>(from, 2));
      const sizeA = u64(a >> 24);
      const sizeB = sizeA + (b >> 24);
      const codes = u64(a & 0xffffff) | (u64(b & 0xffffff) << sizeA) | (u64(c & 0xffffff) << sizeB);
      bits |= codes << size;
      size += sizeB + (c >> 24);
      store<u64>(to, bits);
      to += usize(size >> 3);
      bits >>= size & 56;
      size &= 7;
    }
    for (; from < end; from++) {
      const literal = pieceOf(load<u8>(from));
      bits |= u64(literal & 0xffffff) << size;
      size += literal >> 24;
    }
    if (run > 0) {
      const piece = pieceOf(RUN + run);
      bits |= u64(piece & 0xffffff) << size;
      size += piece >> 24;
      from += run;
    }
    store<u64>(to, bits);
    to += usize(size >> 3);
    bits >>= size & 56;
    size &= 7;
  }
  pending = bits;
  pendingBits = size;
  output = to;
  write(load<u16>(CODES + (END_OF_BLOCK << 1)), load<u8>(LENGTHS + END_OF_BLOCK));
}

@inline
function pieceOf(token: u32): u32 {
  return load<u32>(PIECES + (token << 2));
}

/** Fills the byte that was begun and writes the check value, its highest byte first. */
export function writeEnd(adler: u32): void {
  if (pendingBits > 0) write(0, 8 - u32(pendingBits));
  store<u32>(output, bswap<u32>(adler));
  output += 4;
}

/** Where the bytes written since the block began end. */
export function outputEnd(): usize {
  return output;
}

/** Writes the low `size` bits, 24 at most, of a value that has no others. */
function write(value: u32, size: u32): void {
  pending |= u64(value) << pendingBits;
  pendingBits += size;
  store<u64>(output, pending);
  output += usize(pendingBits >> 3);
  pending >>= pendingBits & 56;
  pendingBits &= 7;
}
