/** Decodes JPEG by mozjpeg in WebAssembly, behind checks that it does not make itself. */
import { checkSize, type GreyRule, type Image, truncated, weightsOf } from "./image.ts";
import { readJpegHeader } from "./jpeg_header.ts";
import { decodeRgba } from "./mozjpeg.ts";

/** Scans of a progressive JPEG; encoders write about ten, a file made to waste time thousands. */
const MAX_SCANS = 100;
/** A scan spends at least one bit on a block of 64 pixels. */
const MAX_PIXELS_PER_BYTE = 64 * 8;

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
  const grey = components === 1 ? greyOfGrey(rgba) : greyOfColour(rgba, rule);
  return { image: { width, height, grey, maximum: 255 }, exif };
}

function greyOfGrey(rgba: Uint8ClampedArray): Float64Array<ArrayBuffer> {
  const grey = new Float64Array(rgba.length / 4);
  for (let i = 0; i < grey.length; i++) grey[i] = rgba[4 * i]!;
  return grey;
}

function greyOfColour(rgba: Uint8ClampedArray, rule: GreyRule): Float64Array<ArrayBuffer> {
  const { red, green, blue, sum } = weightsOf(rule);
  const grey = new Float64Array(rgba.length / 4);
  for (let i = 0; i < grey.length; i++) {
    const at = 4 * i;
    grey[i] = (red * rgba[at]! + green * rgba[at + 1]! + blue * rgba[at + 2]!) / sum;
  }
  return grey;
}
