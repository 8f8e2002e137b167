/**
 * The Markov chain: Metropolis steps for H(x) = x², with no exp on the critical path.
 *
 * Source: N. Metropolis et al., J. Chem. Phys. 21, 1087 (1953). A proposal x' = x + d, d uniform in
 * [−h, h), is accepted with probability min(1, exp(−β(x'² − x²))): when v ≤ exp(−β(x'² − x²)) for v
 * uniform in (0, 1], the same as x'² ≤ x² + e with e = −log(v)/β. d and e do not depend on the
 * chain, so they are made two steps at a time, one pair ahead of the pair that uses them.
 *
 * Random numbers: xoshiro256+ (D. Blackman and S. Vigna, ACM Trans. Math. Softw. 47, 36 (2021)),
 * one generator a lane: lane 0 serves even steps, lane 1 odd ones. Each pair of steps takes one
 * number for d and one for e; of each the upper 52 bits are used.
 */
import { logarithm } from "../../shared/assembly/log";
import { philox } from "../../shared/assembly/random";
import { ACCEPTED, KEY, POSITIONS, STATE } from "./memory";

/** Philox keys of this kernel's streams are ("METR", 0…3). */
const STREAM_TAG: u32 = 0x4d455452;

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
/** d and e of the pair of steps that comes next. */
let proposals: v128 = f64x2.splat(0);
let thresholds: v128 = f64x2.splat(0);

/** Puts the chain at `initial`, with the streams of the key at KEY. */
export function startChain(initial: f64, beta: f64, halfWidth: f64): void {
  for (let call: u32 = 0; call < 4; call++) {
    const draw = STATE + 64;
    philox(KEY, STREAM_TAG, call, draw);
    const target = STATE + usize(call & 1) * 32 + usize(call >> 1) * 8;
    store<u64>(target, load<u64>(draw));
    store<u64>(target, load<u64>(draw, 8), 16);
  }
  position = initial;
  width = f64x2.splat(2.0 * halfWidth);
  minusTemperature = f64x2.splat(-1.0 / beta);
  // With d = e = 0 the first two steps go nowhere, and draw the first pair.
  proposals = f64x2.splat(0);
  thresholds = f64x2.splat(0);
  walk(2);
}

/**
 * Makes `steps` steps, an even number; writes x after each to POSITIONS and whether it was accepted
 * to ACCEPTED.
 */
export function walk(steps: i32): void {
  let s0 = v128.load(STATE);
  let s1 = v128.load(STATE, 16);
  let s2 = v128.load(STATE, 32);
  let s3 = v128.load(STATE, 48);
  const twoH = width;
  const minusT = minusTemperature;
  let x = f64x2.splat(position);
  let d = proposals;
  let e = thresholds;
  let positions = POSITIONS;
  let accepted = ACCEPTED;
  for (let i = 0; i < steps; i += 2) {
    // The chain proper, in lane 0: a vector select, as a scalar one would be a branch. To
    // square x anew takes no longer than to select its square, and keeps fewer units busy.
    let proposed = f64x2.add(x, d);
    let proposedEnergy = f64x2.mul(proposed, proposed);
    let accept = f64x2.le(proposedEnergy, f64x2.add(f64x2.mul(x, x), e));
    x = v128.bitselect(proposed, x, accept);
    v128.store64_lane(positions, x, 0);
    store<u8>(accepted, u8(i8x16.bitmask(accept)));

    proposed = f64x2.add(x, i64x2.shuffle(d, d, 1, 1));
    proposedEnergy = f64x2.mul(proposed, proposed);
    accept = f64x2.le(proposedEnergy, f64x2.add(f64x2.mul(x, x), i64x2.shuffle(e, e, 1, 1)));
    x = v128.bitselect(proposed, x, accept);
    v128.store64_lane(positions, x, 0, 8);
    store<u8>(accepted, u8(i8x16.bitmask(accept)), 1);
    positions += 16;
    accepted += 2;

    // d of the next pair: (u − 1.5) · 2h with u in [1, 2).
    let draw = i64x2.add(s0, s3);
    let shifted = i64x2.shl(s1, 17);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, shifted);
    s3 = v128.or(i64x2.shl(s3, 45), i64x2.shr_u(s3, 19));
    let u = v128.or(i64x2.shr_u(draw, 12), v128.load(CONSTANTS));
    d = f64x2.mul(f64x2.sub(u, v128.load(CONSTANTS, 16)), twoH);

    // e of the next pair: log(2 − u) · (−1/β) with 2 − u in (0, 1].
    draw = i64x2.add(s0, s3);
    shifted = i64x2.shl(s1, 17);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, shifted);
    s3 = v128.or(i64x2.shl(s3, 45), i64x2.shr_u(s3, 19));
    u = v128.or(i64x2.shr_u(draw, 12), v128.load(CONSTANTS));
    e = f64x2.mul(logarithm(f64x2.sub(v128.load(CONSTANTS, 32), u)), minusT);
  }
  v128.store(STATE, s0);
  v128.store(STATE, s1, 16);
  v128.store(STATE, s2, 32);
  v128.store(STATE, s3, 48);
  position = f64x2.extract_lane(x, 0);
  proposals = d;
  thresholds = e;
}
