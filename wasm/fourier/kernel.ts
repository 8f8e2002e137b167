/** The Fourier kernel in a thread: a picture and a circle in, what is seen of it and a row out. */
import type { Job, Kernel, Panel, Picture, Point } from "../kernel.ts";
import * as wasm from "./kernel.wasm";
import { drawPanels, type Mask } from "./panels.ts";

/** Work of one call into WebAssembly: below a millisecond for common sizes. */
const ROW_BLOCKS_A_CALL = 16;
const COLUMN_PAIRS_A_CALL = 8;
const PIXELS_A_CALL = 1 << 16;
const WHITE = 255;
/** What is less than this share of white comes of rounding: nothing is there. */
const ROUNDING = 2 ** -40;
/** The kernel's noise compares numbers of 31 bits. */
const NOISE_RANGE = 2 ** 31;

/** What this thread's WebAssembly holds the row spectra of, free of noise. */
let held: Picture | undefined;

/** The kernel over the WebAssembly of this thread. */
export function open(): Promise<Kernel> {
  warmUp();
  return Promise.resolve({
    start(points: readonly Point[], wantsSeries: boolean): Job {
      const [point] = points;
      if (point === undefined || points.length > 1) {
        throw new RangeError(`Cannot start ${points.length} pictures: expected one`);
      }
      return new Filtering(point, wantsSeries);
    },
  });
}

/** Filters a small picture, so that the code is compiled when the first one comes. */
function warmUp(): void {
  // 2²·31 by 3·5·7: the factors of most sizes, each with code of its own.
  const [width, height] = [124, 105];
  const grey = Float64Array.from({ length: width * height }, (_, i) => i % 251);
  const picture = { width, height, grey, maximum: WHITE };
  const values = { operation: "lowpass", radius: 12, units: "bins", noise: 0, observe: "auto" };
  const point = { values, picture, key: new Uint32Array(4), seedKey: new Uint32Array(4) };
  while (!new Filtering(point, true).slice(Infinity));
  held = undefined;
}

/** Work on items `from` to `to` − 1 of a stage. */
interface Stage {
  readonly items: number;
  readonly atOnce: number;
  work(from: number, count: number): void;
}

class Filtering implements Job {
  readonly #picture: Picture;
  readonly #operation: string;
  readonly #mask: Mask;
  readonly #showsReal: boolean;
  readonly #stages: readonly Stage[];
  readonly #steps: number;
  #stage = 0;
  #item = 0;
  #stepsMade = 0;
  readonly #wantsSeries: boolean;
  #isHandedOut = false;
  #row: Float64Array | undefined;

