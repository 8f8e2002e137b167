/**
 * Means, errors and autocorrelation times of x and x² by binning with doubling bins: O(1) work a
 * step, O(log n) memory.
 *
 * Source: H. Flyvbjerg and H. G. Petersen, J. Chem. Phys. 91, 461 (1989). The plateau is taken at
 * the smallest bin size B with B³ > 2 n τ(B)², the rule of R. M. Lee et al., Phys. Rev. E 83,
 * 066706 (2011), section IV; where no level with two bins or more obeys it (a chain too short for
 * its autocorrelation), at the level of four bins or more with the largest error.
 *
 * Both observables travel in one vector: lane 0 is x, lane 1 is x². Each is counted from its first
 * measured value, so that a mean far from zero costs no digits and a chain that never moves has
 * variance exactly 0.
 */
import { ACCEPTED, BINS, BLOCK, MEASURED, PENDING, POSITIONS, ROW, SQUARES } from "./memory";

/** Enough for 2^53 steps. */
const LEVELS: i32 = 54;
/** log2 of BLOCK: the level of the bin that holds a whole block. */
const BLOCK_LEVEL: i32 = 10;

/** Measured steps so far, of which accepted, and of which wait in MEASURED. */
let count: u64 = 0;
let accepts: u64 = 0;
let waiting: i32 = 0;
/** The first measured (x, x²), and the sum of all differences from it. */
let origin: v128 = f64x2.splat(0);
let total: v128 = f64x2.splat(0);

/** Forgets everything measured. */
export function startBinning(): void {
  count = 0;
  accepts = 0;
  waiting = 0;
  total = f64x2.splat(0);
  memory.fill(SQUARES, 0, LEVELS * 16);
  memory.fill(PENDING, 0, LEVELS * 16);
}

/** Measures steps `from`…`to` − 1 of the block that `walk` just made. */
export function measure(from: i32, to: i32): void {
  accepts += acceptedIn(from, to);
  while (from < to) {
    const room = min(BLOCK - waiting, to - from);
    memory.copy(MEASURED + (usize(waiting) << 3), POSITIONS + (usize(from) << 3), usize(room) << 3);
    if (count == 0) origin = observables(MEASURED);
    count += room;
    waiting += room;
    from += room;
    if (waiting == BLOCK) binBlock();
  }
}

/** How many steps `from`…`to` − 1 of the block were accepted: 16 flags at a time. */
function acceptedIn(from: i32, to: i32): i32 {
  let sum = 0;
  for (; from + 16 <= to; from += 16) {
    sum += popcnt(i8x16.bitmask(i16x8.shl(v128.load(ACCEPTED + from), 7)));
  }
  for (; from < to; from++) sum += load<u8>(ACCEPTED + from) & 1;
  return sum;
}

/** (x, x²) of the position at an address. */
@inline
function observables(address: usize): v128 {
  const x = v128.load64_splat(address);
  return i64x2.shuffle(x, f64x2.mul(x, x), 0, 3);
}

/** All bins within a full block, then its sum into the bins above. */
function binBlock(): void {
  waiting = 0;
  const first = origin;
  let squares0 = f64x2.splat(0);
  let squares1 = f64x2.splat(0);
  let squares2 = f64x2.splat(0);
  let bins = BINS;
  for (let p = MEASURED; p < MEASURED + (usize(BLOCK) << 3); p += 32) {
    const a = f64x2.sub(observables(p), first);
    const b = f64x2.sub(observables(p + 8), first);
    const c = f64x2.sub(observables(p + 16), first);
    const d = f64x2.sub(observables(p + 24), first);
    const ab = f64x2.add(a, b);
    const cd = f64x2.add(c, d);
    const abcd = f64x2.add(ab, cd);
    const aabb = f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b));
    squares0 = f64x2.add(squares0, f64x2.add(aabb, f64x2.add(f64x2.mul(c, c), f64x2.mul(d, d))));
    squares1 = f64x2.add(squares1, f64x2.add(f64x2.mul(ab, ab), f64x2.mul(cd, cd)));
    squares2 = f64x2.add(squares2, f64x2.mul(abcd, abcd));
    v128.store(bins, abcd);
    bins += 16;
  }
  addSquares(0, squares0);
  addSquares(1, squares1);
  addSquares(2, squares2);
  for (let level = 3; level < BLOCK_LEVEL; level++) {
    let squares = f64x2.splat(0);
    const end = BINS + (usize(BLOCK >> level) << 4);
    for (let p = BINS; p < end; p += 16) {
      const source = BINS + ((p - BINS) << 1);
      const sum = f64x2.add(v128.load(source), v128.load(source, 16));
      squares = f64x2.add(squares, f64x2.mul(sum, sum));
      v128.store(p, sum);
    }
    addSquares(level, squares);
  }
  const sum = f64x2.add(v128.load(BINS), v128.load(BINS, 16));
  total = f64x2.add(total, sum);
  carry(BLOCK_LEVEL, count >> BLOCK_LEVEL, sum);
}

