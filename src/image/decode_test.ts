/** Pictures of every kind against djpeg and pngtopnm, and files that are none. */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import {
  chunkOf,
  exifOf,
  expectedImages,
  indexOfPair,
  join,
  jpegWithExif,
  pngOf,
  pngWithChunk,
  readPicture,
} from "../../tests/pictures.ts";
import { crc32 } from "../checksum.ts";
import { decodeImage } from "./decode.ts";
import type { GreyRule } from "./image.ts";

const luma = { grey: "luma" } as const;

/** The check value of values that become whole numbers when they are multiplied. */
function checkValue(values: Float64Array, factor: number): number {
  return crc32(new Uint8Array(Uint32Array.from(values, (v) => Math.round(v * factor)).buffer));
}

async function assertRefused(
  bytes: Uint8Array<ArrayBuffer>,
  message: string,
  kind: new () => Error = SyntaxError,
): Promise<void> {
  const error = await assertRejects(() => decodeImage(bytes, luma), kind);
  assertEquals(error.message, message);
}

Deno.test("decodeImage() reads what djpeg and pngtopnm read, to the last bit", async () => {
  for (const [name, expected] of expectedImages) {
    const bytes = readPicture(name);
    for (const [rule, factor] of [["luma", 1000], ["average", 3]] as [GreyRule, number][]) {
      const { width, height, grey, maximum } = await decodeImage(bytes, { grey: rule });
      assertEquals([width, height, maximum], [
        expected.width,
        expected.height,
        expected.maximum,
      ], name);
      if (expected[rule] === undefined) continue;
      assertEquals(checkValue(grey, factor), expected[rule], `${name} ${rule}`);
    }
  }
});

Deno.test("decodeImage() is near djpeg where its versions differ", async () => {
  const near = [...expectedImages].filter(([, { every97th }]) => every97th !== undefined);
  assertEquals(near.length, 2);
  for (const [name, { every97th }] of near) {
    const { grey } = await decodeImage(readPicture(name), luma);
    every97th!.forEach((value, i) => assertAlmostEquals(grey[97 * i]!, value, 1.5, name));
  }
});

Deno.test("decodeImage() leaves a grey exactly as it is", async () => {
  const levels = Uint8Array.from({ length: 256 }, (_, i) => i);
  const rows = join([0], [...levels].flatMap((level) => [level, level, level]));
  const png = await pngOf({ width: 256, height: 1, depth: 8, type: 2 }, rows);
  for (const rule of ["luma", "average"] as const) {
    assertEquals((await decodeImage(png, { grey: rule })).grey, Float64Array.from(levels));
  }
});

Deno.test("decodeImage() scales small depths so that 255 is white", async () => {
  const png = await pngOf({ width: 5, height: 1, depth: 2, type: 0 }, join([0, 0b00011011, 0xff]));
  assertEquals([...(await decodeImage(png, luma)).grey], [0, 85, 170, 255, 255]);
});

Deno.test("decodeImage() ignores alpha", async () => {
  const rows = join([0], [200, 0], [100, 255]);
  const png = await pngOf({ width: 2, height: 1, depth: 8, type: 4 }, rows);
  assertEquals([...(await decodeImage(png, luma)).grey], [200, 100]);
});

Deno.test("decodeImage() turns a picture as its EXIF orientation says", async () => {
  // Letters of a 3×2 picture as stored, and as seen: Exif 2.32, section 4.6.4.
  const seen = ["abc def", "cba fed", "fed cba", "def abc", "ad be cf", "da eb fc", "fc eb da"];
  seen.push("cf be ad");
  const stored = join([0], [97, 98, 99], [0], [100, 101, 102]);
  const png = await pngOf({ width: 3, height: 2, depth: 8, type: 0 }, stored);
  for (const [i, text] of seen.entries()) {
    for (const order of ["little", "big"] as const) {
      const turned = pngWithChunk(png, { type: "eXIf", body: exifOf(i + 1, order) });
      const { width, grey } = await decodeImage(turned, luma);
      const letters = String.fromCharCode(...grey).replaceAll(
        new RegExp(`.{${width}}(?=.)`, "g"),
        "$& ",
      );
      assertEquals(letters, text, `orientation ${i + 1}, ${order}`);
    }
  }
});

