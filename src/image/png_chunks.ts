/** Takes a PNG file apart into its chunks (PNG third edition, sections 5 and 11). */
import { crc32 } from "../checksum.ts";
import { damaged, truncated } from "./image.ts";

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits a sample. */
  readonly depth: number;
  /** A colour with all three of red, green and blue; else grey or, with a palette, an index. */
  readonly isColour: boolean;
  readonly isIndexed: boolean;
  /** Samples a pixel, alpha counted. */
  readonly samples: number;
  readonly isInterlaced: boolean;
}

export interface PngChunks {
  readonly header: PngHeader;
  /** Red, green and blue of each colour in turn; undefined where there is no palette. */
  readonly palette: Uint8Array | undefined;
  /** The parts of one zlib stream. */
  readonly data: readonly Uint8Array<ArrayBuffer>[];
  /** EXIF data from its TIFF header on. */
  readonly exif: Uint8Array | undefined;
}

/** Colour types of section 11.2.1, each with the depths it may have and its samples a pixel. */
const COLOUR_TYPES: ReadonlyMap<number, { depths: readonly number[]; samples: number }> = new Map([
  [0, { depths: [1, 2, 4, 8, 16], samples: 1 }],
  [2, { depths: [8, 16], samples: 3 }],
  [3, { depths: [1, 2, 4, 8], samples: 1 }],
  [4, { depths: [8, 16], samples: 2 }],
  [6, { depths: [8, 16], samples: 4 }],
]);

const SIGNATURE_BYTES = 8;
/** Length, type and check value. */
const FRAME_BYTES = 12;
const HEADER_BYTES = 13;
/** In the first letter of a type: a reader may pass the chunk over. */
const ANCILLARY = 0x20;
const MAX_PALETTE_BYTES = 3 * 256;

/**
 * Reads the chunks up to the end of the image; what follows it is ignored, as are chunks that may
 * be ignored. Check values of chunks that are used are checked.
 *
 * @throws {SyntaxError} for a file that is truncated or damaged
 */
export function readPngChunks(bytes: Uint8Array<ArrayBuffer>): PngChunks {
  let header: PngHeader | undefined;
  let palette: Uint8Array | undefined;
  let exif: Uint8Array | undefined;
  const data: Uint8Array<ArrayBuffer>[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE_BYTES;;) {
    if (at + FRAME_BYTES > bytes.length) throw truncated();
    const length = view.getUint32(at);
    const end = at + FRAME_BYTES + length;
    if (end > bytes.length) throw truncated();
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const body = bytes.subarray(at + 8, end - 4);
    const typeAt = at + 4;
    const isWhole = () => crc32(bytes, typeAt, end - 4) === view.getUint32(end - 4);
    at = end;
    if (type === "eXIf" && isWhole()) exif ??= body;
    if ((bytes[typeAt]! & ANCILLARY) !== 0) continue;
    if (!isWhole()) throw damaged("a check value is wrong");
    if (header === undefined) {
      if (type !== "IHDR") throw damaged("it does not begin with its header");
      header = readHeader(body);
    } else if (type === "PLTE") {
      palette = checkPalette(body);
    } else if (type === "IDAT") {
      data.push(body);
    } else if (type === "IEND") {
      return { header, palette, data, exif };
    } else {
      throw damaged(/^[A-Za-z]{4}$/.test(type) ? `its chunk ${type} is unknown` : "a chunk is odd");
    }
  }
}

function readHeader(body: Uint8Array): PngHeader {
  if (body.length !== HEADER_BYTES) throw damaged("its header has a wrong length");
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const [depth, type, compression, filter, interlace] = body.subarray(8);
  const colours = COLOUR_TYPES.get(type!);
  if (colours === undefined || !colours.depths.includes(depth!)) {
    throw new SyntaxError(
      `it has a colour space it does not know (type ${type} with ${depth} bits a sample)`,
    );
  }
  if (compression !== 0 || filter !== 0 || interlace! > 1) {
    throw damaged("its compression, filter or interlace method is unknown");
  }
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    depth: depth!,
    isColour: type === 2 || type === 6,
    isIndexed: type === 3,
    samples: colours.samples,
    isInterlaced: interlace === 1,
  };
}

function checkPalette(body: Uint8Array): Uint8Array {
  if (body.length === 0 || body.length % 3 !== 0 || body.length > MAX_PALETTE_BYTES) {
    throw damaged("its palette has a wrong length");
  }
  return body;
}
