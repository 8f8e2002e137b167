/** What is told and seen of a filtered image: extremes, the change, and 8-bit grey pixels. */

let minima: v128 = f64x2.splat(Infinity);
let maxima: v128 = f64x2.splat(-Infinity);
let squares: v128 = f64x2.splat(0);

/** Begins with the first pixel. */
export function startMeasure(): void {
  minima = f64x2.splat(Infinity);
  maxima = f64x2.splat(-Infinity);
  squares = f64x2.splat(0);
}

/**
 * Takes in pixels `first` to `first + count` − 1 of the result, and how far they are from the
 * image's. The sum has a lane for even and one for odd pixels; all calls but the last take an even
 * number.
 */
export function measurePixels(result: usize, image: usize, first: i32, count: i32): void {
  let low = minima;
  let high = maxima;
  let sum = squares;
  const end = result + (usize(first + (count & ~1)) << 3);
  const distance = image - result;
  let pixel = result + (usize(first) << 3);
  for (; pixel < end; pixel += 16) {
    const value = v128.load(pixel);
    const change = f64x2.sub(value, v128.load(pixel + distance));
    low = f64x2.pmin(low, value);
    high = f64x2.pmax(high, value);
    sum = f64x2.add(sum, f64x2.mul(change, change));
  }
  if (count & 1) {
    const value = v128.load64_splat(pixel);
    const change = f64x2.sub(value, v128.load64_splat(pixel + distance));
    low = f64x2.pmin(low, value);
    high = f64x2.pmax(high, value);
    sum = f64x2.add(sum, f64x2.replace_lane(f64x2.mul(change, change), 1, 0));
  }
  minima = low;
  maxima = high;
  squares = sum;
}

export function minimumSeen(): f64 {
  return Math.min(f64x2.extract_lane(minima, 0), f64x2.extract_lane(minima, 1));
}

export function maximumSeen(): f64 {
  return Math.max(f64x2.extract_lane(maxima, 0), f64x2.extract_lane(maxima, 1));
}

/** Σ (result − image)² */
export function squaredChange(): f64 {
  return f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
}

/**
 * Makes pixels `first` to `first + count` − 1 of the result bytes, which take its place from its
 * beginning: byte i lies in or before pixel i. Each is value · scale, or value² / divisor · scale
 * with `squared`, rounded half to even and clipped to 0…255. All calls but the last take a multiple
 * of eight, and they come in order.
 */
export function observePixels(
  result: usize, first: i32, count: i32, squared: bool, divisor: f64, scale: f64,
): void {
  const whole = first + (count & ~7);
  let target = result + usize(first);
  let pixel = result + (usize(first) << 3);
  const divisors = f64x2.splat(divisor);
  const scales = f64x2.splat(scale);
  for (let i = first; i < whole; i += 8) {
    const ab = fourBytes(pixel, squared, divisors, scales);
    const cd = fourBytes(pixel + 32, squared, divisors, scales);
    // With a sign: the next narrowing reads one.
    const words = i16x8.narrow_i32x4_s(ab, cd);
    v128.store64_lane(target, i8x16.narrow_i16x8_u(words, words), 0);
    target += 8;
    pixel += 64;
  }
  for (let i = whole; i < first + count; i++) {
    const value = load<f64>(pixel);
    const seen = squared ? value * value / divisor * scale : value * scale;
    store<u8>(target, u8(nearest(min(max(seen, 0), 255))));
    target++;
    pixel += 8;
  }
}

@inline
function fourBytes(pixel: usize, squared: bool, divisors: v128, scales: v128): v128 {
  const a = twoBytes(v128.load(pixel), squared, divisors, scales);
  const b = twoBytes(v128.load(pixel, 16), squared, divisors, scales);
  return i64x2.shuffle(a, b, 0, 2);
}

/** Rounded; who narrows it clips. */
@inline
function twoBytes(values: v128, squared: bool, divisors: v128, scales: v128): v128 {
  if (squared) values = f64x2.div(f64x2.mul(values, values), divisors);
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.nearest(f64x2.mul(values, scales)));
}
