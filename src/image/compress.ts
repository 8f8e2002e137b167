/**
 * Filters the rows of a picture and compresses them as the data of a PNG, in WebAssembly: a zlib
 * stream (RFC 1950, RFC 1951) with runs and Huffman codes alone, as strategy 3 of zlib makes. After
 * a filter there is little else to find.
 */
import * as wasm from "../../wasm/picture/kernel.wasm";

/** Bytes of a row, which are a multiple of those of a pixel. */
export interface Rows {
  readonly rowBytes: number;
  readonly pixelBytes: 1 | 3;
}

const { memory, blockBytes } = wasm;
/** The first row is filtered by the pixel to the left. */
const MAX_PIXEL_BYTES = 3;
const pixelsHere = new Uint8Array(memory.buffer, wasm.pixelsAddress - MAX_PIXEL_BYTES);
const aboveHere = new Uint8Array(memory.buffer, wasm.aboveAddress, blockBytes);
const output = new Uint8Array(memory.buffer, wasm.outputAddress);

/**
 * Gives `write` what an IDAT chunk holds, in parts that are there for the call only, and returns
 * the CRC-32 of the chunk. Rows are of whole pixels, the first filtered by Sub, all others by Up:
 * always the same bytes for the same pixels.
 */
export function compressRows(
  pixels: Uint8Array,
  { rowBytes, pixelBytes }: Rows,
  write: (part: Uint8Array) => void,
): number {
  const total = pixels.length + pixels.length / rowBytes;
  wasm.start(rowBytes, pixelBytes);
  for (let start = 0; start < total; start += blockBytes) {
    const count = Math.min(blockBytes, total - start);
    // Before byte i of the filtered ones stand ⌈i / (rowBytes + 1)⌉ numbers of filters.
    const pixelsBefore = (i: number) => i - Math.ceil(i / (rowBytes + 1));
    bring(pixels, { from: pixelsBefore(start), to: pixelsBefore(start + count), rowBytes });
    const isLast = Number(start + count === total);
    wasm.filter(count);
    const spans = wasm.find(count);
    wasm.head(isLast);
    write(output.subarray(0, wasm.body(spans, isLast)));
  }
  return wasm.check() >>> 0;
}

/** Puts bytes `from` to `to` − 1 where they are filtered, with those to their left and above. */
function bring(
  pixels: Uint8Array,
  { from, to, rowBytes }: { from: number; to: number; rowBytes: number },
): void {
  const left = Math.min(from, MAX_PIXEL_BYTES);
  pixelsHere.set(pixels.subarray(from - left, to), MAX_PIXEL_BYTES - left);
  const first = Math.max(from, rowBytes);
  if (first < to) aboveHere.set(pixels.subarray(first - rowBytes, to - rowBytes), first - from);
}
