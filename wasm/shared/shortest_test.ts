/** The kernels' number writer must write every double byte for byte as `String(value)` does. */
import { assertEquals } from "@std/assert";
import { EFFORT } from "../../tests/effort.ts";

/** Any module that exports `shortest` and `memory`. */
const MODULE = new URL("../metropolis/kernel.wasm", import.meta.url);

/** Where the test puts the doubles and finds the text: behind the module's static data. */
const SOURCE = 0x80000;
const TARGET = 0xa0000;
/** As many as fit between the two, with 26 bytes each behind them. */
const BATCH_COUNT = (TARGET - SOURCE) / 8;
/** Each with its negative: 10⁹ in the long form. */
const RANDOM_COUNT = EFFORT === 1 ? 2_000_000 : 500_000_000;

const { instance } = await WebAssembly.instantiate(await Deno.readFile(MODULE));
const exports = instance.exports as {
  memory: WebAssembly.Memory;
  shortest(source: number, count: number, target: number): number;
};

Deno.test("shortest() writes special values", () => {
  check([NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.1, -0.1]);
  check([5e-324, 2.2250738585072014e-308, 2.225073858507201e-308, 1.7976931348623157e308]);
});

Deno.test("shortest() writes powers of two and of ten and their neighbours", () => {
  const values: number[] = [];
  for (let exponent = -1074; exponent < 1024; exponent++) values.push(2 ** exponent);
  for (let exponent = -323; exponent <= 308; exponent++) values.push(Number(`1e${exponent}`));
  check(withNeighbours(values));
});

Deno.test("shortest() writes subnormals", () => {
  const next = words(1);
  const values: number[] = [];
  for (let i = 0; i < 100_000; i++) values.push(fromBits(next() >>> 12 + i % 20, next()));
  for (let i = 1; i <= 100_000; i++) values.push(i * Number.MIN_VALUE);
  check(values);
});

Deno.test("shortest() switches notation at 1e-6 and 1e21", () => {
  const values = [1e-7, 1e-6, 1e-5, 1e15, 1e16, 1e17, 1e20, 1e21, 1e22, 999999999999999900000];
  check(withNeighbours(values.flatMap((value) => [0.5, 1, 1.5, 2, 9].map((k) => k * value))));
  const next = words(2);
  check(Array.from({ length: 100_000 }, () => fraction(next) * 2e-6));
  check(Array.from({ length: 100_000 }, () => fraction(next) * 2e21));
});

Deno.test("shortest() writes integers", () => {
  const next = words(3);
  const values = [];
  for (let i = 0; i < 100_000; i++) values.push(i, Math.floor(fraction(next) * 2 ** (i % 71)));
  for (let i = 0; i < 2000; i++) values.push(2 ** 53 - 1000 + i, 2 ** 54 - 2000 + 2 * i);
  check(values);
});

Deno.test("shortest() writes decimals of 1 to 17 digits", () => {
  const next = words(4);
  const values: number[] = [];
  for (let i = 0; i < 300_000; i++) {
    const digits = String(Math.floor((1 + 9 * fraction(next)) * 10 ** (i % 17)));
    values.push(Number(`${digits}e${next() % 45 - 30}`), Number(`0.${digits}`));
  }
  check(withNeighbours(values));
});

Deno.test("shortest() rounds a tie between two decimals to the even one", () => {
  const next = words(5);
  const values: number[] = [];
  for (let q = -69; q < 0; q++) {
    // c·2^q ends with the bit 2^-(n+1), so that 10^n times it ends with one half.
    const n = -Math.floor(q * Math.log10(2));
    const bits = q + n + 54;
    for (let i = 0; i < 1000 && bits > 1 && bits <= 53; i++) {
      const top = 2 ** (bits - 1);
      const odd = Math.floor((top + fraction(next) * top) / 2) * 2 + 1;
      values.push(odd * 2 ** -(n + 1));
    }
  }
  check(values);
});

Deno.test("shortest() writes decimals on the ends of rounding intervals", () => {
  const next = words(6);
  const values = [2e23, 9e22, 1e23, 8.5e22, 9007199254740992, 5e-324];
  for (let exponent = 16; exponent < 26; exponent++) {
    for (let i = 0; i < 5000; i++) values.push(next() % 100_000 * 10 ** (exponent - 4));
  }
  check(withNeighbours(values));
});

Deno.test("shortest() writes values as a chain has them", () => {
  const next = words(7);
  check(Array.from({ length: 500_000 }, () => (fraction(next) - 0.5) * 20));
  check(Array.from({ length: 500_000 }, (_, i) => (fraction(next) - 0.5) * 2 ** (i % 60 - 25)));
});

Deno.test("shortest() writes random bit patterns", () => {
  const next = words(8);
  for (let i = 0; i < RANDOM_COUNT; i += BATCH_COUNT) {
    check(Array.from({ length: BATCH_COUNT }, () => fromBits(next(), next())));
  }
});

/** Compares the module's lines with `String` for the values and for their negatives. */
function check(values: number[]): void {
  const all = values.concat(values.map((value) => -value));
  for (let i = 0; i < all.length; i += BATCH_COUNT) {
    const batch = all.slice(i, i + BATCH_COUNT);
    const lines = texts(batch);
    const wrong = batch.findIndex((value, j) => lines[j] !== String(value));
    if (wrong >= 0) assertEquals(lines[wrong], String(batch[wrong]));
    assertEquals(lines.length, batch.length + 1);
  }
}

function texts(values: number[]): string[] {
  const memory = exports.memory.buffer;
  new Float64Array(memory, SOURCE, values.length).set(values);
  const end = exports.shortest(SOURCE, values.length, TARGET);
  return new TextDecoder().decode(new Uint8Array(memory, TARGET, end - TARGET)).split("\n");
}

/** The values, each with the double before it and the double after it. */
function withNeighbours(values: number[]): number[] {
  const bits = new BigInt64Array(Float64Array.from(values).buffer);
  const around = [-1n, 0n, 1n].map((step) => bits.map((each) => each + step));
  return around.flatMap((each) => [...new Float64Array(each.buffer)]);
}

function fromBits(high: number, low: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, high);
  view.setUint32(4, low);
  return view.getFloat64(0);
}

/** Uniform in [0, 1) with 53 bits. */
function fraction(next: () => number): number {
  return ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}

/** G. Marsaglia's xorshift128 (Journal of Statistical Software 8, 14, 2003, page 5). */
function words(seed: number): () => number {
  let [x, y, z, w] = [123456789 + seed, 362436069, 521288629, 88675123];
  return () => {
    const t = x ^ x << 11;
    [x, y, z] = [y, z, w];
    w ^= w >>> 19 ^ t ^ t >>> 8;
    return w >>> 0;
  };
}
