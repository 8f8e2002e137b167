/** Pixels of four bytes to three: a picture without holes needs no opacity. */
import { COLOURS, PIXELS } from "./layout";

/** Red, green and blue of each of `count` pixels at `PIXELS`. May write up to 13 bytes more. */
export function coloursOf(count: u32): void {
  const end = PIXELS + (usize(count) << 2);
  for (let p = PIXELS, to = COLOURS; p < end; p += 16, to += 12) {
    const pixels = v128.load(p);
    v128.store(
      to,
      v128.shuffle<i8>(pixels, pixels, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0, 0, 0, 0),
    );
  }
}
