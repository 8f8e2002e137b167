/**
 * Transforms of columns, a pair at once: there, masked, and back in one visit. Columns that the
 * mask drops whole are not visited, those that it keeps whole are only scaled.
 */
import {
  CHUNK_BYTES, columnPairs, columnPlan, filtered, height, pairEnergies, places, primePairs,
  rowBlocks, rowSquares, spectra, width, workA, workB,
} from "./layout";
import { gather, transform, transformGathered } from "./transform";

/** What the square of a doubled spectrum is multiplied by, in both lanes. */
const HALVES: usize = memory.data<f64>([0.5, 0.5], 16);
const QUARTERS: usize = memory.data<f64>([0.25, 0.25], 16);

/** What of the spectrum is kept: see setMask. */
let columnDivisor: f64 = 1;
let radiusSquared: f64 = 0;
let complement: bool = false;
let power: bool = false;

/** Pairs of columns of which something lies inside the ellipse: the first ones. */
let pairsInside: i32 = 0;

/**
 * The ellipse (u/divisorU)² + (v/divisorV)² ≤ radius², computed as
 * (u / divisorU) * (u / divisorU) + (v / divisorV) * (v / divisorV) <= radius * radius with u and v
 * the signed numbers of the bin. What is in it is kept, or with `outside` what is not; with
 * `squared` |F|² is kept instead of F.
 */
export function setEllipse(
  divisorU: f64, divisorV: f64, radius: f64, outside: bool, squared: bool,
): void {
  columnDivisor = divisorU;
  radiusSquared = radius * radius;
  complement = outside;
  power = squared;
  for (let y = 0; y < height; y++) {
    const v = f64(min(y, height - y)) / divisorV;
    store<f64>(rowSquares + (usize(y) << 3), v * v);
  }
  pairsInside = 0;
  while (pairsInside < columnPairs && columnSquare(2 * pairsInside) <= radiusSquared) pairsInside++;
}

/** Pairs of columns that are not zero after the mask, and have to be visited: the first ones. */
export function keptPairs(): i32 {
  return complement ? columnPairs : pairsInside;
}

/** From spectra of rows to filtered spectra of rows, for a pair of columns. */
export function filterColumnPair(pair: i32): void {
  const columns = spectra + usize(pair) * CHUNK_BYTES;
  if (complement && !power && pair >= pairsInside) {
    // All of it is kept: there and back is a factor, and Parseval's theorem gives the energy.
    gather(columns, places, height, workA);
    storeEnergy(pair, f64x2.mul(scaleByHeight(), f64x2.splat(1.0 / f64(height))));
    scatter(workA, pair);
    return;
  }
  const spectrum = transformGathered(columnPlan, columns, places, workA, workB, primePairs);
  storeEnergy(pair, power ? maskPower(spectrum, pair) : maskSpectrum(spectrum, pair));
  const other = spectrum == workA ? workB : workA;
  scatter(transform(columnPlan, spectrum, other, primePairs), pair);
}

/** Writes |F|² within the mask to `target`, f64[height · (⌊width/2⌋ + 1)], for a pair. */
export function powerColumnPair(pair: i32, target: usize): void {
  const columns = spectra + usize(pair) * CHUNK_BYTES;
  const spectrum = transformGathered(columnPlan, columns, places, workA, workB, primePairs);
  storeEnergy(pair, writePower(spectrum, target + (usize(pair) << 4), pair));
}

/** Σ|F|² of what the last visits kept of the first `pairs` pairs of columns and their mirrors. */
export function energyOfPairs(pairs: i32): f64 {
  let sum: f64 = 0;
  for (let pair = 0; pair < pairs; pair++) sum += load<f64>(pairEnergies + (usize(pair) << 3));
  return sum;
}

/** Keeps a pair's energy, of the doubled spectrum, with the weights of its columns. */
function storeEnergy(pair: i32, energy: v128): void {
  const weights = f64x2(columnWeight(2 * pair), columnWeight(2 * pair + 1));
  const weighted = f64x2.mul(energy, weights);
  const sum = 0.25 * (f64x2.extract_lane(weighted, 0) + f64x2.extract_lane(weighted, 1));
  store<f64>(pairEnergies + (usize(pair) << 3), sum);
}

/** How often a column stands in the whole spectrum: 0 for the one that fills up the last pair. */
function columnWeight(u: i32): f64 {
  if (2 * u > width) return 0;
  return isOwnMirror(u) ? 1 : 2;
}

/** Columns whose row spectra are real. */
function isOwnMirror(u: i32): bool {
  return u == 0 || 2 * u == width;
}

