/**
 * Compresses bytes as a zlib stream (RFC 1950, RFC 1951) with runs and Huffman codes alone, plainly
 * and slowly: what the tests hold `wasm/picture` to, byte for byte.
 */
import { codeLengths, codesOf } from "./plain_huffman.ts";

/** Bytes that share one set of codes. */
const BLOCK_BYTES = 2 ** 16;
/** Symbols of the three alphabets of RFC 1951, section 3.2.7. */
const LITERALS = 286;
const LENGTH_CODES = 19;
const END_OF_BLOCK = 256;
const MAX_BITS = 15;
const MAX_LENGTH_CODE_BITS = 7;
/** Bytes that a run may repeat. */
const MIN_RUN = 3;
const MAX_RUN = 258;
/** In the list of tokens: below it a literal, from it a run of that much more. */
const RUN = 256;

/** The order in which the lengths of the length codes are written. */
const LENGTH_CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Symbol, extra bits and their value of each run length (section 3.2.5). */
const RUNS = makeRuns();

/** The stream of some bytes: the same for the same bytes, always. */
export function deflate(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const writer = new BitWriter(boundOf(bytes.length));
  writer.write(0x0178, 16);
  const tokens = new Uint16Array(BLOCK_BYTES);
  let start = 0;
  do {
    const end = Math.min(start + BLOCK_BYTES, bytes.length);
    const counts = new Uint32Array(LITERALS);
    const count = tokenize(bytes, { start, end }, { tokens, counts });
    writeBlock(writer, { tokens: tokens.subarray(0, count), counts, isLast: end === bytes.length });
    start = end;
  } while (start < bytes.length);
  writer.align();
  const check = adler32(bytes);
  writer.write(check >>> 24, 8);
  writer.write(check >>> 16 & 255, 8);
  writer.write(check >>> 8 & 255, 8);
  writer.write(check & 255, 8);
  return writer.bytes();
}

/** No symbol takes more than 15 bits; a block's codes take less than 400 bytes. */
function boundOf(bytes: number): number {
  return 2 * bytes + 400 * (Math.floor(bytes / BLOCK_BYTES) + 1) + 16;
}

/** Literals and runs of the byte before; returns how many. */
function tokenize(
  bytes: Uint8Array,
  { start, end }: { start: number; end: number },
  { tokens, counts }: { tokens: Uint16Array; counts: Uint32Array },
): number {
  let count = 0;
  let before = start === 0 ? -1 : bytes[start - 1]!;
  for (let at = start; at < end;) {
    const byte = bytes[at]!;
    if (byte === before && bytes[at + 1] === byte && bytes[at + 2] === byte && at + 2 < end) {
      const last = Math.min(end, at + MAX_RUN);
      let to = at + MIN_RUN;
      while (to < last && bytes[to] === byte) to++;
      tokens[count++] = RUN + to - at;
      counts[RUNS.symbols[to - at]!]!++;
      at = to;
    } else {
      tokens[count++] = byte;
      counts[byte]!++;
      before = byte;
      at++;
    }
  }
  counts[END_OF_BLOCK] = 1;
  return count;
}

interface Block {
  readonly tokens: Uint16Array;
  readonly counts: Uint32Array;
  readonly isLast: boolean;
}

/** A block with codes of its own (section 3.2.7). */
function writeBlock(writer: BitWriter, { tokens, counts, isLast }: Block): void {
  const lengths = codeLengths(counts, MAX_BITS);
  const codes = codesOf(lengths);
  writer.write(isLast ? 1 : 0, 1);
  writer.write(2, 2);
  writeLengths(writer, lengths);
  // What a token becomes in one piece: a run is its symbol, its extra bits and one bit of distance.
  const bits = new Uint32Array(RUN + MAX_RUN + 1);
  const sizes = new Uint8Array(bits.length);
  bits.set(codes.subarray(0, RUN));
  sizes.set(lengths.subarray(0, RUN));
  for (let run = MIN_RUN; run <= MAX_RUN; run++) {
    const symbol = RUNS.symbols[run]!;
    bits[RUN + run] = codes[symbol]! | RUNS.values[run]! << lengths[symbol]!;
    sizes[RUN + run] = lengths[symbol]! + RUNS.extraBits[run]! + 1;
  }
  writer.writeAll(tokens, { bits, sizes });
  writer.write(codes[END_OF_BLOCK]!, lengths[END_OF_BLOCK]!);
}

