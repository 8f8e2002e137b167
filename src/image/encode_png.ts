/**
 * Writes PNG, the bytes of which are the same on every machine and with every version of Deno: the
 * filters are fixed, and the compressor is the project's own instead of Deno's zlib.
 */
import { crc32 } from "../checksum.ts";
import { compressRows } from "./compress.ts";
import { checkSize } from "./image.ts";

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
  readonly samples: 1 | 3;
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
  const data = compressRows(pixels, { rowBytes: width * samples, pixelBytes: samples });
  const chunks: readonly Chunk[] = [
    { type: "IHDR", parts: [header] },
    { type: "IDAT", parts: data.parts, check: data.check },
    { type: "IEND", parts: [] },
  ];
  const bodyBytes = header.length + data.sizeBytes;
  const png = new Uint8Array(SIGNATURE.length + chunks.length * FRAME_BYTES + bodyBytes);
  png.set(SIGNATURE);
  let at = SIGNATURE.length;
  for (const chunk of chunks) at = writeChunk(png, at, chunk);
  return png;
}

interface Chunk {
  readonly type: string;
  readonly parts: readonly Uint8Array[];
  /** Its CRC-32, where that is known. */
  readonly check?: number;
}

/** Writes a chunk and returns the index after it. */
function writeChunk(
  png: Uint8Array<ArrayBuffer>,
  start: number,
  { type, parts, check }: Chunk,
): number {
  const view = new DataView(png.buffer);
  for (let i = 0; i < type.length; i++) png[start + 4 + i] = type.charCodeAt(i);
  let at = start + 8;
  for (const part of parts) {
    png.set(part, at);
    at += part.length;
  }
  view.setUint32(start, at - start - 8);
  view.setUint32(at, check ?? crc32(png, start + 4, at));
  return at + 4;
}
