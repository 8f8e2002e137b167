/** Encoded PNG against fixed bytes and the decoder. */
import { assertEquals, assertThrows } from "@std/assert";
import { crc32 } from "../checksum.ts";
import { decodeImage } from "./decode.ts";
import { encodeColourPng, encodePng } from "./encode_png.ts";

/** A smooth picture with coarse noise, by a congruential generator. */
function makePixels(count: number, width: number): Uint8Array<ArrayBuffer> {
  let state = 12345;
  return Uint8Array.from({ length: count }, (_, i) => {
    state = Math.imul(state, 1103515245) + 12345 >>> 0;
    return (i % width) + Math.floor(i / width) + (state >>> 28);
  });
}

Deno.test("encodePng() and decodeImage() are inverse", async () => {
  for (const [width, height] of [[1, 1], [7, 3], [1, 40], [300, 1], [129, 65]] as const) {
    const grey = makePixels(width * height, width);
    const image = await decodeImage(encodePng(width, height, grey), { grey: "luma" });
    assertEquals(image, { width, height, grey: Float64Array.from(grey), maximum: 255 });
    const colours = makePixels(3 * width * height, 3 * width);
    const { grey: mean } = await decodeImage(encodeColourPng(width, height, colours), {
      grey: "average",
    });
    const sum = (i: number) => colours[3 * i]! + colours[3 * i + 1]! + colours[3 * i + 2]!;
    assertEquals(mean, Float64Array.from({ length: width * height }, (_, i) => sum(i) / 3));
  }
});

Deno.test("encodePng() always writes the same bytes", () => {
  // Golden: what this test printed when Pillow 9.4 and pngtopnm had read the files back equal.
  const grey = encodePng(129, 65, makePixels(129 * 65, 129));
  assertEquals([grey.length, crc32(grey)], [5122, 3698360790]);
  const colour = encodeColourPng(43, 65, makePixels(129 * 65, 129));
  assertEquals([colour.length, crc32(colour)], [5125, 2365172964]);
});

Deno.test("encodePng() refuses sizes that do not fit the values", () => {
  assertThrows(() => encodePng(2, 2, new Uint8Array(5)), RangeError, "expected 4");
  assertThrows(() => encodeColourPng(2, 2, new Uint8Array(4)), RangeError, "expected 12");
  assertThrows(() => encodePng(0, 2, new Uint8Array(0)), SyntaxError, "at least one");
});
