/**
 * Bounds of the natural logarithms of four doubles at once, in single precision: a third of the
 * work of `logarithm`, enough wherever a result is only compared.
 *
 * Of u = 2^k · (1 + y) the high word is read, of which 20 bits are y's. log u is k log 2 + y log 2
 * + g(y), the first two a multiple of that word less the one of 1, and g(y) = log(1 + y) − y log 2
 * a polynomial of degree 6, the best on [0, 1] but for 1.3e-6. With the bits left out (9.6e-7) and
 * all roundings (|log u| reaches 36) its error is below 8.7e-6; the bounds are 1.14e-5 away, which
 * leaves room for their own rounding. The test goes through the words.
 */

const CONSTANTS: usize = memory.data<u32>([
  0x000f_ffff, 0x000f_ffff, 0x000f_ffff, 0x000f_ffff, // 0: y's bits in a high word
  0x3f80_0000, 0x3f80_0000, 0x3f80_0000, 0x3f80_0000, // 16: 1, as single
  0x3ff0_0000, 0x3ff0_0000, 0x3ff0_0000, 0x3ff0_0000, // 32: the high word of 1
  0x3531_7218, 0x3531_7218, 0x3531_7218, 0x3531_7218, // 48: log 2 / 2^20
  0x35eb_b4d4, 0x35eb_b4d4, 0x35eb_b4d4, 0x35eb_b4d4, // 64: g's coefficients, for y / 8
  0x401d_09ab, 0x401d_09ab, 0x401d_09ab, 0x401d_09ab, // 80
  0xc1fe_bce4, 0xc1fe_bce4, 0xc1fe_bce4, 0xc1fe_bce4, // 96
  0x4322_03fe, 0x4322_03fe, 0x4322_03fe, 0x4322_03fe, // 112
  0xc444_48ab, 0xc444_48ab, 0xc444_48ab, 0xc444_48ab, // 128
  0x452b_c547, 0x452b_c547, 0x452b_c547, 0x452b_c547, // 144
  0xc591_e178, 0xc591_e178, 0xc591_e178, 0xc591_e178, // 160
  0x3740_0000, 0x3740_0000, 0x3740_0000, 0x3740_0000, // 176: 0.75 · 2^-16
]);

/**
 * Writes to `target` four pairs of singles, below and above what `logarithm` gives for the doubles
 * with these high words, normal and in (0, 1].
 */
@inline
export function boundLogarithms(high: v128, target: usize): void {
  const one = v128.load(CONSTANTS, 16);
  // y / 8, as three bits of a single's fraction lie above a high word's.
  const y = f32x4.sub(v128.or(v128.and(high, v128.load(CONSTANTS)), one), one);
  const steps = f32x4.convert_i32x4_s(i32x4.sub(high, v128.load(CONSTANTS, 32)));
  const line = f32x4.add(f32x4.mul(steps, v128.load(CONSTANTS, 48)), v128.load(CONSTANTS, 64));
  let g = f32x4.add(f32x4.mul(v128.load(CONSTANTS, 160), y), v128.load(CONSTANTS, 144));
  g = f32x4.add(f32x4.mul(g, y), v128.load(CONSTANTS, 128));
  g = f32x4.add(f32x4.mul(g, y), v128.load(CONSTANTS, 112));
  g = f32x4.add(f32x4.mul(g, y), v128.load(CONSTANTS, 96));
  g = f32x4.add(f32x4.mul(g, y), v128.load(CONSTANTS, 80));
  const middle = f32x4.add(f32x4.mul(g, y), line);
  const below = f32x4.sub(middle, v128.load(CONSTANTS, 176));
  const above = f32x4.add(middle, v128.load(CONSTANTS, 176));
  v128.store(target, i32x4.shuffle(below, above, 0, 4, 1, 5));
  v128.store(target, i32x4.shuffle(below, above, 2, 6, 3, 7), 16);
}
