/** The filters of PNG (third edition, section 9.2): Sub for the first row, Up for all others. */
import { ABOVE, BLOCK_BYTES, FILTERED, PIXELS } from "./layout";

const SUB: u8 = 1;
const UP: u8 = 2;

/** Bytes of a row with the number of its filter, and of a pixel. */
let rowBytes: u32 = 0;
let pixelBytes: u32 = 0;
/** Where the next byte stands in its row; 0 is the number of the filter. */
let column: u32 = 0;
let isFirstRow: bool = false;
let isFirstBlock: bool = false;

/** Begins a picture. */
export function startFilter(bytesOfRow: u32, bytesOfPixel: u32): void {
  rowBytes = bytesOfRow + 1;
  pixelBytes = bytesOfPixel;
  column = 0;
  isFirstRow = true;
  isFirstBlock = true;
}

/** Makes the next `count` filtered bytes of the pixels there. */
export function filterBlock(count: u32): void {
  const lastBefore = load<u8>(FILTERED + BLOCK_BYTES - 1);
  const end = FILTERED + count;
  let pixels = PIXELS;
  let above = ABOVE;
  for (let to = FILTERED; to < end;) {
    if (column === 0) {
      store<u8>(to++, isFirstRow ? SUB : UP);
      column = 1;
    }
    const length = min<u32>(u32(end - to), rowBytes - column);
    if (isFirstRow) sub(to, pixels, length);
    else up(to, pixels, above, length);
    to += length;
    pixels += length;
    above += length;
    column += length;
    if (column === rowBytes) {
      column = 0;
      isFirstRow = false;
    }
  }
  // No run crosses either end: the first byte has none before it, and the last none behind.
  store<u8>(FILTERED - 1, isFirstBlock ? ~load<u8>(FILTERED) : lastBefore);
  store<u8>(end, ~load<u8>(end - 1));
  isFirstBlock = false;
}

/** May write up to 15 bytes more, as `up()` may. */
function sub(to: usize, pixels: usize, length: u32): void {
  let i: u32 = 0;
  for (; i < length && column - 1 + i < pixelBytes; i++) {
    store<u8>(to + i, load<u8>(pixels + i));
  }
  for (; i < length; i += 16) {
    const left = v128.load(pixels + i - pixelBytes);
    v128.store(to + i, i8x16.sub(v128.load(pixels + i), left));
  }
}

@inline
function up(to: usize, pixels: usize, above: usize, length: u32): void {
  for (let i: u32 = 0; i < length; i += 16) {
    v128.store(to + i, i8x16.sub(v128.load(pixels + i), v128.load(above + i)));
  }
}
