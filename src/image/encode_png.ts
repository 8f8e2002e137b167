/**
 * Writes PNG, the bytes of which are the same on every machine and with every version of Deno: the
 * filters are fixed, and the compressor is the project's own instead of Deno's zlib.
 */
import { crc32 } from "../checksum.ts";
import { compressRows } from "./compress.ts";
import { checkSize } from "./image.ts";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Width, height, depth, colour type; compression, filters and order are the only ones there are. */
const HEADER_BYTES = 13;
const DEPTH_BITS = 8;

/** Where PNGs are written, one over the other: fresh memory for each takes a while to get. */
let page = new Uint8Array(1 << 16);
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
  size = 0;
  write(SIGNATURE);
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, DEPTH_BITS);
  header.setUint8(9, colourType);
  writeChunk("IHDR", () => write(new Uint8Array(header.buffer)));
  const rows = { rowBytes: width * samples, pixelBytes: samples };
  writeChunk("IDAT", () => compressRows(pixels, rows, write));
  writeChunk("IEND", () => {});
  return page.subarray(0, size);
}

/** Writes a chunk with the data that `writeData` writes; that may know the check value. */
function writeChunk(type: string, writeData: () => number | void): void {
  const start = size;
  write(new Uint8Array(4));
  write(new TextEncoder().encode(type));
  const known = writeData();
  const check = known ?? crc32(page, start + 4, size);
  const length = size - start - 8;
  write(new Uint8Array(4));
  const view = new DataView(page.buffer);
  view.setUint32(start, length);
  view.setUint32(size - 4, check);
}

function write(bytes: Uint8Array): void {
  if (size + bytes.length > page.length) {
    const larger = new Uint8Array(2 * (size + bytes.length));
    larger.set(page);
    page = larger;
  }
  page.set(bytes, size);
  size += bytes.length;
}
