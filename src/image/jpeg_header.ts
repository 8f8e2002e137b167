/**
 * What a JPEG's markers say (ITU-T T.81, annex B), read without decoding: size and colours, to
 * refuse what cannot be decoded well before the decoder sees it, and whether the file is whole.
 */
import { damaged, truncated } from "./image.ts";

export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for colour. */
  readonly components: number;
  readonly scans: number;
  /** EXIF data from its TIFF header on. */
  readonly exif: Uint8Array | undefined;
}

/** Markers that start a frame (table B.1), each with its kind where it is one that is not read. */
const FRAMES: ReadonlyMap<number, string | undefined> = new Map([
  [0xc0, undefined],
  [0xc1, undefined],
  [0xc2, undefined],
  [0xc3, "lossless"],
  [0xc5, "hierarchical"],
  [0xc6, "hierarchical"],
  [0xc7, "hierarchical"],
  [0xc9, "arithmetic-coded"],
  [0xca, "arithmetic-coded"],
  [0xcb, "lossless"],
  [0xcd, "hierarchical"],
  [0xce, "hierarchical"],
  [0xcf, "hierarchical"],
]);

const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
const APP1 = 0xe1;
/** "Exif" and two zero bytes. */
const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0];

/** Colours by the number of components, for those that are not read. */
const OTHER_COLOURS: ReadonlyMap<number, string> = new Map([[4, "CMYK or YCCK"]]);

/**
 * Reads the markers from start to end of image.
 *
 * @throws {SyntaxError} for a file that is truncated, damaged, or of a kind that is not read
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  let frame: Frame | undefined;
  let exif: Uint8Array | undefined;
  let scans = 0;
  for (let at = 2;;) {
    const marker = nextMarker(bytes, at);
    if (marker.code === END_OF_IMAGE) break;
    // Without a length: TEM and restarts, which some writers leave between segments.
    if (marker.code === 0x01 || (marker.code >= 0xd0 && marker.code <= 0xd8)) {
      at = marker.end;
      continue;
    }
    if (marker.end + 2 > bytes.length) throw truncated();
    const length = bytes[marker.end]! << 8 | bytes[marker.end + 1]!;
    if (length < 2) throw damaged("a segment has no length");
    at = marker.end + length;
    if (at > bytes.length) throw truncated();
    const body = bytes.subarray(marker.end + 2, at);
    if (FRAMES.has(marker.code)) {
      if (frame !== undefined) throw damaged("it has a second frame");
      frame = readFrame(marker.code, body);
    } else if (marker.code === APP1 && EXIF.every((byte, i) => body[i] === byte)) {
      exif ??= body.subarray(EXIF.length);
    } else if (marker.code === START_OF_SCAN) {
      scans++;
      at = endOfScan(bytes, at);
    }
  }
  if (frame === undefined || scans === 0) throw damaged("it has no picture in it");
  return { ...frame, scans, exif };
}

type Frame = Pick<JpegHeader, "width" | "height" | "components">;

/** Section B.2.2. */
function readFrame(code: number, body: Uint8Array): Frame {
  const kind = FRAMES.get(code);
  if (kind !== undefined) {
    throw new SyntaxError(`it is ${article(kind)} JPEG, expected a baseline or progressive one`);
  }
  if (body.length < 6) throw damaged("its frame header is too short");
  const precision = body[0]!;
  if (precision !== 8) throw new SyntaxError(`it has ${precision} bits a sample, expected 8`);
  const height = body[1]! << 8 | body[2]!;
  const width = body[3]! << 8 | body[4]!;
  const components = body[5]!;
  if (components !== 1 && components !== 3) {
    const name = OTHER_COLOURS.get(components) ?? `of ${components} components`;
    throw new SyntaxError(
      `it has a colour space it does not know (${name}), expected grey, YCbCr or RGB`,
    );
  }
  return { width, height, components };
}

function article(kind: string): string {
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

/** The next marker's code and the index after it; what stands before it is passed over. */
function nextMarker(bytes: Uint8Array, from: number): { code: number; end: number } {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const code = bytes[at + 1];
    if (code === undefined) break;
    if (code !== 0x00 && code !== 0xff) return { code, end: at + 2 };
  }
  throw truncated();
}

/** The index of the marker that ends a scan's data: no stuffed zero, no restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = from;;) {
    const { code, end } = nextMarker(bytes, at);
    if (code < 0xd0 || code > 0xd7) return end - 2;
    at = end;
  }
}
