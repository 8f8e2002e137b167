/** Encoded PNG against fixed bytes, the decoder and a plain version. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { EFFORT } from "../../tests/effort.ts";
import { crc32 } from "../checksum.ts";
import { decodeImage } from "./decode.ts";
import { encodeColourPng, encodePng } from "./encode_png.ts";
import { type Pixels, plainPng } from "./plain_png.ts";

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

/** Fails unless both encoders write the same. */
function assertSame(picture: Pixels): void {
  const { width, height, samples, bytes } = picture;
  const png = (samples === 1 ? encodePng : encodeColourPng)(width, height, bytes);
  const plain = plainPng(picture);
  const where = plain.findIndex((byte, i) => byte !== png[i]);
  const name = `${width}×${height}×${samples}`;
  assertEquals({ name, where, size: png.length }, { name, where: -1, size: plain.length });
}

/** A row whose filtered bytes, behind the number of the filter, are those given. */
function rowOf(filtered: ArrayLike<number>): Pixels {
  const bytes = new Uint8Array(filtered.length);
  for (let i = 0, sum = 0; i < bytes.length; i++) bytes[i] = sum += filtered[i]!;
  return { width: bytes.length, height: 1, samples: 1, bytes };
}

Deno.test("encodePng() writes the bytes of its plain version", () => {
  const picture = fc.record({
    width: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 700 })),
    height: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 400 })),
    samples: fc.constantFrom<1 | 3>(1, 3),
    // From flat with a few spots to noise with all values, steep or not.
    flatness: fc.constantFrom(0, 0.5, 0.9, 0.99, 0.9999),
    levels: fc.constantFrom(1, 2, 5, 256),
    slope: fc.nat(3),
    state: fc.nat(),
  });
  fc.assert(
    fc.property(picture, ({ width, height, samples, flatness, levels, slope, state }) => {
      const next = () => (state = Math.imul(state, 1664525) + 1013904223) >>> 8;
      const bytes = new Uint8Array(width * height * samples);
      for (let i = 0, value = 0; i < bytes.length; i++) {
        if (next() >= flatness * 2 ** 24) value = next() % levels;
        bytes[i] = value + slope * Math.floor(i / width / samples);
      }
      assertSame({ width, height, samples, bytes });
    }),
    { numRuns: 150 * EFFORT, seed: 20261122 },
  );
});

Deno.test("encodePng() writes the bytes of its plain version where blocks of 65536 end", () => {
  for (const [width, height] of [[1, 32768], [2, 43692], [3, 33000]] as const) {
    assertSame({ width, height, samples: 1, bytes: makePixels(width * height, 2) });
  }
  for (const width of [65534, 65535, 65536, 65537, 131071, 131072]) {
    for (const height of [1, 2, 3]) {
      assertSame({ width, height, samples: 1, bytes: makePixels(width * height, width) });
      assertSame({ width, height, samples: 1, bytes: new Uint8Array(width * height).fill(9) });
    }
  }
  for (const width of [21845, 43690, 65537]) {
    for (const height of [1, 3]) {
      assertSame({ width, height, samples: 3, bytes: makePixels(3 * width * height, 9) });
    }
  }
});

Deno.test("encodePng() writes the bytes of its plain version for runs of all lengths", () => {
  const runs = Array.from({ length: 800 }, (_, n) => new Array<number>(n).fill(n & 1));
  assertSame(rowOf(runs.flat()));
  for (let shift = 0; shift < 64; shift++) {
    const part = new Array<number>(200 + shift).fill(7);
    assertSame(rowOf([...part, 1, ...part, 7, 2, 2, 2, ...part, 3, 3, 3, 3]));
    assertSame(rowOf([...makePixels(65536 - 32 + shift, 50), ...part]));
  }
});

Deno.test("encodePng() writes the bytes of its plain version where codes reach their limit", () => {
  // Fibonacci's numbers make the deepest tree: 22 levels, of which 15 are allowed.
  const fibonacci = [1, 1];
  while (fibonacci.length < 22) fibonacci.push(fibonacci.at(-1)! + fibonacci.at(-2)!);
  const values = fibonacci.flatMap((count, value) => new Array<number>(count).fill(3 * value));
  const mixed = values.map((_, i) => values[i * 7919 % values.length]!);
  assert(values.length < 2 ** 16 && values.length % 7919 !== 0);
  assertSame(rowOf(mixed));
  assertSame(rowOf([...mixed, ...mixed, ...mixed, ...mixed]));
});

Deno.test("encodePng() does not depend on the picture before", () => {
  const pictures = [makePixels(90000, 300), new Uint8Array(90000), makePixels(90000, 7)];
  const first = pictures.map((grey) => crc32(encodePng(300, 300, grey)));
  const again = pictures.toReversed().map((grey) => crc32(encodePng(300, 300, grey)));
  assertEquals(again.toReversed(), first);
});

Deno.test("encodePng() refuses sizes that do not fit the values", () => {
  assertThrows(() => encodePng(2, 2, new Uint8Array(5)), RangeError, "expected 4");
  assertThrows(() => encodeColourPng(2, 2, new Uint8Array(4)), RangeError, "expected 12");
  assertThrows(() => encodePng(0, 2, new Uint8Array(0)), SyntaxError, "at least one");
});
