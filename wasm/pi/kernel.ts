/** The π kernel in a thread: a range of blocks in, how many points lay inside out. */
import type { Job, Kernel, Point } from "../kernel.ts";
import { BLOCK_SAMPLES, type BlockRange, blocksOf } from "./blocks.ts";
import * as wasm from "./kernel.wasm";

/** Points of one call into WebAssembly: 30 µs, a divisor of a block. */
const CALL_SAMPLES = 2 ** 16;
/** Calls between two looks at the clock. */
const CALLS_A_LOOK = 4;

/** The kernel over the WebAssembly of this thread. */
export function open(): Promise<Kernel> {
  return Promise.resolve({
    start(points: readonly Point[]): Job {
      const [point] = points;
      if (point === undefined || points.length > 1) {
        throw new RangeError(`Cannot start ${points.length} streams: expected one`);
      }
      return new Stream(point);
    },
  });
}

class Stream implements Job {
  readonly #samples: number;
  readonly #blocks: BlockRange;
  /** All of the stream. */
  readonly #total: number;
  #block: number;
  /** Points made of the block under way. */
  #made = 0;
  #drawn = 0;
  #inside = 0;

  constructor({ values, seedKey }: Point) {
    const { samples, streams, stream } = values as Record<string, number>;
    this.#samples = samples!;
    this.#blocks = blocksOf(samples!, streams!, stream!);
    const { first, end } = this.#blocks;
    this.#total = Math.min(end * BLOCK_SAMPLES, samples!) - first * BLOCK_SAMPLES;
    this.#block = first;
    new Uint32Array(wasm.memory.buffer, wasm.keyAddress, 4).set(seedKey);
  }

  slice(deadlineMs: number): boolean {
    do {
      for (let call = 0; call < CALLS_A_LOOK; call++) {
        if (this.#drawn === this.#total) return true;
        this.#call();
      }
    } while (performance.now() < deadlineMs);
    return this.#drawn === this.#total;
  }

  #call(): void {
    if (this.#made === 0) wasm.start(this.#block >>> 0, Math.floor(this.#block / 2 ** 32));
    const ofBlock = Math.min(BLOCK_SAMPLES, this.#samples - this.#block * BLOCK_SAMPLES);
    const points = Math.min(CALL_SAMPLES, ofBlock - this.#made);
    this.#inside += wasm.draw(points);
    this.#drawn += points;
    this.#made += points;
    if (this.#made < ofBlock) return;
    this.#block++;
    this.#made = 0;
  }

  get progress(): number {
    return this.#drawn / this.#total;
  }

  series(_lane: number): Uint8Array {
    return new Uint8Array();
  }

  row(_lane: number): Float64Array {
    return Float64Array.of(this.#drawn, this.#inside);
  }
}
