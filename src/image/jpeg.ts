/** Decodes JPEG by mozjpeg in WebAssembly, behind checks that it does not make itself. */
import { greyOf } from "./grey.ts";
import {
  checkSize,
  type GreyRule,
  type Image,
  truncated,
  type Weights,
  weightsOf,
} from "./image.ts";
import { readJpegHeader } from "./jpeg_header.ts";
import { decodeRgba } from "./mozjpeg.ts";

/** Scans of a progressive JPEG; encoders write about ten, a file made to waste time thousands. */
const MAX_SCANS = 100;
/** A scan spends at least one bit on a block of 64 pixels. */
const MAX_PIXELS_PER_BYTE = 64 * 8;
/** The value of a picture without colours, which the decoder gives three times. */
const STORED: Weights = { red: 1, green: 0, blue: 0, sum: 1 };

/**
 * The picture as stored, and its EXIF data.
 *
 * @throws {SyntaxError} as `decodeImage()` does
 */
export async function decodeJpeg(
  bytes: Uint8Array<ArrayBuffer>,
  rule: GreyRule,
): Promise<{ image: Image; exif: Uint8Array | undefined }> {
  const { width, height, components, scans, exif } = readJpegHeader(bytes);
  checkSize({ width, height });
  if (width * height > bytes.length * MAX_PIXELS_PER_BYTE) throw truncated();
  if (scans > MAX_SCANS) {
    throw new RangeError(`it has ${scans} scans, expected at most ${MAX_SCANS}`);
  }
  const rgba = await decodeRgba(bytes, { width, height });
  const grey = greyOf(rgba, components === 1 ? STORED : weightsOf(rule));
  return { image: { width, height, grey, maximum: 255 }, exif };
}
