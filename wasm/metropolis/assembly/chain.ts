/**
 * The Markov chain: Metropolis steps for H(x) = x², with no exp on the critical path.
 *
 * Source: N. Metropolis et al., J. Chem. Phys. 21, 1087 (1953). A proposal x' = x + d, d uniform in
 * [−h, h), is accepted with probability min(1, exp(−β(x'² − x²))): when v ≤ exp(−β(x'² − x²)) for v
 * uniform in (0, 1], the same as x'² ≤ x² + e with e = −log(v)/β. d and v do not depend on the
 * chain: they are drawn two groups of four steps ahead, and bounds of log v one group ahead, so
 * that all of it is done while the chain waits for its own last step.
 *
 * Bounds are nearly always enough to tell whether a step is accepted. Lane 0 of the chain takes the
 * larger e and lane 1 the smaller: as long as both lanes say the same, the true e says so too, for
 * + and × round monotonically. Where they differ, once in some hundred blocks, the block is walked
 * again with the logarithms themselves.
 *
 * Random numbers: xoshiro256+ (D. Blackman and S. Vigna, ACM Trans. Math. Softw. 47, 36 (2021)),
 * one generator a lane: lane 0 serves even steps, lane 1 odd ones. Each pair of steps takes one
 * number for d and one for v; of each the upper 52 bits are used.
 */
import { logarithm } from "../../shared/assembly/log";
import { boundLogarithms } from "../../shared/assembly/log_bounds";
import { philox } from "../../shared/assembly/random";
import { ACCEPTED, BOUNDS, DISPLACEMENTS, KEY, POSITIONS, STATE, UNITS } from "./memory";

/** Philox keys of this kernel's streams are ("METR", 0…3). */
const STREAM_TAG: u32 = 0x4d455452;
/** Steps by which the generators are ahead of the chain: two groups. */
const AHEAD: i32 = 8;
/** With x, h and 1/β below this nothing overflows: doubles are then ordered as integers are. */
const TAME: f64 = 1e100;

const CONSTANTS: usize = memory.data<u64>([
  0x3ff0_0000_0000_0000, 0x3ff0_0000_0000_0000, // 0: 1
  0x3ff8_0000_0000_0000, 0x3ff8_0000_0000_0000, // 16: 1.5
  0x4000_0000_0000_0000, 0x4000_0000_0000_0000, // 32: 2
]);

let position: f64 = 0;
/** 2h, in both lanes. */
let width: v128 = f64x2.splat(0);
/** −1/β, in both lanes. */
let minusTemperature: v128 = f64x2.splat(0);
let isTame: bool = false;

/** Puts the chain at `initial`, with the streams of the key at KEY. */
export function startChain(initial: f64, beta: f64, halfWidth: f64): void {
  for (let call: u32 = 0; call < 4; call++) {
    const draw = STATE + 64;
    philox(KEY, STREAM_TAG, call, draw);
    const target = STATE + usize(call & 1) * 32 + usize(call >> 1) * 8;
    store<u64>(target, load<u64>(draw));
    store<u64>(target, load<u64>(draw, 8), 16);
  }
  width = f64x2.splat(2.0 * halfWidth);
  minusTemperature = f64x2.splat(-1.0 / beta);
  isTame = abs(initial) < TAME && halfWidth < TAME && 1.0 / beta < TAME;
  // Draws what the first steps take; where this walk leads is forgotten.
  walk(AHEAD);
  position = initial;
}

/**
 * Makes `steps` steps, a multiple of four; writes x after each to POSITIONS and whether it was
 * accepted to ACCEPTED.
 */
export function walk(steps: i32): void {
  if (!walkByBounds(steps)) walkExactly(steps);
  const drawn = usize(steps) << 3;
  memory.copy(DISPLACEMENTS, DISPLACEMENTS + drawn, usize(AHEAD) << 3);
  memory.copy(UNITS, UNITS + drawn, usize(AHEAD) << 3);
}