@inline
function addSquares(level: i32, squares: v128): void {
  const address = SQUARES + (usize(level) << 4);
  v128.store(address, f64x2.add(v128.load(address), squares));
}

/** Enters the `ordinal`-th bin (from 1) of a level, and every bin above that it completes. */
function carry(level: i32, ordinal: u64, sum: v128): void {
  for (;;) {
    addSquares(level, f64x2.mul(sum, sum));
    const pending = PENDING + (usize(level) << 4);
    if (ordinal & 1) {
      v128.store(pending, sum);
      return;
    }
    sum = f64x2.add(v128.load(pending), sum);
    ordinal >>= 1;
    level++;
  }
}

/**
 * Writes the row to ROW: acceptance, mean and error of x, mean and error of x², τ of x² (1 + 2 Σ ρ)
 * and n/τ. What cannot be told is NaN.
 */
export function finish(): void {
  // Values that wait are fewer than a block: one by one, from the lowest level.
  const whole = count - waiting;
  for (let i = 0; i < waiting; i++) {
    const value = f64x2.sub(observables(MEASURED + (usize(i) << 3)), origin);
    total = f64x2.add(total, value);
    carry(0, whole + i + 1, value);
  }
  const n = f64(count);
  const means = f64x2.add(origin, f64x2.div(total, f64x2.splat(n)));
  const energyVariance = plateau(1);
  const tau = energyVariance / longRunVariance(0, 1);
  store<f64>(ROW, f64(accepts) / n);
  store<f64>(ROW, f64x2.extract_lane(means, 0), 8);
  store<f64>(ROW, Math.sqrt(plateau(0) / n), 16);
  store<f64>(ROW, f64x2.extract_lane(means, 1), 24);
  store<f64>(ROW, Math.sqrt(energyVariance / n), 32);
  store<f64>(ROW, tau, 40);
  store<f64>(ROW, n / tau, 48);
}

/** n times the variance of the mean of one observable, from the level that the rule picks. */
function plateau(lane: usize): f64 {
  const variance = longRunVariance(0, lane);
  // A chain that never moved says nothing about its error.
  if (!(variance > 0)) return NaN;
  let largest: f64 = NaN;
  for (let level = 0; count >> level >= 2; level++) {
    const binned = longRunVariance(level, lane);
    const tau = binned / variance;
    const size = f64(u64(1) << level);
    if (size * size * size > 2 * f64(count) * tau * tau) return binned;
    if (count >> level >= 4 && !(binned <= largest)) largest = binned;
  }
  return largest;
}

/**
 * Bin size times the variance of bin means at a level: it grows from the plain variance to n times
 * the variance of the mean as bins grow beyond the autocorrelation. NaN for fewer than two bins.
 */
function longRunVariance(level: i32, lane: usize): f64 {
  const bins = f64(count >> level);
  if (bins < 2) return NaN;
  // What waits at the levels below is in the total, but not in this level's bins.
  let sum = lane == 0 ? f64x2.extract_lane(total, 0) : f64x2.extract_lane(total, 1);
  for (let below = 0; below < level; below++) {
    if ((count >> below) & 1) sum -= load<f64>(PENDING + (usize(below) << 4) + (lane << 3));
  }
  const squares = load<f64>(SQUARES + (usize(level) << 4) + (lane << 3));
  const size = f64(u64(1) << level);
  return (squares - (sum * sum) / bins) / ((bins - 1) * size);
}
