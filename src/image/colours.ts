/** Takes the opacity from pixels, in WebAssembly: a file of colours alone is smaller. */
import * as wasm from "../../wasm/picture/kernel.wasm";

const FROM_BYTES = 4;
const TO_BYTES = 3;

const { memory, chunkPixels } = wasm;
const pixelsHere = new Uint8Array(memory.buffer, wasm.pixelsAddress, chunkPixels * FROM_BYTES);
const coloursHere = new Uint8Array(memory.buffer, wasm.coloursAddress, chunkPixels * TO_BYTES);

/** Red, green and blue of each pixel of four bytes. */
export function coloursOf(rgba: Uint8Array): Uint8Array<ArrayBuffer> {
  const count = rgba.length / FROM_BYTES;
  const colours = new Uint8Array(count * TO_BYTES);
  for (let start = 0; start < count; start += chunkPixels) {
    const end = Math.min(count, start + chunkPixels);
    pixelsHere.set(rgba.subarray(FROM_BYTES * start, FROM_BYTES * end));
    wasm.coloursOf(end - start);
    colours.set(coloursHere.subarray(0, TO_BYTES * (end - start)), TO_BYTES * start);
  }
  return colours;
}
