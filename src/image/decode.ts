/** Reads pictures: JPEG and PNG, told apart by their first bytes, as grey values in doubles. */
import { readOrientation } from "./exif.ts";
import type { GreyRule, Image } from "./image.ts";
import { orient } from "./orient.ts";

/**
 * The picture in a file's bytes, upright (EXIF orientation is applied) and grey by a stated rule.
 *
 * Alpha and transparent colours are ignored, as Pillow's `convert("L")` does: a pixel counts with
 * the colour it has. Of an animated PNG it is the still picture. Colour profiles, gamma and chroma
 * are not looked at. PNG values are exact; those of a JPEG are what libjpeg's integer transform and
 * smooth chroma upsampling give, the same bits on every machine.
 *
 * Each decoder is loaded when its first picture comes.
 *
 * @throws {SyntaxError} for bytes that are no picture, a truncated or damaged one, or of a kind
 * that cannot be read
 * @throws {RangeError} for more than `MAX_PIXELS` pixels; nothing has been allocated by then
 * @example
 * ```ts
 * import { decodeImage } from "./decode.ts";
 *
 * const photo = new URL("../../examples/photos/landscape.jpg", import.meta.url);
 * const { width, height, grey } = await decodeImage(await Deno.readFile(photo), { grey: "luma" });
 * if (grey.length !== width * height) throw new Error("never");
 * ```
 */
export async function decodeImage(
  bytes: Uint8Array<ArrayBuffer>,
  options: { readonly grey: GreyRule },
): Promise<Image> {
  if (bytes.length === 0) throw new SyntaxError("it is empty, expected a JPEG or PNG image");
  const { image, exif } = await decodeBytes(bytes, options.grey);
  return exif === undefined ? image : orient(image, readOrientation(exif));
}

/** The picture as stored, and its EXIF data from the TIFF header on. */
async function decodeBytes(
  bytes: Uint8Array<ArrayBuffer>,
  rule: GreyRule,
): Promise<{ image: Image; exif: Uint8Array | undefined }> {
  if (startsWith(bytes, JPEG)) return (await import("./jpeg.ts")).decodeJpeg(bytes, rule);
  if (startsWith(bytes, PNG)) return (await import("./png.ts")).decodePng(bytes, rule);
  throw new SyntaxError("it is no JPEG and no PNG");
}

/** Start of image, and the first byte of the marker that must follow. */
const JPEG = [0xff, 0xd8, 0xff];
/** PNG (third edition), section 5.2. */
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}
