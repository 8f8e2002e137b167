/** The Metropolis kernel against published vectors, its plain version, and theory. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { Point } from "../kernel.ts";
import { open } from "./kernel.ts";
import * as wasm from "./kernel.wasm";
import { chain, type ChainSetup, logarithm, philox, row, xoshiro256plus } from "./plain_chain.ts";

const kernel = await open();

/** Runs the kernel; what it wrote and its row. */
function run(setup: ChainSetup, burnIn: number): { text: string; row: number[] } {
  const { beta, m, h, iterations } = setup;
  const point: Point = {
    values: { beta, m, h, iterations, burn_in: burnIn, replica: 0 },
    key: Uint32Array.from(setup.key),
    seedKey: new Uint32Array(4),
  };
  const job = kernel.start([point], true);
  const decoder = new TextDecoder();
  let text = "";
  for (let finished = false; !finished;) {
    finished = job.slice(performance.now());
    text += decoder.decode(job.series(0));
  }
  const made = job.row(0);
  if (made instanceof Error) throw made;
  return { text, row: [...made] };
}

Deno.test("philox() gives Random123's known answers", () => {
  // Random123 1.14, tests/kat_vectors, philox4x32 10.
  const hex = (words: number[]) =>
    words.map((word) => word.toString(16).padStart(8, "0")).join(" ");
  assertEquals(hex(philox([0, 0, 0, 0], [0, 0])), "6627e8d5 e169c58d bc57ac4c 9b00dbd8");
  const ones = 0xffffffff;
  assertEquals(
    hex(philox([ones, ones, ones, ones], [ones, ones])),
    "408f276d 41c83b0e a20bc7c6 6d5451fd",
  );
  assertEquals(
    hex(philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])),
    "d16cfe09 94fdcceb 5001e420 24126ea1",
  );
});

Deno.test("xoshiro256plus() gives the numbers of its authors' C code", () => {
  // The first outputs of xoshiro256plus.c from the state 1, 2, 3, 4.
  const generator = xoshiro256plus([1n, 2n, 3n, 4n]);
  const numbers = Array.from({ length: 10 }, () => generator.next().value as bigint);
  assertEquals(numbers, [
    5n,
    211106232532999n,
    211106635186183n,
    9223759065350669058n,
    9250833439874351877n,
    13862484359527728515n,
    2346507365006083650n,
    1168864526675804870n,
    34095955243042024n,
    3466914240207415127n,
  ]);
});

Deno.test("logarithm() is within 2 units in the last place of Math.log", () => {
  for (let i = 1; i <= 20000; i++) {
    const u = i / 20000;
    assertAlmostEquals(logarithm(u), Math.log(u), Math.abs(Math.log(u)) * 4.5e-16);
  }
  assertEquals(logarithm(1), 0);
  assertAlmostEquals(logarithm(2 ** -52), -52 * Math.LN2, 1e-14);
});

Deno.test("logarithmBounds() holds the logarithm between two near singles", () => {
  const words = 1 << 14;
  const [source, target] = [0x60000, 0x80000];
  const high = new Uint32Array(wasm.memory.buffer, source, words);
  const bounds = new Float32Array(wasm.memory.buffer, target, 2 * words);
  const parts = new Uint32Array(2);
  const double = new Float64Array(parts.buffer);
  const logarithmOf = (word: number, low: number) => {
    parts.set([low, word]);
    return Math.log(double[0]!);
  };
  // All words of [1/2, 1), and every 997th from the least v, 2^-52, to 1.
  const one = 0x3ff00000;
  for (const [first, step] of [[one - (1 << 20), 1], [one - 52 * (1 << 20), 997]] as const) {
    for (let start = first; start < one; start += words * step) {
      high.forEach((_, i) => high[i] = Math.min(start + i * step, one));
      wasm.logarithmBounds(source, words, target);
      for (const [i, word] of high.entries()) {
        const [below, above] = [bounds[2 * i]!, bounds[2 * i + 1]!];
        const most = word === one ? 0 : logarithmOf(word, 0xffffffff);
        // Math.log and the kernel's logarithm are within 1e-13 of each other.
        const isBetween = below < logarithmOf(word, 0) - 1e-13 && most + 1e-13 < above;
        if (!isBetween || above - below > 2.7e-5) throw new Error(`${word}: ${below} to ${above}`);
      }
    }
  }
});