  constructor({ values, key, picture }: Point, wantsSeries: boolean) {
    if (picture === undefined) throw new TypeError("Cannot filter without a picture");
    const { width, height } = picture;
    const { operation, radius, units, noise, observe } = values as Record<string, string & number>;
    this.#picture = picture;
    this.#wantsSeries = wantsSeries;
    this.#operation = operation!;
    const [divisorU, divisorV] = units === "cycles" ? [width, height] : [1, 1];
    const squared = operation === "autocorrelation";
    this.#mask = {
      ...{ divisorU, divisorV, squared, radius: squared ? Infinity : radius! },
      outside: operation === "highpass" || operation === "noise",
    };
    this.#showsReal = observe === "real" || observe === "auto" && operation === "lowpass";
    const noiseLimit = operation === "noise" ? Math.floor(noise! * NOISE_RANGE) : 0;
    new Uint32Array(wasm.memory.buffer, wasm.keyAddress, 4).set(key);
    const isHeld = held === picture && noiseLimit === 0;
    if (!isHeld) held = undefined;
    this.#stages = [
      ...isHeld ? [] : this.#transformStages(noiseLimit),
      ...this.#filterStages(),
      ...wantsSeries ? [this.#observation()] : [],
    ];
    this.#steps = this.#stages.reduce(
      (sum, { items, atOnce }) => sum + Math.ceil(items / atOnce),
      0,
    );
  }

  /** From the picture to its row spectra. */
  #transformStages(noiseLimit: number): Stage[] {
    const { width, height, grey, maximum } = this.#picture;
    const load = () => {
      if (!wasm.prepare(width, height)) {
        throw new RangeError(
          `Cannot transform ${width}×${height} pixels: expected what fits in 4 GiB`,
        );
      }
      this.#image().set(grey);
    };
    const noise = (first: number, count: number) => wasm.noise(first, count, noiseLimit, maximum);
    const rows = (first: number, count: number) => {
      wasm.forwardRows(first, count);
      if (noiseLimit === 0 && first + count === Math.ceil(height / 4)) held = this.#picture;
    };
    return [
      { items: 1, atOnce: 1, work: load },
      ...noiseLimit > 0 ? [{ items: width * height, atOnce: PIXELS_A_CALL, work: noise }] : [],
      { items: Math.ceil(height / 4), atOnce: ROW_BLOCKS_A_CALL, work: rows },
    ];
  }

  /** From row spectra to the result and what is told of it. */
  #filterStages(): Stage[] {
    const { width, height } = this.#picture;
    let pairs = 0;
    return [
      { items: 1, atOnce: 1, work: () => void (pairs = setMask(this.#mask)) },
      {
        items: Math.ceil((Math.floor(width / 2) + 1) / 2),
        atOnce: COLUMN_PAIRS_A_CALL,
        work(first, count) {
          const wanted = Math.min(count, pairs - first);
          if (wanted > 0) wasm.filterColumns(first, wanted);
        },
      },
      { items: Math.ceil(height / 4), atOnce: ROW_BLOCKS_A_CALL, work: wasm.inverseRows },
      { items: width * height, atOnce: PIXELS_A_CALL, work: wasm.measure },
    ];
  }

  /** From the result to bytes in its place. */
  #observation(): Stage {
    const { width, height, maximum } = this.#picture;
    const squared = Number(!this.#showsReal);
    return {
      items: width * height,
      atOnce: PIXELS_A_CALL,
      work(first, count) {
        const largest = Math.max(-wasm.minimumSeen(), wasm.maximumSeen());
        const divisor = largest > maximum * ROUNDING ? largest * largest : Infinity;
        wasm.observe(first, count, squared, divisor, squared ? WHITE : WHITE / maximum);
      },
    };
  }

  slice(deadlineMs: number): boolean {
    while (this.#stage < this.#stages.length) {
      const { items, atOnce, work } = this.#stages[this.#stage]!;
      const count = Math.min(atOnce, items - this.#item);
      work(this.#item, count);
      this.#stepsMade++;
      this.#item += count;
      if (this.#item === items) {
        this.#stage++;
        this.#item = 0;
      }
      if (performance.now() >= deadlineMs) break;
    }
    if (this.#stage < this.#stages.length) return false;
    // Panels use the same memory, and must not show in the numbers.
    this.#row ??= this.#makeRow();
    return true;
  }

  get progress(): number {
    return this.#stepsMade / this.#steps;
  }

  series(_lane: number): Uint8Array {
    if (this.#isHandedOut || this.#stage < this.#stages.length) return new Uint8Array();
    this.#isHandedOut = true;
    return this.#wantsSeries ? this.#observed() : new Uint8Array();
  }

  row(_lane: number): Float64Array {
    return this.#row!;
  }

  #makeRow(): Float64Array {
    const { width, height } = this.#picture;
    const total = wasm.energyTotal();
    const share = this.#mask.radius === Infinity ? 1 : wasm.energyKept() / total;
    // Sums of the same numbers in another order: a share may come out above 1 by a rounding.
    const kept = total > 0 ? Math.min(1, share) : NaN;
    const change = this.#operation === "autocorrelation"
      ? NaN
      : Math.sqrt(wasm.squaredChange() / (width * height));
    return Float64Array.of(width, height, kept, change, wasm.minimumSeen(), wasm.maximumSeen());
  }

  panels(_lane: number): Panel[] {
    const power = (mask: Mask) => {
      setMask(mask);
      wasm.powerColumns(0, wasm.columnPairs());
      const bins = this.#picture.height * (Math.floor(this.#picture.width / 2) + 1);
      return new Float64Array(wasm.memory.buffer, wasm.resultAddress(), bins);
    };
    if (!this.#wantsSeries) {
      const { items, work } = this.#observation();
      work(0, items);
    }
    // The spectra take the place of the result.
    const observed = this.#observed().slice();
    return drawPanels({
      ...{ picture: this.#picture, image: this.#image(), observed, power },
      ...{ operation: this.#operation, mask: this.#mask },
    });
  }

  #observed(): Uint8Array {
    const { width, height } = this.#picture;
    return new Uint8Array(wasm.memory.buffer, wasm.resultAddress(), width * height);
  }

  #image(): Float64Array {
    const { width, height } = this.#picture;
    return new Float64Array(wasm.memory.buffer, wasm.imageAddress(), width * height);
  }
}

/** Sets what is kept; returns how many pairs of columns that takes. */
function setMask({ divisorU, divisorV, radius, outside, squared }: Mask): number {
  return wasm.setMask(divisorU, divisorV, radius, Number(outside), Number(squared));
}
