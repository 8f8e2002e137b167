/** Colours to grey: whole-number weights, and one division, the only step that can round. */
import { GREY, PIXELS } from "./layout";

/**
 * f64 (red · R + green · G + blue · B) / sum of each of `count` pixels of four bytes at `PIXELS`;
 * weights of at most 32767, their sum with 255 below 2³¹. May write up to three values more.
 */
export function greyOf(count: u32, red: i32, green: i32, blue: i32, sum: f64): void {
  const outer = i32x4.splat(red | (blue << 16));
  const inner = i32x4.splat(green);
  const mask = i32x4.splat(0xff00ff);
  const divisor = f64x2.splat(sum);
  const end = PIXELS + (usize(count) << 2);
  for (let p = PIXELS, to = GREY; p < end; p += 16, to += 32) {
    const pixels = v128.load(p);
    const weighted = i32x4.add(
      i32x4.dot_i16x8_s(v128.and(pixels, mask), outer),
      i32x4.dot_i16x8_s(v128.and(i32x4.shr_u(pixels, 8), mask), inner),
    );
    const others = v128.shuffle<i32>(weighted, weighted, 2, 3, 2, 3);
    v128.store(to, f64x2.div(f64x2.convert_low_i32x4_u(weighted), divisor));
    v128.store(to, f64x2.div(f64x2.convert_low_i32x4_u(others), divisor), 16);
  }
}
