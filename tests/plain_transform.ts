/**
 * Slow, plain transforms of whole numbers with errors far below a double's, to test against.
 *
 * A root of unity is the sum of a head of at most 27 bits and a tail of 53. Heads times whole
 * numbers below 2¹⁰ add up without any rounding, so that the error comes from the tails, which are
 * 2⁻²⁷ of the whole: about 2⁻⁷⁵ for each term.
 */
import { fixedRoot, FRACTION_BITS, nearestDouble } from "../scripts/roots_of_unity.ts";

const HEAD_BITS = 26n;

/** Heads and tails of cos and sin of 2π·k/n, k = 0 … n − 1. */
export interface SplitRoots {
  readonly cosHead: Float64Array;
  readonly cosTail: Float64Array;
  readonly sinHead: Float64Array;
  readonly sinTail: Float64Array;
}

/** By turning on and on; 128 bits lose log₂ n of them. */
export function splitRoots(n: number): SplitRoots {
  const roots = {
    cosHead: new Float64Array(n),
    cosTail: new Float64Array(n),
    sinHead: new Float64Array(n),
    sinTail: new Float64Array(n),
  };
  const step = fixedRoot(n === 1 ? 0 : 1, n);
  let cos = 1n << FRACTION_BITS;
  let sin = 0n;
  for (let k = 0; k < n; k++) {
    [roots.cosHead[k], roots.cosTail[k]] = split(cos);
    [roots.sinHead[k], roots.sinTail[k]] = split(sin);
    const turned = (cos * step.cos - sin * step.sin) >> FRACTION_BITS;
    sin = (cos * step.sin + sin * step.cos) >> FRACTION_BITS;
    cos = turned;
  }
  return roots;
}

function split(fixed: bigint): [head: number, tail: number] {
  const shift = FRACTION_BITS - HEAD_BITS;
  const head = (fixed >> shift) << shift;
  return [nearestDouble(head), nearestDouble(fixed - head)];
}

/** The half spectrum, u = 0 … ⌊n/2⌋, of n real whole numbers: re, im, re, im … */
export function plainSpectrum(numbers: ArrayLike<number>): Float64Array {
  const n = numbers.length;
  return plainSpectrum2d(numbers, n, 1);
}

/** The half spectrum of a row-major image: row v, column u = 0 … ⌊width/2⌋, re and im. */
export function plainSpectrum2d(
  image: ArrayLike<number>,
  width: number,
  height: number,
): Float64Array {
  const roots = splitRoots(width * height);
  const columns = Math.floor(width / 2) + 1;
  const spectrum = new Float64Array(2 * height * columns);
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < columns; u++) {
      spectrum.set(plainBin(image, width, height, u, v, roots), 2 * (v * columns + u));
    }
  }
  return spectrum;
}

/** Σ f·e^(−2πi·(ux/width + vy/height)), with turns counted in units of 1/(width·height). */
function plainBin(
  image: ArrayLike<number>,
  width: number,
  height: number,
  u: number,
  v: number,
  { cosHead, cosTail, sinHead, sinTail }: SplitRoots,
): [re: number, im: number] {
  const turn = width * height;
  let [reHead, reTail, imHead, imTail] = [0, 0, 0, 0];
  for (let y = 0, i = 0; y < height; y++) {
    let phase = (v * y * width) % turn;
    for (let x = 0; x < width; x++, i++) {
      const value = image[i]!;
      reHead += value * cosHead[phase]!;
      reTail += value * cosTail[phase]!;
      imHead -= value * sinHead[phase]!;
      imTail -= value * sinTail[phase]!;
      phase += u * height;
      if (phase >= turn) phase -= turn;
    }
  }
  return [reHead + reTail, imHead + imTail];
}
