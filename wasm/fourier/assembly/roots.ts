/**
 * Roots of unity, right to the last place but for a few in a thousand: what a twiddle lacks in
 * accuracy, every element of the transform lacks.
 */

/** π/4 in two doubles. */
const QUARTER_PI: f64 = 0.785398163397448309615660845819875721;
const QUARTER_PI_REST: f64 = 3.06161699786838294307e-17;

/** 2²⁷ + 1, which splits a double in halves: T. Dekker, Numer. Math. 18, 224 (1971). */
const SPLITTER: f64 = 134217729.0;

/** cos and sin of the angle asked for last; AssemblyScript returns one value only. */
let cosine: f64 = 0;
let sine: f64 = 0;

/** Writes e^(−2πi·k/n) for k = 0 … n − 1 to `table`: real part, then imaginary. */
export function writeRoots(table: usize, n: i32): void {
  for (let k = 0; k < n; k++) writeRoot(table + (usize(k) << 4), k, n);
}

/** Writes e^(−2πi·k/n), 0 ≤ k < n; angles that mirror each other give exactly mirrored numbers. */
function writeRoot(target: usize, k: i32, n: i32): void {
  const octant = i32(8 * i64(k) / i64(n));
  const above = i32(8 * i64(k) - i64(octant) * i64(n));
  turn((octant & 1) == 0 ? above : n - above, n);
  const swapped = ((octant + 1) & 2) != 0;
  const x = swapped ? sine : cosine;
  const y = swapped ? cosine : sine;
  store<f64>(target, octant >= 2 && octant < 6 ? -x : x);
  store<f64>(target, octant < 4 ? -y : y, 8);
}

/** Sets cosine and sine of π/4 · part/whole, 0 ≤ part ≤ whole. */
function turn(part: i32, whole: i32): void {
  const divisor = f64(whole);
  const ratio = f64(part) / divisor;
  const rest = (f64(part) - ratio * divisor - productError(ratio, divisor)) / divisor;
  const product = ratio * QUARTER_PI;
  const error = productError(ratio, QUARTER_PI) + (ratio * QUARTER_PI_REST + rest * QUARTER_PI);
  const angle = product + error;
  setCosineAndSine(angle, error - (angle - product));
}

/** By Taylor's series at `x` + `rest`, 0 ≤ x ≤ π/4: the terms left out are below 2⁻⁵⁷. */
function setCosineAndSine(x: f64, rest: f64): void {
  const square = x * x;
  const squareError = productError(x, x);

  let tail: f64 = -1.0 / 121645100408832000.0;
  tail = tail * square + 1.0 / 355687428096000.0;
  tail = tail * square - 1.0 / 1307674368000.0;
  tail = tail * square + 1.0 / 6227020800.0;
  tail = tail * square - 1.0 / 39916800.0;
  tail = tail * square + 1.0 / 362880.0;
  tail = tail * square - 1.0 / 5040.0;
  tail = tail * square + 1.0 / 120.0;
  tail = tail * square - 1.0 / 6.0;
  sine = x + (x * square * tail + rest * (1.0 - 0.5 * square));

  tail = 1.0 / 6402373705728000.0;
  tail = -tail * square + 1.0 / 20922789888000.0;
  tail = tail * square - 1.0 / 87178291200.0;
  tail = tail * square + 1.0 / 479001600.0;
  tail = tail * square - 1.0 / 3628800.0;
  tail = tail * square + 1.0 / 40320.0;
  tail = tail * square - 1.0 / 720.0;
  tail = tail * square + 1.0 / 24.0;
  const half = 0.5 * square;
  const near = 1.0 - half;
  const nearError = 1.0 - near - half;
  cosine = near + (nearError + (square * square * tail - 0.5 * squareError - x * rest));
}

/** a·b − the double a * b, exactly. */
function productError(a: f64, b: f64): f64 {
  const highA = upperHalf(a);
  const highB = upperHalf(b);
  const lowA = a - highA;
  const lowB = b - highB;
  return highA * highB - a * b + highA * lowB + lowA * highB + lowA * lowB;
}

function upperHalf(a: f64): f64 {
  const scaled = SPLITTER * a;
  return scaled - (scaled - a);
}
