/**
 * Writes PNG, the bytes of which are the same on every machine and with every version of Deno: the
 * filter is fixed, and the compressor is the project's own instead of Deno's zlib.
 */
import { crc32 } from "../checksum.ts";
import { deflate } from "./deflate.ts";
import { checkSize } from "./image.ts";

/** Filters of PNG third edition, section 9.2: the first row has none above it. */
const SUB = 1;
const UP = 2;

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Length, type and check value of a chunk. */
const FRAME_BYTES = 12;

/**
 * A grey PNG of 8 bits a sample from height × width values in row-major order.
 *
 * The first row is filtered by Sub, all others by Up.
 *
 * @throws {RangeError} for a wrong number of values and for a size that `decodeImage()` refuses
 */
export function encodePng(
  width: number,
  height: number,
  grey: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return encode({ width, height, samples: 1, colourType: 0 }, grey);
}

/** As `encodePng()`, from red, green and blue of each pixel in turn. */
export function encodeColourPng(
  width: number,
  height: number,
  colours: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return encode({ width, height, samples: 3, colourType: 2 }, colours);
}

interface Kind {
  readonly width: number;
  readonly height: number;
  /** Bytes a pixel. */
  readonly samples: number;
  readonly colourType: number;
}

function encode(kind: Kind, pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  const { width, height, samples, colourType } = kind;
  checkSize({ width, height });
  if (pixels.length !== width * height * samples) {
    throw new RangeError(
      `Cannot write ${pixels.length} values as ${width}×${height} pixels: expected ` +
        `${width * height * samples}`,
    );
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, colourType], 8);
  const data = deflate(filter(kind, pixels));
  const chunks = [["IHDR", header], ["IDAT", data], ["IEND", new Uint8Array()]] as const;
  const sizeBytes = chunks.reduce((sum, [, body]) => sum + FRAME_BYTES + body.length, 0);
  const png = new Uint8Array(SIGNATURE.length + sizeBytes);
  png.set(SIGNATURE);
  let at = SIGNATURE.length;
  for (const [type, body] of chunks) at = writeChunk(png, at, { type, body });
  return png;
}

/** The rows, each after the number of its filter. */
function filter({ width, height, samples }: Kind, pixels: Uint8Array): Uint8Array {
  const rowBytes = width * samples;
  const rows = new Uint8Array((rowBytes + 1) * height);
  rows[0] = SUB;
  for (let i = 0; i < rowBytes; i++) {
    rows[i + 1] = i < samples ? pixels[i]! : pixels[i]! - pixels[i - samples]!;
  }
  for (let y = 1; y < height; y++) {
    const from = y * rowBytes;
    const to = from + y;
    rows[to] = UP;
    for (let i = 0; i < rowBytes; i++) {
      rows[to + 1 + i] = pixels[from + i]! - pixels[from + i - rowBytes]!;
    }
  }
  return rows;
}

/** Writes a chunk and returns the index after it. */
function writeChunk(
  png: Uint8Array<ArrayBuffer>,
  at: number,
  { type, body }: { type: string; body: Uint8Array },
): number {
  const view = new DataView(png.buffer);
  const end = at + FRAME_BYTES + body.length;
  view.setUint32(at, body.length);
  for (let i = 0; i < type.length; i++) png[at + 4 + i] = type.charCodeAt(i);
  png.set(body, at + 8);
  view.setUint32(end - 4, crc32(png, at + 4, end - 4));
  return end;
}
