/** Brings the readers of JPEG up to speed before the first picture comes. */
import tiny from "./tiny.jpg" with { type: "bytes" };
import { decodeImage } from "./decode.ts";

/**
 * Decodes a picture of 48 × 48 pixels that is part of the program: the decoder is loaded and
 * compiled, which takes as long as a photograph or two.
 */
export async function warmUpJpeg(): Promise<void> {
  await decodeImage(tiny, { grey: "luma" });
}
