/**
 * The kernels in one thread, without the harness, each as one number on standard output:
 * kernels.ts pi | chain | text FILE | shortest | number
 * kernels.ts spectrum | filter | measured-filter WIDTH HEIGHT
 */
import * as fourier from "../../../wasm/fourier/kernel.wasm";
import { open as openFourier } from "../../../wasm/fourier/kernel.ts";
import { open as openMetropolis } from "../../../wasm/metropolis/kernel.ts";
import * as metropolis from "../../../wasm/metropolis/kernel.wasm";
import { open as openPi } from "../../../wasm/pi/kernel.ts";
import type { Job, Point } from "../../../wasm/kernel.ts";

const KEY = Uint32Array.of(1, 2, 3, 4);

function pointOf(values: Point["values"]): Point {
  return { values, key: KEY, seedKey: KEY };
}

/** Milliseconds of a job, its series given to `take`. */
function timeOf(job: Job, take: (bytes: Uint8Array) => void = () => {}): number {
  const start = performance.now();
  for (let finished = false; !finished;) {
    finished = job.slice(performance.now() + 1);
    take(job.series(0));
  }
  return performance.now() - start;
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

const contests: Record<string, (...args: string[]) => Promise<number> | number> = {
  /** ns a point */
  async pi() {
    const kernel = await openPi();
    const samples = 300_000_000;
    const start = () => kernel.start([pointOf({ samples, streams: 1, stream: 0 })], false);
    start().slice(performance.now() + 50);
    return timeOf(start()) * 1e6 / samples;
  },
  /** ns a step, all columns computed */
  async chain() {
    const kernel = await openMetropolis();
    const values = { beta: 1, m: 1, h: 1.5, iterations: 40_000_000, burn_in: 0, replica: 0 };
    kernel.start([pointOf(values)], false).slice(performance.now() + 50);
    return timeOf(kernel.start([pointOf(values)], false)) * 1e6 / values.iterations;
  },
  /** ns a step, with its text in a file */
  async text(path) {
    const kernel = await openMetropolis();
    const values = { beta: 1, m: 1, h: 1.5, iterations: 10_000_000, burn_in: 0, replica: 0 };
    kernel.start([pointOf(values)], true).slice(performance.now() + 50);
    using file = Deno.openSync(path!, { write: true, create: true, truncate: true });
    const write = (bytes: Uint8Array) => {
      for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    };
    return timeOf(kernel.start([pointOf(values)], true), write) * 1e6 / values.iterations;
  },
  /** ns a number by the formatter of the series */
  shortest() {
    const count = 4096;
    const [source, target] = [0x60000, 0x80000];
    new Float64Array(metropolis.memory.buffer, source, count).set(doubles(count));
    const round = () => metropolis.shortest(source, count, target);
    for (let i = 0; i < 500; i++) round();
    const start = performance.now();
    for (let i = 0; i < 3000; i++) round();
    return (performance.now() - start) * 1e6 / 3000 / count;
  },
  /** ns a number by Number.prototype.toString */
  number() {
    const values = doubles(1 << 16);
    let length = 0;
    const start = performance.now();
    for (let i = 0; i < 40; i++) for (const value of values) length += String(value + i).length;
    console.error(`${length} characters`);
    return (performance.now() - start) * 1e6 / 40 / values.length;
  },
  /** ms from an image to |F|² */
  spectrum(...size) {
    const { width, height } = prepare(size);
    const time = medianOf(() => {
      fourier.forwardRows(0, fourier.rowBlocks());
      fourier.setMask(1, 1, Infinity, 0, 0);
      fourier.powerColumns(0, fourier.columnPairs());
    });
    const columns = Math.floor(width / 2) + 1;
    const powers = result(columns * height);
    const weight = (u: number) => u === 0 || 2 * u === width ? 1 : 2;
    const total = powers.reduce((sum, power, i) => sum + weight(i % columns) * power, 0);
    console.error(`sum of |F|² ${total.toExponential(8)}`);
    return time;
  },
  /** ms for a lowpass of radius height / 10 */
  filter(...size) {
    const { width, height } = prepare(size);
    const time = medianOf(() => {
      fourier.forwardRows(0, fourier.rowBlocks());
      fourier.filterColumns(0, fourier.setMask(1, 1, Math.floor(height / 10), 0, 0));
      fourier.inverseRows(0, fourier.rowBlocks());
    });
    const pixels = result(width * height);
    const [least, most] = [Math.min, Math.max].map((f) => pixels.reduce((a, b) => f(a, b)));
    console.error(`min ${least} max ${most}`);
    return time;
  },
  /** the same through the kernel, with its columns and its looks at the clock */
  async "measured-filter"(...size) {
    const [width, height] = size.map(Number) as [number, number];
    const grey = imageOf(width, height);
    const kernel = await openFourier();
    const times: number[] = [];
    for (let round = 0; round < 12; round++) {
      const values = { operation: "lowpass", radius: Math.floor(height / 10), units: "bins" };
      const picture = { width, height, grey, maximum: 255 };
      const all = { ...values, noise: 0, observe: "auto" };
      const job = kernel.start([{ ...pointOf(all), picture }], false);
      times.push(timeOf(job));
      const row = job.row(0) as Float64Array;
      if (round === 0) console.error(`min ${row[4]} max ${row[5]}`);
    }
    return median(times.slice(5));
  },
};

function imageOf(width: number, height: number): Float64Array {
  return Float64Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return (7 * x * x + 11 * y + 3 * x * y) % 256;
  });
}

/** The transform's memory laid out, with the image in it. */
function prepare(size: readonly string[]) {
  const [width, height] = size.map(Number) as [number, number];
  if (!fourier.prepare(width, height)) throw new RangeError(`Cannot transform ${size.join("×")}`);
  new Float64Array(fourier.memory.buffer, fourier.imageAddress(), width * height)
    .set(imageOf(width, height));
  return { width, height };
}

function result(count: number): Float64Array {
  return new Float64Array(fourier.memory.buffer, fourier.resultAddress(), count);
}

/** ms of a call, once it is compiled. */
function medianOf(call: () => void): number {
  const times: number[] = [];
  for (let round = 0; round < 40; round++) {
    const start = performance.now();
    call();
    times.push(performance.now() - start);
  }
  return median(times.slice(20));
}

function doubles(count: number): Float64Array {
  let state = 1n;
  return Float64Array.from({ length: count }, () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return (Number(state >> 11n) * 2 ** -53 - 0.5) * 4;
  });
}

const [name = "", ...args] = Deno.args;
console.log(await contests[name]!(...args));
