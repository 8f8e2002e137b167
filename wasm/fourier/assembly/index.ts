/**
 * The two-dimensional Fourier transform of real images, filtered in the spectrum: its face to
 * JavaScript.
 *
 * F(u, v) = Σ f(x, y)·e^(−2πi(ux/width + vy/height)), not normalized; the inverse has the factor
 * 1/(width · height). Images are row-major f64. The order of calls:
 *
 * 1. `prepare`; then the image is written at `imageAddress`.
 * 2. `forwardRows` over all `rowBlocks`: the image's row spectra, which any number of masks share.
 * 3. `setMask`; `filterColumns` over as many pairs as it says; `inverseRows` over all `rowBlocks`,
 *    once each and in ascending order; the result stands at `resultAddress`. Or, to look at the
 *    spectrum, `setMask` and `powerColumns` over all `columnPairs`; |F|² stands at `resultAddress`.
 *
 * Work is done in ranges so that the caller can stop between two; the results do not depend on how
 * it is cut. Addresses and sizes are f64, as an address above 2 GiB is negative in an i32.
 */
import {
  energyOfPairs, filterColumnPair, keptPairs, powerColumnPair, setEllipse,
} from "./columns";
import {
  blockEnergies, bytesFor, columnPairs as pairs, filtered, height, image, layOut,
  rowBlocks as blocks, spectra, width,
} from "./layout";
import { addNoise, KEY, startNoise } from "./noise";
import {
  maximumSeen, measurePixels, minimumSeen, observePixels, squaredChange, startMeasure,
} from "./observe";
import { forwardRowBlock, inverseRowBlock } from "./rows";

/** u32[4]: the key of a point's stream, for noise. */
export const keyAddress: usize = KEY;

/** Bytes of memory that images of this size need in all; 0 when a side is out of range. */
export function bytesNeeded(columns: i32, rows: i32): f64 {
  return f64(bytesFor(columns, rows));
}

/**
 * Lays out memory for images of this size and makes the tables; memory may grow, so that views of
 * it must be made anew. False when there is not enough of it, or when a side is out of range.
 */
export function prepare(columns: i32, rows: i32): bool {
  return layOut(columns, rows);
}

/** f64[height · width], written by the caller before `forwardRows`, which leaves it as it is. */
export function imageAddress(): f64 {
  return f64(image);
}

/**
 * f64[height · width] after `inverseRows`, or |F|² as f64[height · (⌊width/2⌋ + 1)] after
 * `powerColumns`: row v, column u, zero frequency at (0, 0).
 */
export function resultAddress(): f64 {
  return f64(filtered);
}

/** The spectra of rows, doubled, in the chunks that layout.ts describes. */
export function spectraAddress(): f64 {
  return f64(spectra);
}

/** How many blocks of four rows there are. */
export function rowBlocks(): i32 {
  return blocks;
}

/** How many pairs of columns there are: u = 0 … ⌊width/2⌋. */
export function columnPairs(): i32 {
  return pairs;
}

/**
 * Puts noise on `count` pixels of the image from pixel `first` on: each is replaced with
 * probability `limit` / 2^31, by 0 or by `white`. Pixel 0 begins the stream of the key, and all
 * must come in order.
 */
export function noise(first: i32, count: i32, limit: u32, white: f64): void {
  if (first === 0) startNoise();
  addNoise(image + (usize(first) << 3), count, limit, white);
}

/** Transforms `count` blocks of the image's rows from block `first` on. */
export function forwardRows(first: i32, count: i32): void {
  for (let block = first; block < first + count; block++) forwardRowBlock(block);
}

/**
 * Sets what of the spectrum is kept: bins for which, with signed u and v, and in f64,
 * (u / divisorU) * (u / divisorU) + (v / divisorV) * (v / divisorV) <= radius * radius; with
 * `outside` those for which it is not so. Divisors 1 and 1 give a radius in bins, width and height
 * one in cycles a sample. With `squared`, |F|² takes the place of F: the result is the circular
 * autocorrelation. Returns how many pairs of columns `filterColumns` must visit, the first ones.
 */
export function setMask(
  divisorU: f64, divisorV: f64, radius: f64, outside: bool, squared: bool,
): i32 {
  setEllipse(divisorU, divisorV, radius, outside, squared);
  return keptPairs();
}

/** Transforms, masks and transforms back `count` pairs of columns from pair `first` on. */
export function filterColumns(first: i32, count: i32): void {
  for (let pair = first; pair < first + count; pair++) filterColumnPair(pair);
}

/** Makes `count` blocks of the result's rows from block `first` on; they must come in order. */
export function inverseRows(first: i32, count: i32): void {
  const scale: f64 = 0.5 / (f64(width) * f64(height));
  const kept = keptPairs();
  for (let block = first; block < first + count; block++) inverseRowBlock(block, kept, scale);
}

/** Writes |F|² within the mask, `squared` or not, for `count` pairs of columns from `first` on. */
export function powerColumns(first: i32, count: i32): void {
  for (let pair = first; pair < first + count; pair++) powerColumnPair(pair, filtered);
}

/** Σ|F|² over the whole spectrum: width · height · Σ f², known after `forwardRows`. */
export function energyTotal(): f64 {
  let sum: f64 = 0;
  for (let block = 0; block < blocks; block++) {
    sum += load<f64>(blockEnergies + (usize(block) << 3));
  }
  return sum * (f64(width) * f64(height));
}

/** Σ|F|² over the bins kept, of the whole spectrum: known after `filterColumns`. */
export function energyKept(): f64 {
  return energyOfPairs(keptPairs());
}

/** Takes `count` pixels of the result from pixel `first` on into what is told of it, in order. */
export function measure(first: i32, count: i32): void {
  if (first === 0) startMeasure();
  measurePixels(filtered, image, first, count);
}

export { maximumSeen, minimumSeen, squaredChange };

/** Makes `count` pixels of the result bytes at `resultAddress`, in order; see observe.ts. */
export function observe(first: i32, count: i32, squared: bool, divisor: f64, scale: f64): void {
  observePixels(filtered, first, count, squared, divisor, scale);
}
