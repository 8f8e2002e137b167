/** The check values of a PNG: Adler-32 of what is compressed, CRC-32 of what comes out. */
import { CRC_TABLES } from "./layout";

/** Bytes after which the sums of Adler-32 still fit 32 bits; a multiple of 16. */
const ADLER_STEP: usize = 5552;
const ADLER_MODULUS: u32 = 65521;
/** The CRC-32 of IEEE 802.3, reflected. */
const POLYNOMIAL: u32 = 0xedb88320;

/** Table k holds the CRC of each byte followed by k zero bytes. */
export function makeCrcTables(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (POLYNOMIAL & (0 - (crc & 1)));
    store<u32>(CRC_TABLES + (byte << 2), crc);
  }
  for (let at = CRC_TABLES; at < CRC_TABLES + 15 * 1024; at += 4) {
    const before = load<u32>(at);
    store<u32>(at, (before >> 8) ^ load<u32>(CRC_TABLES + ((before & 255) << 2)), 1024);
  }
}

/** The CRC-32 state after bytes `from` to `to` − 1, sixteen a step. */
export function updateCrc(state: u32, from: usize, to: usize): u32 {
  let crc = state;
  let p = from;
  for (; p + 16 <= to; p += 16) {
    const a = load<u32>(p) ^ crc;
    const b = load<u32>(p, 4);
    const c = load<u32>(p, 8);
    const d = load<u32>(p, 12);
    crc = table(15, a) ^ table(14, a >> 8) ^ table(13, a >> 16) ^ table(12, a >> 24) ^
      table(11, b) ^ table(10, b >> 8) ^ table(9, b >> 16) ^ table(8, b >> 24) ^
      table(7, c) ^ table(6, c >> 8) ^ table(5, c >> 16) ^ table(4, c >> 24) ^
      table(3, d) ^ table(2, d >> 8) ^ table(1, d >> 16) ^ table(0, d >> 24);
  }
  for (; p < to; p++) crc = table(0, crc ^ load<u8>(p)) ^ (crc >> 8);
  return crc;
}

@inline
function table(k: usize, byte: u32): u32 {
  return load<u32>(CRC_TABLES + (k << 10) + ((byte & 255) << 2));
}

/** The Adler-32 (RFC 1950, section 8.2) after `length` more bytes. */
export function updateAdler(adler: u32, from: usize, length: usize): u32 {
  let low = adler & 0xffff;
  let high = adler >> 16;
  const end = from + length;
  for (let p = from; p < end;) {
    const stop = min(p + ADLER_STEP, end);
    const vectors = u32((stop - p) >> 4);
    // Before a vector of 16, `low` counts 16 times in `high`; its bytes count 16, 15, …, 1 times.
    let lows = i32x4.splat(0);
    let lowsBefore = i32x4.splat(0);
    let weighted = i32x4.splat(0);
    for (const last = p + (usize(vectors) << 4); p < last; p += 16) {
      const bytes = v128.load(p);
      lowsBefore = i32x4.add(lowsBefore, lows);
      lows = i32x4.add(
        lows,
        i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes)),
      );
      weighted = i32x4.add(
        weighted,
        i32x4.add(
          i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(bytes), i16x8(16, 15, 14, 13, 12, 11, 10, 9)),
          i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(bytes), i16x8(8, 7, 6, 5, 4, 3, 2, 1)),
        ),
      );
    }
    high += ((low * vectors + sumOf(lowsBefore)) << 4) + sumOf(weighted);
    low += sumOf(lows);
    for (; p < stop; p++) {
      low += load<u8>(p);
      high += low;
    }
    low %= ADLER_MODULUS;
    high %= ADLER_MODULUS;
  }
  return (high << 16) | low;
}

@inline
function sumOf(lanes: v128): u32 {
  return i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3);
}
