/** The π kernel against its plain version, published vectors and what π must be. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { makePoints } from "../../tests/points.ts";
import { chiSquareTail, normalCdf } from "../../tests/statistics.ts";
import type { Point } from "../kernel.ts";
import { BLOCK_SAMPLES, blockCount, blocksOf } from "./blocks.ts";
import { pi } from "./descriptor.ts";
import { open } from "./kernel.ts";
import { countAll, countInside, philox, xoshiro128plusplus } from "./plain_pi.ts";
import { estimatePi, openTotal } from "./total.ts";

const kernel = await open();

/** The points of a job with the real keys. */
function streamsOf(samples: number, streams: number, seed: number): Promise<Point[]> {
  const stream = streams === 1 ? "0" : `0:${streams - 1}`;
  return makePoints(pi, { samples: String(samples), streams: String(streams), stream }, seed);
}

/** What the kernel counts in a stream: points, and those inside. */
function run(point: Point): Float64Array {
  const job = kernel.start([point], false);
  while (!job.slice(performance.now() + 100)) assert(job.progress < 1);
  const row = job.row(0);
  if (row instanceof Error) throw row;
  return row;
}

/** The sums over all streams of a job. */
async function count(samples: number, streams: number, seed: number): Promise<number[]> {
  const rows = (await streamsOf(samples, streams, seed)).map(run);
  return [0, 1].map((column) => rows.reduce((sum, row) => sum + row[column]!, 0));
}

Deno.test("xoshiro128plusplus() gives the numbers of its authors' code", () => {
  // D. Blackman and S. Vigna, xoshiro128plusplus.c, from the state 1, 2, 3, 4.
  const numbers = new Uint32Array(10);
  const all = { from: 0, to: numbers.length, step: 1 };
  xoshiro128plusplus(Uint32Array.of(1, 2, 3, 4), numbers, all);
  assertEquals([...numbers], [
    ...[641, 1573767, 3222811527, 3517856514, 836907274],
    ...[4247214768, 3867114732, 1355841295, 495546011, 621204420],
  ]);
});

Deno.test("philox() gives Random123's known answers", () => {
  // Random123 1.14, tests/kat_vectors, philox4x32 10.
  const hex = (counter: readonly number[], key0: number, key1: number) => {
    const words = Uint32Array.from(counter);
    philox(words, key0, key1);
    return [...words].map((word) => word.toString(16).padStart(8, "0")).join(" ");
  };
  assertEquals(hex([0, 0, 0, 0], 0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8");
  const ones = 0xffffffff;
  assertEquals(hex([ones, ones, ones, ones], ones, ones), "408f276d 41c83b0e a20bc7c6 6d5451fd");
  assertEquals(
    hex([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], 0xa4093822, 0x299f31d0),
    "d16cfe09 94fdcceb 5001e420 24126ea1",
  );
});

Deno.test("pi counts what the plain version counts", async () => {
  const sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1000, 65535, 65536, 65537, 2 ** 20 - 1, 2 ** 20 + 3];
  for (const [seed, samples] of sizes.entries()) {
    const [point] = await streamsOf(samples, 1, seed);
    assertEquals([...run(point!)], [samples, countAll(point!.seedKey, samples)], `${samples}`);
  }
});

Deno.test("pi keeps its golden counts", async () => {
  // From the plain version, countAll(key, samples). A change needs a new version of the kernel.
  assertEquals(await count(1, 1, 1), [1, 1]);
  assertEquals(await count(1_000_000, 1, 1), [1_000_000, 786_441]);
  assertEquals(await count(3_000_001, 3, 42), [3_000_001, 2_355_799]);
  assertEquals(await count(10_000_000, 7, 2 ** 53 - 1), [10_000_000, 7_853_721]);
});

Deno.test("pi gives one count for any number of streams", async () => {
  const samples = 12 * BLOCK_SAMPLES + 12345;
  const whole = await count(samples, 1, 9);
  for (const streams of [2, 3, 5, 12, 13]) {
    assertEquals(await count(samples, streams, 9), whole, `${streams} streams`);
  }
});

Deno.test("blocksOf() gives every block to one stream, in order", () => {
  const jobs = [[1, 1], [2 ** 20 + 1, 2], [1e9, 8], [1e9, 954], [2 ** 53, 64], [2 ** 53, 999_999]];
  for (const [samples, streams] of jobs as [number, number][]) {
    let next = 0;
    for (let stream = 0; stream < streams; stream++) {
      const { first, end } = blocksOf(samples, streams, stream);
      assert(first === next && end > first, `${samples} in ${streams}: stream ${stream}`);
      next = end;
    }
    assertEquals(next, blockCount(samples));
  }
  assertThrows(() => blocksOf(1e6, 2, 0), RangeError, "expected at most 1, as many as");
});

Deno.test("pi counts in blocks whose number needs more than 32 bits", async () => {
  const [samples, streams, stream] = [2 ** 53, 2 ** 33, 2 ** 32 + 5];
  const [first] = await streamsOf(samples, 1, 1);
  const far = { ...first!, values: { samples, streams, stream } };
  assertEquals([...run(far)], [BLOCK_SAMPLES, countInside(far.seedKey, stream, BLOCK_SAMPLES)]);
  assert(countInside(far.seedKey, stream, 1000) !== countInside(far.seedKey, 5, 1000));
});

Deno.test("pi is within 4.5 standard errors for 1000 seeds, and its pulls are normal", async () => {
  const pulls: number[] = [];
  for (let seed = 1; seed <= 1000; seed++) {
    const [samples, inside] = await count(2_000_000, 1, seed);
    const { estimate, standard_error } = estimatePi(samples!, inside!);
    pulls.push((estimate - Math.PI) / standard_error);
  }
  assert(Math.max(...pulls.map(Math.abs)) < 4.5);
  const bins = new Array<number>(10).fill(0);
  for (const pull of pulls) bins[Math.min(9, Math.floor(10 * normalCdf(pull)))]!++;
  const chiSquare = bins.reduce((sum, seen) => sum + (seen - 100) ** 2 / 100, 0);
  const p = chiSquareTail(chiSquare, 9);
  assert(p > 0.01 && p < 0.99, `χ² = ${chiSquare} has p = ${p}`);
  const sumOfSquares = pulls.reduce((sum, pull) => sum + pull ** 2, 0);
  const q = chiSquareTail(sumOfSquares, 1000);
  assert(q > 0.01 && q < 0.99, `Σ pull² = ${sumOfSquares} has p = ${q}`);
});

Deno.test("openTotal() tells the digits that mean something", () => {
  const total = openTotal();
  total.add([600_000, 471_300]);
  total.add([400_000, 314_000]);
  assertEquals(total.numbers().count, 785_300);
  assertAlmostEquals(total.numbers().standard_error!, 4 * Math.sqrt(0.7853 * 0.2147 / 1e6), 1e-12);
  assertEquals(total.text(), "π = 3.1412 ± 0.0016, 0.24 standard errors from π");
});

Deno.test("estimatePi() has an error even when all points fall on one side", () => {
  assertEquals(estimatePi(1, 0), { estimate: 0, standard_error: 2 });
  assertEquals(estimatePi(1, 1), { estimate: 4, standard_error: 2 });
});
