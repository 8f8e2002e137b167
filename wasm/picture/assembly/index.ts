/**
 * The loops of `src/image` that take time: grey from colours, colours without opacity, and the data
 * of a PNG (filters, runs and Huffman codes, check values). A picture comes and goes in pieces;
 * memory never grows.
 *
 * A PNG's data: `start()`, then of each block of filtered bytes `filter()`, `find()`, `head()`,
 * `body()`. They are apart so that the engine, which replaces a function only between calls, has
 * compiled them well after a block or two.
 */
import { outputEnd, startBits, writeEnd, writeHead, writeSpans } from "./bits";
import { makeCrcTables, updateAdler, updateCrc } from "./checks";
import { filterBlock, startFilter } from "./filter";
import {
  ABOVE,
  BLOCK_BYTES,
  CHUNK_PIXELS,
  COLOURS,
  FILTERED,
  GREY,
  OUTPUT,
  PIXELS,
} from "./layout";
import { findRuns, makeRunTables, makeSpans } from "./spans";

export { coloursOf } from "./colours";
export { greyOf } from "./grey";

/** Where JavaScript puts pixels, those one row above them, and finds what was made. */
export const pixelsAddress: usize = PIXELS;
export const aboveAddress: usize = ABOVE;
export const outputAddress: usize = OUTPUT;
export const greyAddress: usize = GREY;
export const coloursAddress: usize = COLOURS;
/** Filtered bytes of a block, and pixels of one call of `greyOf()` or `coloursOf()`, at most. */
export const blockBytes: u32 = BLOCK_BYTES;
export const chunkPixels: u32 = CHUNK_PIXELS;

/** The letters IDAT, over which the check value of the chunk begins. */
const IDAT: u32 = 0x54414449;

let hasTables: bool = false;
let adler: u32 = 1;
let crc: u32 = 0;

/** Begins a picture with rows of so many bytes. */
export function start(bytesOfRow: u32, bytesOfPixel: u32): void {
  if (!hasTables) {
    makeCrcTables();
    makeRunTables();
    hasTables = true;
  }
  adler = 1;
  store<u32>(OUTPUT, IDAT);
  crc = updateCrc(~0, OUTPUT, OUTPUT + 4);
  startFilter(bytesOfRow, bytesOfPixel);
  startBits();
}

/** Filters as many pixels as `count` bytes of the stream take, some of which number filters. */
export function filter(count: u32): void {
  filterBlock(count);
  adler = updateAdler(adler, FILTERED, count);
}

/** Finds the runs of those bytes; returns how many spans they make, for `body()`. */
export function find(count: u32): u32 {
  findRuns(count);
  return makeSpans(count);
}

/** Makes the block's codes and writes them. */
export function head(isLast: bool): void {
  writeHead(isLast);
}

/** Writes the block's bits; returns how many bytes are at `outputAddress` now. */
export function body(spans: u32, isLast: bool): u32 {
  writeSpans(spans);
  if (isLast) writeEnd(adler);
  crc = updateCrc(crc, OUTPUT, outputEnd());
  return u32(outputEnd() - OUTPUT);
}

/** The CRC-32 of the letters IDAT and all that was written. */
export function check(): u32 {
  return ~crc;
}
