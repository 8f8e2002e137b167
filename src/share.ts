/** Which points are a rank's own: every k-th missing one, by the digits of k. */
import { Bitmap } from "./bitmap.ts";

/** A rank among several. */
export interface RankOf {
  readonly rank: number;
  readonly size: number;
}

/**
 * All points but a rank's share of those that are missing in `done`. The k-th missing point belongs
 * to the rank that the digits of k in base `size` sum to, modulo `size`: one of every `size`
 * consecutive ones, and never in step with the axes, as plain k modulo `size` would be.
 */
export function allButShare(done: Bitmap, { rank, size }: RankOf): Bitmap {
  const others = new Bitmap(done.size, done.bytes.slice());
  const owner = ownerCounter(size);
  for (let index = done.nextMissing(0); index < done.size; index = done.nextMissing(index + 1)) {
    if (owner() !== rank) others.add(index);
  }
  return others;
}

/** How many of so many missing points are a rank's own. */
export function shareSize(missing: number, { rank, size }: RankOf): number {
  if (size === 1) return missing;
  const whole = Math.floor(missing / size);
  let owner = 0;
  // The rest begins with the rank that the digits of `whole` sum to, and goes on from there.
  for (let digits = whole; digits > 0; digits = Math.floor(digits / size)) owner += digits % size;
  return whole + Number((rank + size - owner % size) % size < missing % size);
}

/** Gives the owners of the 0th, 1st, 2nd, … missing point. */
export function ownerCounter(size: number): () => number {
  const digits = [0];
  let sum = 0;
  let isFirst = true;
  return () => {
    if (isFirst) {
      isFirst = false;
      return 0;
    }
    let place = 0;
    while (digits[place] === size - 1) {
      digits[place++] = 0;
      sum -= size - 1;
    }
    digits[place] = (digits[place] ?? 0) + 1;
    sum++;
    return sum % size;
  };
}
