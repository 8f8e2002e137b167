/**
 * Writes PNG, the bytes of which are the same on every machine and with every version of Deno: the
 * filters are fixed, and the compressor is the project's own instead of Deno's zlib.
 */
import { crc32 } from "../checksum.ts";
import { compressRows } from "./compress.ts";
import { checkSize } from "./image.ts";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Width, height, depth, colour type, and three numbers that are 0. */
const HEADER_BYTES = 13;
const DEPTH_BITS = 8;
/** A chunk's length, its type and its check value have so many each. */
const WORD_BYTES = 4;
/** Room for a PNG at first; for a larger one there is more, and it stays. */
const PAGE_BYTES = 1 << 16;

/** Where PNGs are written, one over the other: fresh memory for each takes a while to get. */
let page = new Uint8Array(PAGE_BYTES);
/** Bytes of the one that is being written. */
let size = 0;

/**
 * A grey PNG of 8 bits a sample from height × width values in row-major order. The first row is
 * filtered by Sub, all others by Up. The bytes are there until the next PNG is made.
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

/** As `encodePng()`, from red, green and blue of each pixel in turn; the next takes its place. */
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
  size = 0;
  write(SIGNATURE);
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, DEPTH_BITS);
  header.setUint8(9, colourType);
  writeChunk("IHDR", () => write(new Uint8Array(header.buffer)));
  writeChunk("IDAT", () => {
    return compressRows(pixels, { rowBytes: width * samples, pixelBytes: samples }, write);
  });
  writeChunk("IEND", () => undefined);
  return page.subarray(0, size);
}

/** Writes a chunk around what `writeData` writes, which gives the chunk's CRC-32 or nothing. */
function writeChunk(type: string, writeData: () => number | undefined): void {
  const start = size;
  write(new Uint8Array(WORD_BYTES));
  write(new TextEncoder().encode(type));
  const check = writeData() ?? crc32(page, start + WORD_BYTES, size);
  const end = size;
  write(new Uint8Array(WORD_BYTES));
  const view = new DataView(page.buffer);
  view.setUint32(start, end - start - 2 * WORD_BYTES);
  view.setUint32(end, check);
}

function write(bytes: Uint8Array): undefined {
  if (size + bytes.length > page.length) {
    const larger = new Uint8Array(2 * (size + bytes.length));
    larger.set(page.subarray(0, size));
    page = larger;
  }
  page.set(bytes, size);
  size += bytes.length;
}