/** Walks by bounds of e, and draws what comes next; false, with no step made, if they do not do. */
function walkByBounds(steps: i32): bool {
  let s0 = v128.load(STATE);
  let s1 = v128.load(STATE, 16);
  let s2 = v128.load(STATE, 32);
  let s3 = v128.load(STATE, 48);
  const twoH = width;
  const minusT = minusTemperature;
  const end = usize(steps) << 3;
  let x = f64x2.splat(position);
  for (let at: usize = 0; at < end; at += 32) {
    x = step(x, at, BOUNDS, minusT);
    x = step(x, at + 8, BOUNDS + 8, minusT);
    x = step(x, at + 16, BOUNDS + 16, minusT);
    x = step(x, at + 24, BOUNDS + 24, minusT);
    boundGroup(at + 32);
    for (let pair = at + 64; pair < at + 96; pair += 16) {
      // d = (u − 1.5) · 2h with u in [1, 2).
      let draw = i64x2.add(s0, s3);
      let shifted = i64x2.shl(s1, 17);
      s2 = v128.xor(s2, s0);
      s3 = v128.xor(s3, s1);
      s1 = v128.xor(s1, s2);
      s0 = v128.xor(s0, s3);
      s2 = v128.xor(s2, shifted);
      s3 = v128.or(i64x2.shl(s3, 45), i64x2.shr_u(s3, 19));
      let u = v128.or(i64x2.shr_u(draw, 12), v128.load(CONSTANTS));
      v128.store(pair, f64x2.mul(f64x2.sub(u, v128.load(CONSTANTS, 16)), twoH), DISPLACEMENTS);

      // v = 2 − u in (0, 1].
      draw = i64x2.add(s0, s3);
      shifted = i64x2.shl(s1, 17);
      s2 = v128.xor(s2, s0);
      s3 = v128.xor(s3, s1);
      s1 = v128.xor(s1, s2);
      s0 = v128.xor(s0, s3);
      s2 = v128.xor(s2, shifted);
      s3 = v128.or(i64x2.shl(s3, 45), i64x2.shr_u(s3, 19));
      u = v128.or(i64x2.shr_u(draw, 12), v128.load(CONSTANTS));
      v128.store(pair, f64x2.sub(v128.load(CONSTANTS, 32), u), UNITS);
    }
  }
  v128.store(STATE, s0);
  v128.store(STATE, s1, 16);
  v128.store(STATE, s2, 32);
  v128.store(STATE, s3, 48);
  if (!isTame || lanesDiffer(steps)) return false;
  position = f64x2.extract_lane(x, 0);
  return true;
}

/** The step at `at`, with bounds of its log v at `bounds`: from x, in both lanes, to the next x. */
@inline
function step(x: v128, at: usize, bounds: usize, minusT: v128): v128 {
  const logarithms = f64x2.promote_low_f32x4(v128.load64_zero(bounds));
  const proposed = f64x2.add(x, v128.load64_splat(at, DISPLACEMENTS));
  // To square x anew takes no longer than to select its square, and keeps fewer units busy.
  const threshold = f64x2.add(f64x2.mul(x, x), f64x2.mul(logarithms, minusT));
  // As integers: sooner known than as doubles. A vector select, as a scalar one would be a branch.
  const rejected = i64x2.gt_s(f64x2.mul(proposed, proposed), threshold);
  const next = v128.bitselect(x, proposed, rejected);
  v128.store64_lane(at, next, 0, POSITIONS);
  store<u8>(at >> 3, u8(~i64x2.bitmask(rejected)), ACCEPTED);
  return next;
}

/** Bounds of log v of the group at `at`. */
@inline
function boundGroup(at: usize): void {
  const high = i32x4.shuffle(v128.load(at, UNITS), v128.load(at, UNITS + 16), 1, 3, 5, 7);
  boundLogarithms(high, BOUNDS);
}

/** Whether any of the block's first `steps` steps was accepted in one lane only. */
function lanesDiffer(steps: i32): bool {
  let differ = i8x16.splat(0);
  // Flags beyond the last step are of an earlier block, and alike.
  for (let i: usize = 0; i < usize(steps); i += 16) {
    const flags = v128.load(i, ACCEPTED);
    differ = v128.or(differ, v128.xor(flags, i16x8.shr_u(flags, 1)));
  }
  return v128.any_true(v128.and(differ, i8x16.splat(1)));
}

/** Walks by e itself, with what was drawn. */
function walkExactly(steps: i32): void {
  let x = f64x2.splat(position);
  for (let i: usize = 0; i < usize(steps); i++) {
    const e = f64x2.mul(logarithm(v128.load64_splat(i << 3, UNITS)), minusTemperature);
    const proposed = f64x2.add(x, v128.load64_splat(i << 3, DISPLACEMENTS));
    const threshold = f64x2.add(f64x2.mul(x, x), e);
    const accepted = f64x2.le(f64x2.mul(proposed, proposed), threshold);
    x = v128.bitselect(proposed, x, accepted);
    v128.store64_lane(i << 3, x, 0, POSITIONS);
    store<u8>(i, u8(i64x2.bitmask(accepted)), ACCEPTED);
  }
  position = f64x2.extract_lane(x, 0);
}
