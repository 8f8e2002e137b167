/** The Metropolis kernel in a thread: parameters in, chain text and a row out. */
import type { Job, Kernel, Point } from "../kernel.ts";

type Wasm = typeof import("./kernel.wasm");

/** Blocks made between two looks at the clock: about half a millisecond without text. */
const BLOCKS_A_LOOK = 32;

/** Loads the WebAssembly of this thread. */
export async function open(): Promise<Kernel> {
  const wasm = await import("./kernel.wasm");
  return {
    start(points: readonly Point[], wantsSeries: boolean): Job {
      const [point] = points;
      if (point === undefined || points.length > 1) {
        throw new RangeError(`Cannot start ${points.length} chains: expected one`);
      }
      return new Chain(wasm, point, wantsSeries);
    },
  };
}

class Chain implements Job {
  readonly #wasm: Wasm;
  readonly #memory: ArrayBufferLike;
  readonly #iterations: number;
  readonly #burnIn: number;
  readonly #wantsSeries: boolean;
  #made = 0;
  #textLength = 0;

  constructor(wasm: Wasm, point: Point, wantsSeries: boolean) {
    const { beta, m, h, iterations, burn_in: burnIn } = point.values as Record<string, number>;
    if (!(beta! > 0) || !(h! > 0) || !Number.isFinite(m!) || !(burnIn! < iterations!)) {
      throw new RangeError(
        `Cannot start the chain beta=${beta} m=${m} h=${h} iterations=${iterations} ` +
          `burn_in=${burnIn}: expected beta and h above 0 and burn_in below iterations`,
      );
    }
    this.#wasm = wasm;
    this.#memory = wasm.memory.buffer;
    this.#iterations = iterations!;
    this.#burnIn = burnIn!;
    this.#wantsSeries = wantsSeries;
    new Uint32Array(this.#memory, wasm.keyAddress, 4).set(point.key);
    wasm.start(m!, beta!, h!);
    if (wantsSeries) this.#textLength = wasm.writeHeader(m!);
  }

  slice(deadlineMs: number): boolean {
    if (this.#made > 0) this.#textLength = 0;
    do {
      for (let look = 0; look < BLOCKS_A_LOOK; look++) {
        if (this.#made === this.#iterations) return true;
        if (this.#textLength > this.#wasm.textLimit) return false;
        this.#block();
      }
    } while (performance.now() < deadlineMs);
    return this.#made === this.#iterations;
  }

  /** One call into WebAssembly: at most a block of steps, and their text. */
  #block(): void {
    const steps = Math.min(this.#wasm.blockSteps, this.#iterations - this.#made);
    const burnIn = Math.min(Math.max(this.#burnIn - this.#made, 0), steps);
    this.#wasm.advance(steps, burnIn);
    if (this.#wantsSeries) this.#textLength = this.#wasm.appendText(steps, this.#textLength);
    this.#made += steps;
  }

  get progress(): number {
    return this.#made / this.#iterations;
  }

  series(_lane: number): Uint8Array {
    return new Uint8Array(this.#memory, this.#wasm.textAddress, this.#textLength);
  }

  row(_lane: number): Float64Array {
    this.#wasm.finish();
    return new Float64Array(this.#memory, this.#wasm.rowAddress, 7).slice();
  }
}
