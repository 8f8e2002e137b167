/**
 * Transforms of rows, a block of four at once: rows a and b are the real and imaginary parts of one
 * complex sequence, c and d those of another, in the other lane. Such a sequence's spectrum Z gives
 * A(k) = (Z(k) + Z*(n − k))/2 and B(k) = (Z(k) − Z*(n − k))/2i; the halving is left to the end of
 * the inverse, so that spectra are kept doubled.
 */
import {
  blank, blockEnergies, CHUNK_BYTES, columnPairs, filtered, height, image, primePairs, rowPlan,
  spectra, spill, width, workA, workB,
} from "./layout";
import { transform } from "./transform";

/** Transforms rows 4 · block … + 3 of the image; rows below the image are blank. */
export function forwardRowBlock(block: i32): void {
  const row = image + rowOffset(4 * block);
  const count = min(height - 4 * block, 4);
  const bytes = usize(width) << 3;
  const energy = packRows(
    row,
    count > 1 ? row + bytes : blank,
    count > 2 ? row + 2 * bytes : blank,
    count > 3 ? row + 3 * bytes : blank,
  );
  store<f64>(blockEnergies + (usize(block) << 3), energy);
  const spectrum = transform(rowPlan, workA, workB, primePairs);
  // One element more, so that bin 0 has its mirror image where n − 0 is.
  const last = spectrum + (usize(width) << 5);
  v128.store(last, v128.load(spectrum));
  v128.store(last, v128.load(spectrum, 16), 16);
  separateSpectra(spectrum, spectra + usize(block) * usize(columnPairs) * CHUNK_BYTES);
}

/**
 * Turns block `block` of the filtered spectra, of which the first `keptPairs` pairs of columns are
 * not zero, back into rows, times `scale`. They take the place of this block and earlier ones, so
 * blocks must come in order.
 */
export function inverseRowBlock(block: i32, keptPairs: i32, scale: f64): void {
  joinSpectra(filtered + usize(block) * usize(columnPairs) * CHUNK_BYTES, usize(keptPairs));
  const result = transform(rowPlan, workA, workB, primePairs);
  const row = filtered + rowOffset(4 * block);
  const count = min(height - 4 * block, 4);
  const bytes = usize(width) << 3;
  unpackRows(
    result,
    row,
    count > 1 ? row + bytes : spill,
    count > 2 ? row + 2 * bytes : spill,
    count > 3 ? row + 3 * bytes : spill,
    f64x2.splat(scale),
  );
}

/** Bytes from the first row of a plane to row `row`. */
function rowOffset(row: i32): usize {
  return (usize(row) * usize(width)) << 3;
}