/** The lengths of all codes, and that of the one distance, 1, which has one bit. */
function writeLengths(writer: BitWriter, lengths: Uint8Array): void {
  const all = Uint8Array.of(...lengths, 1);
  const counts = new Uint32Array(LENGTH_CODES);
  for (const length of all) counts[length]!++;
  const codeSizes = codeLengths(counts, MAX_LENGTH_CODE_BITS);
  const codes = codesOf(codeSizes);
  writer.write(LITERALS - 257, 5);
  writer.write(0, 5);
  writer.write(LENGTH_CODES - 4, 4);
  for (const code of LENGTH_CODE_ORDER) writer.write(codeSizes[code]!, 3);
  for (const length of all) writer.write(codes[length]!, codeSizes[length]!);
}

/** Packs bits from the lowest of each byte upwards. */
class BitWriter {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #size = 0;
  #pending = 0;
  #pendingBits = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Writes the low `size` bits, 24 at most, of a value that has no others. */
  write(value: number, size: number): void {
    this.#pending |= value << this.#pendingBits;
    this.#pendingBits += size;
    while (this.#pendingBits >= 8) {
      this.#bytes[this.#size++] = this.#pending;
      this.#pending >>>= 8;
      this.#pendingBits -= 8;
    }
  }

  /** Writes the bits of every token: the loop that takes the time, so with everything local. */
  writeAll(tokens: Uint16Array, { bits, sizes }: { bits: Uint32Array; sizes: Uint8Array }): void {
    const bytes = this.#bytes;
    let size = this.#size;
    let pending = this.#pending;
    let pendingBits = this.#pendingBits;
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i]!;
      pending |= bits[token]! << pendingBits;
      pendingBits += sizes[token]!;
      while (pendingBits >= 8) {
        bytes[size++] = pending;
        pending >>>= 8;
        pendingBits -= 8;
      }
    }
    this.#size = size;
    this.#pending = pending;
    this.#pendingBits = pendingBits;
  }

  /** Fills the byte that was begun. */
  align(): void {
    if (this.#pendingBits > 0) this.write(0, 8 - this.#pendingBits);
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#size);
  }
}

/** RFC 1950, section 8.2. */
function adler32(bytes: Uint8Array): number {
  // The most bytes after which the sums still fit 32 bits.
  const step = 5552;
  let low = 1;
  let high = 0;
  for (let start = 0; start < bytes.length; start += step) {
    const end = Math.min(start + step, bytes.length);
    for (let i = start; i < end; i++) {
      low += bytes[i]!;
      high += low;
    }
    low %= 65521;
    high %= 65521;
  }
  return (high * 65536 + low) >>> 0;
}

function makeRuns(): { symbols: Uint16Array; extraBits: Uint8Array; values: Uint8Array } {
  const symbols = new Uint16Array(MAX_RUN + 1);
  const extraBits = new Uint8Array(MAX_RUN + 1);
  const values = new Uint8Array(MAX_RUN + 1);
  for (let symbol = 257, run = MIN_RUN; symbol < 285; symbol++) {
    const extra = symbol < 265 ? 0 : Math.floor((symbol - 261) / 4);
    for (let value = 0; value < 2 ** extra; value++, run++) {
      symbols[run] = symbol;
      extraBits[run] = extra;
      values[run] = value;
    }
  }
  symbols[MAX_RUN] = 285;
  extraBits[MAX_RUN] = 0;
  values[MAX_RUN] = 0;
  return { symbols, extraBits, values };
}
