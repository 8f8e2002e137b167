/** Turns the pixels of a decoder into grey values, in WebAssembly. */
import * as wasm from "../../wasm/picture/kernel.wasm";
import type { Weights } from "./image.ts";

const PIXEL_BYTES = 4;

const { memory, chunkPixels } = wasm;
const pixelsHere = new Uint8Array(memory.buffer, wasm.pixelsAddress, chunkPixels * PIXEL_BYTES);
const greyHere = new Float64Array(memory.buffer, wasm.greyAddress, chunkPixels);

/** Red, green and blue by their weights, of each pixel of four bytes. */
export function greyOf(rgba: Uint8ClampedArray, weights: Weights): Float64Array<ArrayBuffer> {
  const { red, green, blue, sum } = weights;
  const grey = new Float64Array(rgba.length / PIXEL_BYTES);
  for (let start = 0; start < grey.length; start += chunkPixels) {
    const end = Math.min(grey.length, start + chunkPixels);
    pixelsHere.set(rgba.subarray(PIXEL_BYTES * start, PIXEL_BYTES * end));
    wasm.greyOf(end - start, red, green, blue, sum);
    grey.set(greyHere.subarray(0, end - start), start);
  }
  return grey;
}
