/** The Metropolis kernel's face to JavaScript: start a chain, make steps, read the row. */
import { finish, measure, startBinning } from "./binning";
import { startChain, walk } from "./chain";
import { writeHeader, writeSteps } from "./chain_text";
import { BLOCK, KEY, ROW, TEXT, TEXT_BYTES, BLOCK_TEXT_BYTES } from "./memory";
import { boundLogarithms } from "../../shared/assembly/log_bounds";
import { writeShortest } from "../../shared/assembly/shortest";

/** Addresses and sizes that JavaScript needs. */
export const blockSteps: i32 = BLOCK;
export const keyAddress: usize = KEY;
export const rowAddress: usize = ROW;
export const textAddress: usize = TEXT;
/** Beyond this length the text must be taken before the next block. */
export const textLimit: usize = TEXT_BYTES - BLOCK_TEXT_BYTES;

/** Begins the point whose key was put at `keyAddress`. */
export function start(initial: f64, beta: f64, halfWidth: f64): void {
  startChain(initial, beta, halfWidth);
  startBinning();
}

/** Makes the next `steps` (at most `blockSteps`) steps; those from `burnIn` on are measured. */
export function advance(steps: i32, burnIn: i32): void {
  walk((steps + 3) & ~3);
  measure(burnIn, steps);
}

/** Writes the last `steps` steps behind the `length` bytes of text; returns the new length. */
export function appendText(steps: i32, length: usize): usize {
  return writeSteps(TEXT + length, steps) - TEXT;
}

export { finish, writeHeader };

/**
 * The text of `count` doubles at `source`, a line each, at `target`; returns the address after it.
 * The test of the number formatter calls it: what it checks is the code that writes the series.
 */
export function shortest(source: usize, count: i32, target: usize): usize {
  let end = target;
  for (let i = 0; i < count; i++) {
    end = writeShortest(end, load<f64>(source + (usize(i) << 3)));
    store<u8>(end, 10);
    end++;
  }
  return end;
}

/**
 * Bounds of the logarithms of `count` doubles, a multiple of four, whose high words are at
 * `source`: pairs of singles at `target`. The test of the bounds calls it.
 */
export function logarithmBounds(source: usize, count: i32, target: usize): void {
  for (let i: usize = 0; i < usize(count); i += 4) {
    boundLogarithms(v128.load(source + (i << 2)), target + (i << 3));
  }
}