function columnSquare(u: i32): f64 {
  const scaled = f64(u) / columnDivisor;
  return scaled * scaled;
}

/** What becomes of a masked spectrum. */
const enum Use {
  /** It goes back: its parts are exchanged for the inverse. */
  Inverse,
  /** |F|² goes back in its place: 2|F|², as spectra are doubled. */
  InverseOfPower,
  /** |F|² is written as a column. */
  Power,
}

/** Masks a pair's spectrum where it is, or to a target; returns the energy kept. */
function maskSpectrum(spectrum: usize, pair: i32): v128 {
  return maskPair(spectrum, spectrum, pair, Use.Inverse);
}

function maskPower(spectrum: usize, pair: i32): v128 {
  return maskPair(spectrum, spectrum, pair, Use.InverseOfPower);
}

function writePower(spectrum: usize, target: usize, pair: i32): v128 {
  return maskPair(spectrum, target, pair, Use.Power);
}

@inline
function maskPair(spectrum: usize, target: usize, pair: i32, use: Use): v128 {
  const squares = f64x2(columnSquare(2 * pair), columnSquare(2 * pair + 1));
  const limit = f64x2.splat(radiusSquared);
  const flip = i64x2.splat(complement ? -1 : 0);
  // In a variable: of a constant the loop would make a vector again and again.
  const share = v128.load(use == Use.Power ? QUARTERS : HALVES);
  const columns = (width >> 1) + 1;
  const isPair = 2 * pair + 1 < columns;
  const step = use == Use.Power ? usize(columns) << 3 : 32;
  let energy = f64x2.splat(0);
  let element = spectrum;
  const end = rowSquares + (usize(height) << 3);
  for (let row = rowSquares; row < end; row += 8, element += 32, target += step) {
    const distance = f64x2.add(squares, v128.load64_splat(row));
    const mask = v128.xor(f64x2.le(distance, limit), flip);
    const re = v128.and(v128.load(element), mask);
    const im = v128.and(v128.load(element, 16), mask);
    const square = f64x2.add(f64x2.mul(re, re), f64x2.mul(im, im));
    energy = f64x2.add(energy, square);
    if (use == Use.Inverse) {
      v128.store(target, im);
      v128.store(target, re, 16);
    } else if (use == Use.InverseOfPower) {
      v128.store(target, f64x2.splat(0));
      v128.store(target, f64x2.mul(square, share), 16);
    } else if (isPair) {
      v128.store(target, f64x2.mul(square, share));
    } else {
      v128.store64_lane(target, f64x2.mul(square, share), 0);
    }
  }
  return energy;
}

/** Multiplies workA by the height and exchanges its parts; returns the energy after it. */
function scaleByHeight(): v128 {
  const factor = f64x2.splat(f64(height));
  let energy = f64x2.splat(0);
  const end = workA + (usize(height) << 5);
  for (let element = workA; element < end; element += 32) {
    const re = f64x2.mul(v128.load(element), factor);
    const im = f64x2.mul(v128.load(element, 16), factor);
    energy = f64x2.add(energy, f64x2.add(f64x2.mul(re, re), f64x2.mul(im, im)));
    v128.store(element, im);
    v128.store(element, re, 16);
  }
  return energy;
}

/**
 * An exchanged result to a pair of columns of the filtered spectra. What fills up the last block
 * becomes 0: it shares a transform with the image's rows. In columns that are their own mirrors
 * only the real part is more than rounding.
 */
function scatter(result: usize, pair: i32): void {
  memory.fill(result + (usize(height) << 5), 0, usize(4 * rowBlocks - height) << 5);
  const imaginary = i64x2(
    isOwnMirror(2 * pair) ? 0 : -1,
    isOwnMirror(2 * pair + 1) ? 0 : -1,
  );
  const pitch = usize(columnPairs) * CHUNK_BYTES;
  let chunk = filtered + usize(pair) * CHUNK_BYTES;
  const end = result + usize(rowBlocks) * CHUNK_BYTES;
  for (let element = result; element < end; element += CHUNK_BYTES, chunk += pitch) {
    v128.store(chunk, v128.load(element, 16));
    v128.store(chunk, v128.and(v128.load(element), imaginary), 16);
    v128.store(chunk, v128.load(element, 48), 32);
    v128.store(chunk, v128.and(v128.load(element, 32), imaginary), 48);
    v128.store(chunk, v128.load(element, 80), 64);
    v128.store(chunk, v128.and(v128.load(element, 64), imaginary), 80);
    v128.store(chunk, v128.load(element, 112), 96);
    v128.store(chunk, v128.and(v128.load(element, 96), imaginary), 112);
  }
}
