/**
 * The natural logarithm of two doubles at once, from +, −, × and ÷ alone, so that any machine and
 * any language gets the same bits.
 *
 * Source: the scheme of fdlibm's `e_log.c` (Sun Microsystems, 1993) without its special cases:
 * u = 2^k · m with √½ ≤ m < √2, s = (m − 1)/(m + 1), and log m = s · (2 + R(s²)). The error is
 * below 2 units in the last place for normal u in (0, 1].
 */

// Constants of a vector loop are read from memory: x86 has no vector immediates, and V8 would
// build each of them anew on every pass.
const CONSTANTS: usize = memory.data<u64>([
  0x0009_5f61_9980_c433, 0x0009_5f61_9980_c433, // 0: bits of 1 less bits of √½
  0x4330_0000_0000_0000, 0x4330_0000_0000_0000, // 16: 2^52, to turn small integers to doubles
  0x4330_0000_0000_03ff, 0x4330_0000_0000_03ff, // 32: 2^52 + 1023
  0x000f_ffff_ffff_ffff, 0x000f_ffff_ffff_ffff, // 48: the fraction bits
  0x3fe6_a09e_667f_3bcd, 0x3fe6_a09e_667f_3bcd, // 64: bits of √½
  0x3ff0_0000_0000_0000, 0x3ff0_0000_0000_0000, // 80: 1
  0x4000_0000_0000_0000, 0x4000_0000_0000_0000, // 96: 2
  0x3fe6_2e42_fefa_39ef, 0x3fe6_2e42_fefa_39ef, // 112: log 2
  0x3fe5_5555_5555_5593, 0x3fe5_5555_5555_5593, // 128: Lg1
  0x3fd9_9999_9997_fa04, 0x3fd9_9999_9997_fa04, // 144: Lg2
  0x3fd2_4924_9422_9359, 0x3fd2_4924_9422_9359, // 160: Lg3
  0x3fcc_71c5_1d8e_78af, 0x3fcc_71c5_1d8e_78af, // 176: Lg4
  0x3fc7_4664_96cb_03de, 0x3fc7_4664_96cb_03de, // 192: Lg5
  0x3fc3_9a09_d078_c69f, 0x3fc3_9a09_d078_c69f, // 208: Lg6
  0x3fc2_f112_df3e_5244, 0x3fc2_f112_df3e_5244, // 224: Lg7
]);

/** log u, lane by lane, for normal u in (0, 1]. */
@inline
export function logarithm(u: v128): v128 {
  const shifted = i64x2.add(u, v128.load(CONSTANTS));
  const exponent = f64x2.sub(
    v128.or(i64x2.shr_u(shifted, 52), v128.load(CONSTANTS, 16)),
    v128.load(CONSTANTS, 32),
  );
  const m = i64x2.add(v128.and(shifted, v128.load(CONSTANTS, 48)), v128.load(CONSTANTS, 64));
  const s = f64x2.div(
    f64x2.sub(m, v128.load(CONSTANTS, 80)),
    f64x2.add(m, v128.load(CONSTANTS, 80)),
  );
  const z = f64x2.mul(s, s);
  const w = f64x2.mul(z, z);
  // R(z) split in even and odd powers, which are independent of one another.
  let even = f64x2.mul(w, v128.load(CONSTANTS, 208));
  even = f64x2.mul(w, f64x2.add(v128.load(CONSTANTS, 176), even));
  even = f64x2.mul(w, f64x2.add(v128.load(CONSTANTS, 144), even));
  let odd = f64x2.mul(w, v128.load(CONSTANTS, 224));
  odd = f64x2.mul(w, f64x2.add(v128.load(CONSTANTS, 192), odd));
  odd = f64x2.mul(w, f64x2.add(v128.load(CONSTANTS, 160), odd));
  odd = f64x2.mul(z, f64x2.add(v128.load(CONSTANTS, 128), odd));
  const r = f64x2.add(even, odd);
  return f64x2.add(
    f64x2.mul(exponent, v128.load(CONSTANTS, 112)),
    f64x2.mul(s, f64x2.add(v128.load(CONSTANTS, 96), r)),
  );
}