const SETUPS: readonly (ChainSetup & { burnIn: number })[] = [
  { beta: 1, m: 1, h: 1, iterations: 5000, key: [1, 2, 3, 4], burnIn: 500 },
  { beta: 0.1, m: 10, h: 0.25, iterations: 3001, key: [5, 6, 7, 8], burnIn: 300 },
  { beta: 10, m: -0.5, h: 2.5, iterations: 4097, key: [0, 0, 0, 0], burnIn: 1 },
  { beta: 3, m: 0, h: 0.7, iterations: 1, key: [9, 9, 9, 9], burnIn: 0 },
  { beta: 3, m: 0, h: 0.7, iterations: 2, key: [9, 9, 9, 9], burnIn: 1 },
  { beta: 3, m: 0, h: 0.7, iterations: 1023, key: [9, 9, 9, 9], burnIn: 0 },
  { beta: 3, m: 0, h: 0.7, iterations: 2049, key: [9, 9, 9, 9], burnIn: 1025 },
  { beta: 2, m: 1e-9, h: 1e-9, iterations: 3000, key: [1, 0, 0, 1], burnIn: 17 },
  { beta: 1e6, m: 3, h: 1e5, iterations: 2100, key: [4, 3, 2, 1], burnIn: 50 },
  { beta: 0.5, m: 1e200, h: 1e190, iterations: 1100, key: [7, 7, 0, 7], burnIn: 0 },
  // From here on x is infinite, and ∞ − ∞ must not be accepted.
  { beta: 0.5, m: 1e200, h: 1.7e308, iterations: 1100, key: [7, 7, 0, 7], burnIn: 0 },
  // Two chains with a step that bounds of log v do not decide: without a second walk they go wrong.
  { beta: 1, m: 1, h: 1, iterations: 2100, key: [85, 0, 0, 7], burnIn: 100 },
  { beta: 2, m: 1, h: 0.3, iterations: 2100, key: [63, 0, 0, 7], burnIn: 100 },
];

Deno.test("metropolis equals its plain version, bit for bit", () => {
  for (const { burnIn, ...setup } of SETUPS) {
    const made = run(setup, burnIn);
    const lines = [...chain(setup)].map(({ x, accepted }) => `${x},${accepted ? 1 : 0}\n`);
    assertEquals(made.text, "x,accept\n" + lines.join(""), JSON.stringify(setup));
    assertEquals(made.row, row(setup, burnIn), JSON.stringify(setup));
  }
});

Deno.test("metropolis agrees with means and bins computed the long way", () => {
  const { burnIn, ...setup } = SETUPS[0]!;
  const energies = [...chain(setup)].slice(burnIn).map(({ x }) => x * x);
  const [, , , meanEnergy, error, tau, samples] = run(setup, burnIn).row;
  const n = energies.length;
  const mean = energies.reduce((sum, value) => sum + value, 0) / n;
  assertAlmostEquals(meanEnergy!, mean, 1e-13);
  // Bins of every power of two, by definition, until B^3 > 2 n tau^2.
  const variance = (values: number[]) => {
    const middle = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
  };
  const plain = variance(energies);
  for (let size = 1; size < n; size *= 2) {
    const bins = Array.from(
      { length: Math.floor(n / size) },
      (_, i) => energies.slice(i * size, (i + 1) * size).reduce((sum, value) => sum + value) / size,
    );
    const expected = variance(bins) * size / plain;
    if (size ** 3 <= 2 * n * expected ** 2) continue;
    assertAlmostEquals(tau!, expected, 1e-10);
    assertAlmostEquals(samples!, n / expected, 1e-8);
    assertAlmostEquals(error!, Math.sqrt(expected * plain / n), 1e-12);
    break;
  }
});

Deno.test("metropolis leaves out what a chain that never moved cannot tell", () => {
  // At the bottom of a steep well every proposal leads far up: none is accepted.
  const made = run({ beta: 1e9, m: 0, h: 1e9, iterations: 3000, key: [1, 2, 3, 4] }, 300);
  assertEquals(made.row, [0, 0, NaN, 0, NaN, NaN, NaN]);
});

Deno.test("metropolis finds <x^2> = 1/(2 beta) within 4 standard errors", () => {
  for (const beta of [0.1, 0.5, 1, 2, 10]) {
    for (const h of [0.5, 1, 2]) {
      const setup = { beta, m: 1, h, iterations: 200000, key: [beta * 10, h * 2, 11, 12] };
      const [, meanX, errorX, energy, error, , samples] = run(setup, 20000).row;
      if (samples! < 50) throw new Error(`beta ${beta}, h ${h}: only ${samples} samples`);
      assertAlmostEquals(energy!, 1 / (2 * beta), 4 * error!);
      assertAlmostEquals(meanX!, 0, 4 * errorX!);
    }
  }
});
