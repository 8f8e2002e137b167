/** The Fourier kernel's WebAssembly, called as its kernel does, and what it is tried on. */
import { assertEquals } from "@std/assert";
import * as wasm from "../wasm/fourier/kernel.wasm";
import type { Mask } from "../wasm/fourier/panels.ts";

export const EVERYTHING: Mask = {
  divisorU: 1,
  divisorV: 1,
  radius: Infinity,
  outside: false,
  squared: false,
};

/** Sizes of every kind: single rows and columns, odd, even, smooth and prime. */
export const SHAPES: readonly (readonly [width: number, height: number])[] = [
  [1, 1],
  [2, 1],
  [1, 2],
  [3, 3],
  [4, 5],
  [5, 4],
  [8, 8],
  [12, 10],
  [7, 9],
  [31, 6],
  [6, 31],
  [17, 19],
  [1, 509],
  [509, 1],
  [38, 23],
  [83, 12],
  // Columns whose first two or last two steps are one pass.
  [3, 48],
  [5, 32],
  [4, 60],
  [2, 512],
];

/** Whole numbers from 0 to 255 that look random: a linear congruence's upper bits. */
export function greys(count: number, seed = 1): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

/** A view of doubles in the module's memory. */
export function doubles(address: number, count: number): Float64Array {
  return new Float64Array(wasm.memory.buffer, address, count);
}

/** Calls `work` over 0 … total − 1 in ranges of `step`. */
export function inRanges(
  work: (first: number, count: number) => void,
  total: number,
  step: number,
) {
  for (let first = 0; first < total; first += step) work(first, Math.min(step, total - first));
}

/** Lays out memory and makes the row spectra. */
export function load(image: ArrayLike<number>, width: number, height: number, step = 1000): void {
  assertEquals(wasm.prepare(width, height), 1);
  doubles(wasm.imageAddress(), width * height).set(Array.from(image));
  inRanges(wasm.forwardRows, wasm.rowBlocks(), step);
}

export function setMask({ divisorU, divisorV, radius, outside, squared }: Mask): number {
  return wasm.setMask(divisorU, divisorV, radius, Number(outside), Number(squared));
}

/** The loaded image, masked. */
export function filtered(mask: Mask, count: number, step = 1000): Float64Array {
  inRanges(wasm.filterColumns, setMask(mask), step);
  inRanges(wasm.inverseRows, wasm.rowBlocks(), step);
  return doubles(wasm.resultAddress(), count).slice();
}

/** |F|² of the loaded image within the mask, row-major, columns 0 … ⌊width/2⌋. */
export function powers(mask: Mask, width: number, height: number, step = 1000): Float64Array {
  setMask(mask);
  inRanges(wasm.powerColumns, wasm.columnPairs(), step);
  return doubles(wasm.resultAddress(), height * (Math.floor(width / 2) + 1)).slice();
}
