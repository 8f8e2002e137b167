/** Makes plans: the list of passes, and every table that they read. */
import {
  FIRST_DOUBLE_STEP, FIRST_RADIX, hasButterfly, isLastDoubleStep,
} from "./generated/butterflies";
import { nextRadix, Pass, passesLengthOf, Plan, PLAN_BYTES } from "./plan";
import { writeRoots } from "./roots";
import { runPasses } from "./transform";

/**
 * Elements of 32 bytes in the eight places that a cache of 4 KiB a way has at least for each
 * address: see fits.
 */
const PLACES: i32 = 1024;

/** Makes a plan at `address`; `workA` and `workB` are work areas for its length. */
export function makePlan(
  address: usize, length: i32, workA: usize, workB: usize, pairs: usize,
): Plan {
  const plan = changetype<Plan>(address);
  plan.length = length;
  plan.passesLength = passesLengthOf(length);
  plan.passes = address + offsetof<Plan>();
  const free = makePasses(plan, address + PLAN_BYTES, workA);
  plan.chirp = 0;
  if (plan.passesLength != length) {
    plan.chirp = free;
    plan.filter = free + (usize(length) << 4);
    makeConvolution(plan, workA, workB, pairs);
  }
  return plan;
}

/** Fills in the passes and writes their tables from `free` on; returns the address after them. */
function makePasses(plan: Plan, free: usize, work: usize): usize {
  const n = plan.passesLength;
  writeRoots(work, n);
  let groups = 1;
  let rest = n;
  let count = 0;
  while (rest > 1) {
    const radix = passRadix(n, rest);
    rest /= radix;
    const pass = changetype<Pass>(plan.passes + usize(count) * offsetof<Pass>());
    pass.radix = radix;
    pass.stride = rest;
    pass.groups = groups;
    pass.twiddles = free;
    if (radix == FIRST_DOUBLE_STEP && rest > 1) {
      free = writeTwiddles(FIRST_RADIX, FIRST_RADIX * rest, 1, work, free);
      free = writeTwiddles(FIRST_RADIX, rest, FIRST_RADIX, work, free);
    } else {
      free = writeTwiddles(radix, rest, groups, work, free);
    }
    if (!hasButterfly(radix)) {
      pass.roots = free;
      free = writePrimeRoots(radix, work, n / radix, free);
    }
    groups *= radix;
    count++;
  }
  plan.passCount = count;
  return free;
}

/** The radix of the next pass: that of one step, or of the first or the last two together. */
function passRadix(n: i32, rest: i32): i32 {
  if (isLastDoubleStep(rest) && fits(rest, n / rest)) return rest;
  const radix = nextRadix(rest);
  const isFirst = rest == n && radix == FIRST_RADIX && nextRadix(n / radix) == FIRST_RADIX;
  return isFirst && fits(FIRST_DOUBLE_STEP, n / FIRST_DOUBLE_STEP) ? FIRST_DOUBLE_STEP : radix;
}

/** Whether `radix` elements `apart` do not evict one another from a cache. */
function fits(radix: i32, apart: i32): bool {
  return radix * (apart & -apart) <= PLACES;
}

/** Writes e^(−2πi·k·i·groups/n) for i from 1 to stride − 1, k from 1 to radix − 1. */
function writeTwiddles(
  radix: i32, stride: i32, groups: i32, roots: usize, free: usize,
): usize {
  for (let i = 1; i < stride; i++) {
    for (let k = 1; k < radix; k++) {
      const root = v128.load(roots + (usize(k * i * groups) << 4));
      v128.store(free, root);
      free += 16;
    }
  }
  return free;
}

/** Writes cos and sin of 2π·jk/radix for k, then j, both from 1 to (radix − 1)/2. */
function writePrimeRoots(radix: i32, roots: usize, spacing: i32, free: usize): usize {
  const half = (radix - 1) >> 1;
  for (let k = 1; k <= half; k++) {
    for (let j = 1; j <= half; j++) {
      const root = roots + (usize(j * k % radix * spacing) << 4);
      store<f64>(free, load<f64>(root));
      store<f64>(free, -load<f64>(root, 8), 8);
      free += 16;
    }
  }
  return free;
}

/**
 * The chirp, and the transform of its inverse laid around a circle. 1/passesLength is in it, so
 * that the convolution needs no scaling.
 */
function makeConvolution(plan: Plan, workA: usize, workB: usize, pairs: usize): void {
  const n = plan.length;
  const m = plan.passesLength;
  writeRoots(workB, 2 * n);
  memory.fill(workA, 0, usize(m) << 5);
  const scale: f64 = 1.0 / f64(m);
  for (let k = 0; k < n; k++) {
    const square = i32(u64(k) * u64(k) % u64(2 * n));
    const root = v128.load(workB + (usize(square) << 4));
    v128.store(plan.chirp + (usize(k) << 4), root);
    const re = f64x2.splat(scale * f64x2.extract_lane(root, 0));
    const im = f64x2.splat(-scale * f64x2.extract_lane(root, 1));
    storeElement(workA, k, re, im);
    if (k > 0) storeElement(workA, m - k, re, im);
  }
  const result = runPasses(plan, workA, workB, pairs);
  for (let k = 0; k < m; k++) {
    const element = result + (usize(k) << 5);
    const filter = plan.filter + (usize(k) << 4);
    store<f64>(filter, load<f64>(element));
    store<f64>(filter, load<f64>(element, 16), 8);
  }
}

@inline
function storeElement(work: usize, index: i32, re: v128, im: v128): void {
  const element = work + (usize(index) << 5);
  v128.store(element, re);
  v128.store(element, im, 16);
}
