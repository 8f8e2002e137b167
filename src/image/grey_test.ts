/** Grey values against the rule as JavaScript computes it. */
import { assertEquals } from "@std/assert";
import { greyOf } from "./grey.ts";
import { weightsOf } from "./image.ts";

Deno.test("greyOf() is the rule, to the last bit, of every pixel", () => {
  const pixels = 2 ** 18;
  let state = 1;
  const rgba = new Uint8ClampedArray(4 * pixels);
  for (let i = 0; i < rgba.length; i++) {
    state = Math.imul(state, 1664525) + 1013904223;
    rgba[i] = state >>> 24;
  }
  // Extremes, and every level of grey.
  for (let level = 0; level < 256; level++) rgba.fill(level, 4 * level, 4 * level + 4);
  const stored = { red: 1, green: 0, blue: 0, sum: 1 };
  for (const weights of [weightsOf("luma"), weightsOf("average"), stored]) {
    const { red, green, blue, sum } = weights;
    const grey = greyOf(rgba, weights);
    const wrong = grey.findIndex((value, i) =>
      value !==
        (red * rgba[4 * i]! + green * rgba[4 * i + 1]! + blue * rgba[4 * i + 2]!) / sum
    );
    assertEquals([grey.length, wrong], [pixels, -1]);
  }
});

Deno.test("greyOf() takes any number of pixels", () => {
  const rgba = new Uint8ClampedArray(4 * 40000).map((_, i) => i % 251);
  const whole = greyOf(rgba, weightsOf("luma"));
  for (const pixels of [1, 2, 3, 4, 5, 16383, 16384, 16385, 32768, 32769]) {
    const grey = greyOf(rgba.subarray(0, 4 * pixels), weightsOf("luma"));
    assertEquals(grey.length, pixels);
    assertEquals(grey.findIndex((value, i) => value !== whole[i]), -1);
  }
});
