/**
 * How the transform of one length is made: a list of passes, or, where a prime is too large for
 * them, a convolution of a longer, smoother length (L. Bluestein, IEEE Trans. Audio Electroacoust.
 * 18, 451 (1970)).
 */
import { hasButterfly } from "./generated/butterflies";

/** All radices but one are at least 3, and 3¹⁵ is beyond every length. */
const MOST_PASSES: usize = 16;
/** Bytes of a plan and its list of passes; tables come after it. */
export const PLAN_BYTES: usize = (offsetof<Plan>() + offsetof<Pass>() * MOST_PASSES + 15) & ~15;

/** Primes above this never pay: a convolution is faster. */
const LARGEST_PRIME: i32 = 199;
/** Room for the sums and differences of the largest prime. */
export const PAIRS_BYTES: usize = usize(LARGEST_PRIME >> 1) << 6;

/** One pass: n = radix · stride · groups. */
@unmanaged
export class Pass {
  radix: i32;
  stride: i32;
  groups: i32;
  twiddles: usize;
  /** For a radix without a butterfly of its own: cos and sin of its multiples. */
  roots: usize;
}

/** A length's passes and tables. */
@unmanaged
export class Plan {
  length: i32;
  /** What the passes transform: the length, or that of the convolution. */
  passesLength: i32;
  passCount: i32;
  passes: usize;
  /** Of a convolution: e^(−πi·k²/length), and its inverse's transform over passesLength. */
  chirp: usize;
  filter: usize;
}

/** Elements of a work area for a length: some more, as blocks of rows fill up to fours. */
export function workElements(length: i32): i32 {
  return passesLengthOf(length) + 4;
}

/** Bytes of a plan with all its tables. */
export function planBytes(length: i32): usize {
  const passesLength = passesLengthOf(length);
  // The twiddles of a pass are fewer than what it shortens the rest of the transform by.
  const twiddles = usize(passesLength) << 4;
  const convolution = passesLength == length ? 0 : (usize(length) + usize(passesLength)) << 4;
  return PLAN_BYTES + twiddles + convolution + primeRootsBytes(passesLength);
}

/** Bytes of the tables for all primes of `n` that have no butterfly. */
function primeRootsBytes(n: i32): usize {
  let bytes: usize = 0;
  for (let rest = n; rest > 1;) {
    const radix = nextRadix(rest);
    const half = usize((radix - 1) >> 1);
    if (!hasButterfly(radix)) bytes += (half * half) << 4;
    rest /= radix;
  }
  return bytes;
}

/** The radix that comes next: 4, and 8 instead of 4 and 2; large primes come last. */
export function nextRadix(rest: i32): i32 {
  if ((rest & 15) == 8) return 8;
  if ((rest & 3) == 0) return 4;
  if ((rest & 1) == 0) return 2;
  for (let factor = 3; factor * factor <= rest; factor += 2) {
    if (rest % factor == 0) return factor;
  }
  return rest;
}

/** The length itself, or that of the cheapest convolution if that is cheaper. */
export function passesLengthOf(n: i32): i32 {
  const direct = cost(n);
  let best = n;
  let least = direct;
  const shortest = 2 * n - 1;
  for (let fives = 1; fives < 2 * shortest; fives *= 5) {
    for (let threes = fives; threes < 2 * shortest; threes *= 3) {
      let m = threes;
      while (m < shortest) m *= 2;
      const total = 2.0 * cost(m) + CONVOLUTION_COST * f64(m);
      if (total < least) {
        least = total;
        best = m;
      }
    }
  }
  return best;
}

/** Of an element's way through the products and copies of a convolution. */
const CONVOLUTION_COST: f64 = 4.0;

/** About what the passes of a length cost; the unit is an element's way through radix 4. */
function cost(n: i32): f64 {
  let sum: f64 = 0;
  for (let rest = n; rest > 1;) {
    const radix = nextRadix(rest);
    if (radix > LARGEST_PRIME) return Infinity;
    sum += passCost(radix);
    rest /= radix;
  }
  return sum * f64(n);
}

/** Measured. */
function passCost(radix: i32): f64 {
  if (radix <= 4 || radix == 8) return 1.0;
  return hasButterfly(radix) ? 0.35 + 0.22 * f64(radix) : 1.1 + 0.28 * f64(radix);
}
