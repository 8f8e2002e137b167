/** Colours without opacity against the plain rule. */
import { assertEquals } from "@std/assert";
import { coloursOf } from "./colours.ts";

Deno.test("coloursOf() leaves out every fourth byte, also where pieces of a picture end", () => {
  for (const count of [0, 1, 2, 3, 4, 5, 16383, 16384, 16385, 32771]) {
    const rgba = Uint8Array.from({ length: 4 * count }, (_, i) => i * 31 + (i >> 8));
    assertEquals(coloursOf(rgba), rgba.filter((_, i) => i % 4 !== 3));
  }
});