Deno.test("decodeImage() turns a JPEG, and shows one with odd EXIF data as stored", async () => {
  const jpeg = readPicture("size_7x9.jpg");
  const plain = await decodeImage(jpeg, luma);
  const turned = await decodeImage(jpegWithExif(jpeg, exifOf(6, "big")), luma);
  assertEquals([turned.width, turned.height], [9, 7]);
  assertEquals(turned.grey[0], plain.grey[8 * 7]);
  const odd = [exifOf(9, "big"), exifOf(0, "little"), exifOf(6, "big").subarray(0, 17)];
  for (const exif of [...odd, new Uint8Array(), new Uint8Array(100)]) {
    assertEquals(await decodeImage(jpegWithExif(jpeg, exif), luma), plain);
  }
});

Deno.test("decodeImage() tells a picture by its content", async () => {
  await assertRefused(new Uint8Array(), "it is empty, expected a JPEG or PNG image");
  for (const text of ["GIF89a", "P6 1 1 255 abc", "\x89PNG\n\n", "\xff\xd8", "\0"]) {
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    await assertRefused(bytes, "it is no JPEG and no PNG");
  }
});

Deno.test("decodeImage() refuses a file that is cut anywhere", async () => {
  for (
    const name of ["size_7x9.jpg", "grey_progressive.jpg", "restart.jpg", "size_5x5_interlaced.png"]
  ) {
    const bytes = readPicture(name);
    for (let length = 8; length < bytes.length; length += length < 700 ? 1 : 13) {
      await assertRefused(bytes.slice(0, length), "it is truncated");
    }
  }
});

Deno.test("decodeImage() refuses a JPEG whose data end before its picture does", async () => {
  for (const name of ["colour_420.jpg", "colour_444_progressive.jpg", "grey.jpg"]) {
    const bytes = readPicture(name);
    await assertRefused(
      join(bytes.subarray(0, bytes.length * 0.8), [0xff, 0xd9]),
      "it is truncated",
    );
  }
});

Deno.test("decodeImage() refuses a PNG whose data end before its picture does", async () => {
  const header = { width: 2, height: 3, depth: 8, type: 0 };
  await assertRefused(await pngOf(header, join([0, 1, 2, 0, 3, 4, 0, 5])), "it is truncated");
  const whole = await pngOf(header, join([0, 1, 2, 0, 3, 4, 0, 5, 6], new Uint8Array(10)));
  assertEquals([...(await decodeImage(whole, luma)).grey], [1, 2, 3, 4, 5, 6]);
});

Deno.test("decodeImage() refuses a size before it takes memory for it", async () => {
  const before = Deno.memoryUsage().rss;
  const jpeg = readPicture("colour_420.jpg");
  const frame = indexOfPair(jpeg, [0xff, 0xc0]);
  const resized = (height: number, width: number) =>
    join(
      jpeg.subarray(0, frame + 5),
      [height >> 8, height & 255, width >> 8, width & 255],
      jpeg.subarray(frame + 9),
    );
  await assertRefused(
    resized(65000, 65000),
    "it is 65000×65000 pixels, expected at most 67108864",
    RangeError,
  );
  await assertRefused(resized(0, 5), "it is 5×0 pixels, expected at least one");
  await assertRefused(resized(8192, 8192), "it is truncated");
  const rows = new Uint8Array(10);
  for (const interlace of [0, 1]) {
    const shape = { depth: 16, type: 6, interlace };
    await assertRefused(
      await pngOf({ width: 70000, height: 70000, ...shape }, rows),
      "it is 70000×70000 pixels, expected at most 67108864",
      RangeError,
    );
    await assertRefused(
      await pngOf({ width: 2 ** 31, height: 2 ** 31, ...shape }, rows),
      "it is 2147483648×2147483648 pixels, expected at most 67108864",
      RangeError,
    );
    await assertRefused(
      await pngOf({ width: 8192, height: 8192, ...shape }, rows),
      "it is truncated",
    );
    await assertRefused(
      await pngOf({ width: 0, height: 9, ...shape }, rows),
      "it is 0×9 pixels, expected at least one",
    );
  }
  assert(Deno.memoryUsage().rss - before < 200e6);
});

Deno.test("decodeImage() inflates no more than the picture needs", async () => {
  const header = { width: 1, height: 1, depth: 8, type: 0 };
  const bomb = await pngOf(header, new Uint8Array(100e6));
  const before = Deno.memoryUsage().rss;
  assertEquals([...(await decodeImage(bomb, luma)).grey], [0]);
  assert(Deno.memoryUsage().rss - before < 80e6);
});

Deno.test("decodeImage() refuses kinds of JPEG that it cannot read, by name", async () => {
  await assertRefused(
    readPicture("cmyk.jpg"),
    "it has a colour space it does not know (CMYK or YCCK), expected grey, YCbCr or RGB",
  );
  await assertRefused(
    readPicture("arithmetic.jpg"),
    "it is an arithmetic-coded JPEG, expected a baseline or progressive one",
  );
  const jpeg = readPicture("grey.jpg");
  const frame = indexOfPair(jpeg, [0xff, 0xc0]);
  await assertRefused(
    jpeg.with(frame + 1, 0xc3),
    "it is a lossless JPEG, expected a baseline or progressive one",
  );
  await assertRefused(jpeg.with(frame + 4, 12), "it has 12 bits a sample, expected 8");
});

