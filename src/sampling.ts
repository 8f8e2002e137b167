/** Which points are in a sample: the same ones for the same seed. */
import { Bitmap } from "./bitmap.ts";
import { murmur3 } from "./murmur.ts";

/** So many points, or this share of them. */
export type SampleSize = { readonly count: number } | { readonly share: number };

/** A share takes at least so many points, as far as there are. */
const LEAST_OF_A_SHARE = 10;
/** Four arbitrary numbers. */
const SALT = Uint32Array.of(0x76657269, 0x66792072, 0x756e2073, 0x616d706c);

/**
 * A sample of a set, all samples of that size being equally likely. Source: D. Knuth, The Art of
 * Computer Programming 2, section 3.4.2, algorithm S.
 */
export function pickSample(from: Bitmap, size: SampleSize, seed: number): Bitmap {
  const wanted = "count" in size
    ? size.count
    : Math.max(Math.ceil(size.share * from.count), LEAST_OF_A_SHARE);
  const picked = new Bitmap(from.size);
  const uniform = uniforms(seed);
  let left = from.count;
  let needed = Math.min(wanted, from.count);
  for (let index = 0; needed > 0; index++) {
    if (!from.has(index)) continue;
    if (left-- * uniform() >= needed) continue;
    picked.add(index);
    needed--;
  }
  return picked;
}

/** Numbers in [0, 1): hashes of (seed, 0), (seed, 1), … */
function uniforms(seed: number): () => number {
  const words = Uint32Array.of(seed, Math.floor(seed / 2 ** 32), 0, 0);
  const hash = new Uint32Array(4);
  return () => {
    words[2]!++;
    murmur3(words, 16, SALT, hash);
    return hash[0]! / 2 ** 32;
  };
}
