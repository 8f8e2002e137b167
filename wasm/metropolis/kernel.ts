/** The Metropolis kernel in a thread: parameters in, chain text and a row out. */
import type { Job, Kernel, Point } from "../kernel.ts";
import * as wasm from "./kernel.wasm";

/** Blocks made between two looks at the clock: about half a millisecond without text. */
const BLOCKS_A_LOOK = 32;

/** The kernel over the WebAssembly of this thread. */
export function open(): Promise<Kernel> {
  return Promise.resolve({
    start(points: readonly Point[], wantsSeries: boolean): Job {
      const [point] = points;
      if (point === undefined || points.length > 1) {
        throw new RangeError(`Cannot start ${points.length} chains: expected one`);
      }
      return new Chain(point, wantsSeries);
    },
  });
}

class Chain implements Job {
  readonly #iterations: number;
  readonly #burnIn: number;
  readonly #wantsSeries: boolean;
  #made = 0;
  #textLength = 0;

  constructor(point: Point, wantsSeries: boolean) {
    const { beta, m, h, iterations, burn_in: burnIn } = point.values as Record<string, number>;
    if (!(beta! > 0) || !(h! > 0) || !Number.isFinite(m!) || !(burnIn! < iterations!)) {
      throw new RangeError(
        `Cannot start the chain beta=${beta} m=${m} h=${h} iterations=${iterations} ` +
          `burn_in=${burnIn}: expected beta and h above 0 and burn_in below iterations`,
      );
    }
    this.#iterations = iterations!;
    this.#burnIn = burnIn!;
    this.#wantsSeries = wantsSeries;
    new Uint32Array(wasm.memory.buffer, wasm.keyAddress, 4).set(point.key);
    wasm.start(m!, beta!, h!);
    if (wantsSeries) this.#textLength = wasm.writeHeader(m!);
  }

  slice(deadlineMs: number): boolean {
    if (this.#made > 0) this.#textLength = 0;
    do {
      for (let look = 0; look < BLOCKS_A_LOOK; look++) {
        if (this.#made === this.#iterations) return true;
        if (this.#textLength > wasm.textLimit) return false;
        this.#block();
      }
    } while (performance.now() < deadlineMs);
    return this.#made === this.#iterations;
  }

  /** One call into WebAssembly: at most a block of steps, and their text. */
  #block(): void {
    const steps = Math.min(wasm.blockSteps, this.#iterations - this.#made);
    const burnIn = Math.min(Math.max(this.#burnIn - this.#made, 0), steps);
    wasm.advance(steps, burnIn);
    if (this.#wantsSeries) this.#textLength = wasm.appendText(steps, this.#textLength);
    this.#made += steps;
  }

  get progress(): number {
    return this.#made / this.#iterations;
  }

  series(_lane: number): Uint8Array {
    return new Uint8Array(wasm.memory.buffer, wasm.textAddress, this.#textLength);
  }

  row(_lane: number): Float64Array {
    wasm.finish();
    return new Float64Array(wasm.memory.buffer, wasm.rowAddress, 7).slice();
  }
}