Deno.test("decodeImage() refuses a JPEG that wastes time with scans", async () => {
  const jpeg = readPicture("grey_progressive.jpg");
  const scan = indexOfPair(jpeg, [0xff, 0xda]);
  const end = jpeg.length - 2;
  const scans = Array.from({ length: 200 }, () => jpeg.subarray(scan, scan + 20));
  await assertRefused(
    join(jpeg.subarray(0, scan), ...scans, jpeg.subarray(scan, end), [0xff, 0xd9]),
    "it has 206 scans, expected at most 100",
    RangeError,
  );
});

Deno.test("decodeImage() says what is wrong with a PNG", async () => {
  const row = join([0, 1, 2]);
  const grey = { width: 2, height: 1, depth: 8, type: 0 };
  const png = await pngOf(grey, row);
  const refusals: [Uint8Array<ArrayBuffer>, string][] = [
    [png.with(50, png[50]! ^ 1), "it is damaged: a check value is wrong"],
    [await pngOf(grey, join([5, 1, 2])), "it is damaged: its filter 5 is unknown"],
    [
      await pngOf({ ...grey, depth: 3 }, row),
      "it has a colour space it does not know (type 0 with 3 bits a sample)",
    ],
    [
      await pngOf({ ...grey, interlace: 2 }, row),
      "it is damaged: its compression, filter or interlace method is unknown",
    ],
    [await pngOf({ ...grey, type: 3 }, row), "it is damaged: it has no palette"],
    [
      await pngOf({ ...grey, type: 3 }, row, chunkOf("PLTE", Uint8Array.of(1, 2, 3, 4, 5, 6))),
      "it is damaged: its palette lacks a colour",
    ],
    [
      await pngOf({ ...grey, type: 3 }, row, chunkOf("PLTE", Uint8Array.of(1, 2, 3, 4))),
      "it is damaged: its palette has a wrong length",
    ],
    [await pngOf(grey, row, chunkOf("CgBI", row)), "it is damaged: its chunk CgBI is unknown"],
    [
      join(png.subarray(0, 33), chunkOf("IDAT", Uint8Array.of(1, 2, 3)), chunkOf("IEND", row)),
      "it is damaged: its compressed data are wrong",
    ],
  ];
  for (const [bytes, message] of refusals) await assertRefused(bytes, message);
});

Deno.test("decodeImage() reads on after files that stopped the decoder", async () => {
  const jpeg = readPicture("colour_420.jpg");
  const good = await decodeImage(jpeg, luma);
  const quantization = indexOfPair(jpeg, [0xff, 0xdb]);
  const huffman = indexOfPair(jpeg, [0xff, 0xc4]);
  // A comment in place of the first table; lengths of codes that no tree has. Both end in exit().
  await assertRefused(
    jpeg.with(quantization + 1, 0xfe),
    "it is damaged: Quantization table 0x00 was not defined",
  );
  await assertRefused(
    jpeg.with(huffman + 6, 200),
    "it is damaged: Bogus Huffman table definition",
  );
  assertEquals(await decodeImage(jpeg, luma), good);
});

Deno.test("decodeImage() leaves the global process, which it hides, as it was", async () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, "process");
  // A file that stops the decoder costs it its instance: the next picture starts another.
  const jpeg = readPicture("colour_420.jpg");
  const huffman = indexOfPair(jpeg, [0xff, 0xc4]);
  await assertRejects(() => decodeImage(jpeg.with(huffman + 6, 200), luma), SyntaxError);
  await decodeImage(jpeg, luma);
  assertEquals(Object.getOwnPropertyDescriptor(globalThis, "process"), before);
});

Deno.test("decodeImage() works in a worker without permissions", async () => {
  const file = new URL("../../tests/image_worker.ts", import.meta.url);
  const worker = new Worker(file, { type: "module", deno: { permissions: "none" } });
  try {
    for (const name of ["colour_420.jpg", "colour_8.png", "cmyk.jpg"]) {
      const answer = new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data));
      worker.postMessage(readPicture(name));
      const there = await answer;
      const here = await decodeImage(readPicture(name), luma).catch((error: Error) =>
        error.message
      );
      assertEquals(there, here);
    }
  } finally {
    worker.terminate();
  }
});
