/** The transform of a batch: two complex sequences of one length, side by side in the lanes. */
import { butterflyPass, gatheredPass, hasButterfly, primePass } from "./generated/butterflies";
import { Pass, Plan } from "./plan";

/**
 * Transforms the plan's length of elements at `source`, where `source` and `other` are work areas;
 * returns the one of them in which the result is. e^(−2πi…), not normalized; the inverse is the
 * same with real and imaginary parts exchanged before and after. `pairs` is room for primes.
 */
export function transform(plan: Plan, source: usize, other: usize, pairs: usize): usize {
  return plan.chirp == 0
    ? runPasses(plan, source, other, pairs)
    : convolve(plan, source, other, pairs);
}

/**
 * The same of elements that lie apart, each at `source` plus a u32 of `places`: the first pass
 * fetches them, unless it is the only one or one that cannot.
 */
export function transformGathered(
  plan: Plan, source: usize, places: usize, first: usize, second: usize, pairs: usize,
): usize {
  const pass = changetype<Pass>(plan.passes);
  if (plan.chirp != 0 || plan.passCount < 2 || !hasButterfly(pass.radix)) {
    gather(source, places, plan.length, first);
    return transform(plan, first, second, pairs);
  }
  gatheredPass(pass.radix, usize(pass.stride), source, places, first, pass.twiddles);
  return runPassesFrom(1, plan, first, second, pairs);
}

/** Copies elements that lie apart. */
export function gather(source: usize, places: usize, count: i32, target: usize): void {
  const end = places + (usize(count) << 2);
  for (; places < end; places += 4, target += 32) {
    const element = source + load<u32>(places);
    v128.store(target, v128.load(element));
    v128.store(target, v128.load(element, 16), 16);
  }
}

/** The passes alone, over the plan's passesLength. */
export function runPasses(plan: Plan, source: usize, other: usize, pairs: usize): usize {
  return runPassesFrom(0, plan, source, other, pairs);
}

/** The passes from pass `index` on. */
function runPassesFrom(
  index: i32, plan: Plan, source: usize, other: usize, pairs: usize,
): usize {
  let from = source;
  let to = other;
  let address = plan.passes + usize(index) * offsetof<Pass>();
  for (let i = index; i < plan.passCount; i++) {
    runPass(changetype<Pass>(address), from, to, pairs);
    address += offsetof<Pass>();
    const swap = from;
    from = to;
    to = swap;
  }
  return from;
}

function runPass(pass: Pass, from: usize, to: usize, pairs: usize): void {
  const radix = pass.radix;
  const stride = usize(pass.stride);
  const groups = usize(pass.groups);
  if (hasButterfly(radix)) {
    butterflyPass(radix, stride, groups, from, to, pass.twiddles);
  } else {
    primePass(radix, stride, groups, from, to, pass.twiddles, pass.roots, pairs);
  }
}

/** With jk = (j² + k² − (k − j)²)/2 the transform is a convolution with a chirp. */
function convolve(plan: Plan, source: usize, other: usize, pairs: usize): usize {
  const length = usize(plan.length) << 5;
  const passesLength = usize(plan.passesLength) << 5;
  multiply(source, source + length, plan.chirp, 0, 0);
  memory.fill(source + length, 0, passesLength - length);
  const spectrum = runPasses(plan, source, other, pairs);
  multiply(spectrum, spectrum + passesLength, plan.filter, 0, 16);
  const result = runPasses(plan, spectrum, spectrum == source ? other : source, pairs);
  multiply(result, result + length, plan.chirp, 16, 0);
  return result;
}

/**
 * Multiplies the elements from `element` to `end` by the numbers at `factor`. Real parts are read
 * and written at these offsets, imaginary parts at the other one of 0 and 16: it takes an exchange
 * of both before and after a transform to make it the inverse.
 */
@inline
function multiply(element: usize, end: usize, factor: usize, read: usize, written: usize): void {
  for (; element < end; element += 32, factor += 16) {
    const re = v128.load(element + read);
    const im = v128.load(element + 16 - read);
    const c = v128.load64_splat(factor);
    const s = v128.load64_splat(factor, 8);
    v128.store(element + written, f64x2.sub(f64x2.mul(re, c), f64x2.mul(im, s)));
    v128.store(element + 16 - written, f64x2.add(f64x2.mul(im, c), f64x2.mul(re, s)));
  }
}