/** Four rows of numbers to the elements of workA; returns the sum of their squares. */
function packRows(a: usize, b: usize, c: usize, d: usize): f64 {
  const end = usize(width) << 3;
  let sumA = f64x2.splat(0);
  let sumB = f64x2.splat(0);
  let sumC = f64x2.splat(0);
  let sumD = f64x2.splat(0);
  let element = workA;
  let x: usize = 0;
  for (; x + 8 < end; x += 16, element += 64) {
    const va = v128.load(a + x);
    const vb = v128.load(b + x);
    const vc = v128.load(c + x);
    const vd = v128.load(d + x);
    v128.store(element, low(va, vc));
    v128.store(element, low(vb, vd), 16);
    v128.store(element, high(va, vc), 32);
    v128.store(element, high(vb, vd), 48);
    sumA = f64x2.add(sumA, f64x2.mul(va, va));
    sumB = f64x2.add(sumB, f64x2.mul(vb, vb));
    sumC = f64x2.add(sumC, f64x2.mul(vc, vc));
    sumD = f64x2.add(sumD, f64x2.mul(vd, vd));
  }
  if (x < end) {
    const ac = f64x2(load<f64>(a + x), load<f64>(c + x));
    const bd = f64x2(load<f64>(b + x), load<f64>(d + x));
    v128.store(element, ac);
    v128.store(element, bd, 16);
    sumA = f64x2.add(sumA, f64x2.mul(ac, ac));
    sumB = f64x2.add(sumB, f64x2.mul(bd, bd));
  }
  const sum = f64x2.add(f64x2.add(sumA, sumB), f64x2.add(sumC, sumD));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Real parts of the elements of an exchanged result to rows a and c, imaginary ones to b and d. */
function unpackRows(result: usize, a: usize, b: usize, c: usize, d: usize, scale: v128): void {
  const end = usize(width) << 3;
  let element = result;
  let x: usize = 0;
  for (; x + 8 < end; x += 16, element += 64) {
    const re0 = f64x2.mul(v128.load(element, 16), scale);
    const im0 = f64x2.mul(v128.load(element), scale);
    const re1 = f64x2.mul(v128.load(element, 48), scale);
    const im1 = f64x2.mul(v128.load(element, 32), scale);
    v128.store(a + x, low(re0, re1));
    v128.store(b + x, low(im0, im1));
    v128.store(c + x, high(re0, re1));
    v128.store(d + x, high(im0, im1));
  }
  if (x < end) {
    const re = f64x2.mul(v128.load(element, 16), scale);
    const im = f64x2.mul(v128.load(element), scale);
    v128.store64_lane(a + x, re, 0);
    v128.store64_lane(b + x, im, 0);
    v128.store64_lane(c + x, re, 1);
    v128.store64_lane(d + x, im, 1);
  }
}

/** Two bins at a time: Z(k) + Z*(n − k) and (Z(k) − Z*(n − k))/i, to the chunks of four rows. */
function separateSpectra(spectrum: usize, target: usize): void {
  const end = target + usize(columnPairs) * CHUNK_BYTES;
  let bin = spectrum;
  let mirror = spectrum + (usize(width) << 5);
  for (let chunk = target; chunk < end; chunk += CHUNK_BYTES, bin += 64, mirror -= 64) {
    let re = v128.load(bin);
    let im = v128.load(bin, 16);
    let mirrorRe = v128.load(mirror);
    let mirrorIm = v128.load(mirror, 16);
    const evenRe0 = f64x2.add(re, mirrorRe);
    const evenIm0 = f64x2.sub(im, mirrorIm);
    const oddRe0 = f64x2.add(im, mirrorIm);
    const oddIm0 = f64x2.sub(mirrorRe, re);
    re = v128.load(bin, 32);
    im = v128.load(bin, 48);
    mirrorRe = v128.load(mirror - 32);
    mirrorIm = v128.load(mirror - 32, 16);
    const evenRe1 = f64x2.add(re, mirrorRe);
    const evenIm1 = f64x2.sub(im, mirrorIm);
    const oddRe1 = f64x2.add(im, mirrorIm);
    const oddIm1 = f64x2.sub(mirrorRe, re);
    v128.store(chunk, low(evenRe0, evenRe1));
    v128.store(chunk, low(evenIm0, evenIm1), 16);
    v128.store(chunk, low(oddRe0, oddRe1), 32);
    v128.store(chunk, low(oddIm0, oddIm1), 48);
    v128.store(chunk, high(evenRe0, evenRe1), 64);
    v128.store(chunk, high(evenIm0, evenIm1), 80);
    v128.store(chunk, high(oddRe0, oddRe1), 96);
    v128.store(chunk, high(oddIm0, oddIm1), 112);
  }
}

/**
 * Z = A + iB of four rows' chunks to workA, real and imaginary parts exchanged for the inverse.
 * Pairs come from the last to the first, because the column that fills up the last pair writes
 * where its mirror image belongs.
 */
function joinSpectra(source: usize, keptPairs: usize): void {
  const whole = workA + (usize(width) << 5);
  const kept = keptPairs << 6;
  if (workA + kept <= whole - kept) memory.fill(workA + kept, 0, whole - kept + 32 - workA - kept);
  let bin = workA + kept;
  let mirror = whole - kept;
  for (let chunk = source + keptPairs * CHUNK_BYTES; chunk > source;) {
    chunk -= CHUNK_BYTES;
    bin -= 64;
    mirror += 64;
    const aRe = v128.load(chunk);
    const aIm = v128.load(chunk, 16);
    const bRe = v128.load(chunk, 32);
    const bIm = v128.load(chunk, 48);
    const cRe = v128.load(chunk, 64);
    const cIm = v128.load(chunk, 80);
    const dRe = v128.load(chunk, 96);
    const dIm = v128.load(chunk, 112);
    joinBin(
      bin + 32, mirror - 32,
      high(aRe, cRe), high(aIm, cIm), high(bRe, dRe), high(bIm, dIm),
    );
    joinBin(bin, mirror, low(aRe, cRe), low(aIm, cIm), low(bRe, dRe), low(bIm, dIm));
  }
}

/** Z(n − k) = A* + iB* and Z(k) = A + iB, exchanged; a bin that is its own mirror has both real. */
@inline
function joinBin(bin: usize, mirror: usize, aRe: v128, aIm: v128, bRe: v128, bIm: v128): void {
  v128.store(mirror, f64x2.sub(bRe, aIm));
  v128.store(mirror, f64x2.add(aRe, bIm), 16);
  v128.store(bin, f64x2.add(bRe, aIm));
  v128.store(bin, f64x2.sub(aRe, bIm), 16);
}

/** The first numbers of both, and the second ones. */
@inline
function low(a: v128, b: v128): v128 {
  return i64x2.shuffle(a, b, 0, 2);
}

@inline
function high(a: v128, b: v128): v128 {
  return i64x2.shuffle(a, b, 1, 3);
}
