/** Batches: every missing point once, whatever comes back, and sizes that fit the work. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Batches } from "./batches.ts";
import { Bitmap } from "./bitmap.ts";

/** The points of a batch's runs. */
function pointsOf(runs: Float64Array): number[] {
  const points: number[] = [];
  for (let i = 0; i < runs.length; i += 2) {
    for (let k = 0; k < runs[i + 1]!; k++) points.push(runs[i]! + k);
  }
  return points;
}

function bitmapOf(size: number, done: Iterable<number> = []): Bitmap {
  const bitmap = new Bitmap(size);
  for (const index of done) bitmap.add(index);
  return bitmap;
}

Deno.test("Batches hands out the missing points in the order of the grid", () => {
  const batches = new Batches(bitmapOf(10, [0, 3, 4, 9]), 1);
  assertEquals([...batches.next(false)!], [1, 2, 5, 1]);
  assertEquals([...batches.next(false)!], [6, 2]);
  assertEquals([...batches.next(false)!], [8, 1]);
  assertEquals(batches.next(false), undefined);
});

Deno.test("Batches has nothing for a grid that is done, or has no points", () => {
  assertEquals(new Batches(bitmapOf(3, [0, 1, 2]), 2).next(false), undefined);
  assertEquals(new Batches(bitmapOf(0), 2).next(false), undefined);
});

Deno.test("Batches hands out again what came back undone, and only that", () => {
  const batches = new Batches(bitmapOf(8, [2]), 1);
  const runs = batches.next(false)!;
  assertEquals([...runs], [0, 2, 3, 2]);
  batches.finished(runs, 3, 1e6);
  // Points this long go one at a time.
  assertEquals(pointsOf(batches.next(false)!), [4]);
  assertEquals(pointsOf(batches.next(false)!), [5]);
  assertEquals(pointsOf(batches.next(false)!), [6]);
  assertEquals(pointsOf(batches.next(false)!), [7]);
  assertEquals(batches.next(false), undefined);
});

Deno.test("Batches covers each missing point once, whatever comes back undone", () => {
  const step = fc.record({
    worker: fc.nat({ max: 3 }),
    share: fc.integer({ min: 0, max: 4 }),
    elapsedMs: fc.constantFrom(0, 0.01, 1, 30, 5000),
    ahead: fc.boolean(),
  });
  const grid = fc.integer({ min: 0, max: 300 }).chain((size) =>
    fc.tuple(fc.constant(size), fc.uniqueArray(fc.nat({ max: Math.max(0, size - 1) })))
  );
  fc.assert(
    fc.property(
      grid,
      fc.integer({ min: 1, max: 4 }),
      fc.array(step),
      ([size, before], workers, steps) => {
        const done = bitmapOf(size, before.filter((index) => index < size));
        const missing = Array.from({ length: size }, (_, i) => i).filter((i) => !done.has(i));
        const batches = new Batches(done, workers);
        const queues: Float64Array[][] = Array.from({ length: workers }, () => []);
        const covered: number[] = [];
        const finish = (runs: Float64Array, count: number, elapsedMs: number) => {
          covered.push(...pointsOf(runs).slice(0, count));
          batches.finished(runs, count, elapsedMs);
        };
        for (const { worker, share, elapsedMs, ahead } of steps) {
          const queue = queues[worker % workers]!;
          const runs = batches.next(ahead);
          if (runs !== undefined) queue.push(runs);
          const first = queue.length > 1 ? queue.shift()! : undefined;
          if (first !== undefined) {
            finish(
              first,
              Math.floor(pointsOf(first).length * share / 4),
              elapsedMs,
            );
          }
        }
        const queued = queues.flat().flatMap(pointsOf);
        assertEquals(batches.left, missing.length - covered.length - queued.length);
        for (const runs of queues.flat()) finish(runs, pointsOf(runs).length, 1);
        for (let runs = batches.next(false); runs !== undefined; runs = batches.next(false)) {
          assert(runs.length > 0);
          finish(runs, pointsOf(runs).length, 1);
        }
        assertEquals(covered.toSorted((a, b) => a - b), missing);
      },
    ),
    { seed: 1, numRuns: 500 },
  );
});

Deno.test("Batches queues nothing at a busy worker before it knows that points are short", () => {
  const batches = new Batches(bitmapOf(1000), 2);
  assertEquals(batches.next(true), undefined);
  const first = batches.next(false)!;
  batches.finished(first, 5, 25);
  assertEquals(batches.next(true), undefined);
  const second = batches.next(false)!;
  batches.finished(second, 5, 24.9);
  assert(batches.next(true) !== undefined);
});

Deno.test("Batches learns nothing from a batch of which no point was done", () => {
  const batches = new Batches(bitmapOf(1000), 1);
  const first = batches.next(false)!;
  batches.finished(first, 10, 10);
  const second = batches.next(false)!;
  batches.finished(second, 0, 30);
  assert(batches.next(true) !== undefined);
});

/** Sizes of the batches of a grid on two workers when each is done at once and wholly. */
function sizesOf(points: number, pointMs: number): number[] {
  const batches = new Batches(bitmapOf(points), 2);
  const sizes: number[] = [];
  for (let runs = batches.next(false); runs !== undefined; runs = batches.next(false)) {
    const size = pointsOf(runs).length;
    sizes.push(size);
    batches.finished(runs, size, size * pointMs);
  }
  assertEquals(sizes.reduce((sum, size) => sum + size), points);
  return sizes;
}

Deno.test("Batches makes messages small at first and at the end, and of a limited size", () => {
  const [first, ...sizes] = sizesOf(5_000_000, 1e-5);
  assertEquals(first, 256);
  assertEquals(sizes[0], 1 << 20);
  assertEquals(sizes, sizes.toSorted((a, b) => b - a));
  // 4 ms of work, as if a point took no less than a microsecond.
  assert(sizes.at(-1)! <= 4000);
});

Deno.test("Batches hands out few points where one takes long, and the last one by one", () => {
  const [first, ...sizes] = sizesOf(2000, 10);
  assertEquals(first, 256);
  // Twice the 30 ms of a batch.
  assertEquals(sizes[0], 6);
  assertEquals(sizes, sizes.toSorted((a, b) => b - a));
  assertEquals(sizes.at(-1), 1);
});

Deno.test("Batches makes a message worth its while when points are short", () => {
  const batches = new Batches(bitmapOf(3000), 1);
  const first = batches.next(false)!;
  batches.finished(first, pointsOf(first).length, pointsOf(first).length / 1000);
  // 4 ms of work at 1 µs a point are 4000 points: all that is left.
  assertEquals(pointsOf(batches.next(false)!).length, 3000 - 256);
  assertEquals(batches.next(false), undefined);
});

Deno.test("Batches.giveBack() hands out again all that a dead worker held", () => {
  const batches = new Batches(bitmapOf(6, [1]), 1);
  const lost = batches.next(false)!;
  assertEquals(pointsOf(lost), [0, 2, 3]);
  const left = batches.left;
  batches.giveBack(lost);
  assertEquals(batches.left, left + 3);
  const again: number[] = [];
  for (let runs = batches.next(false); runs !== undefined; runs = batches.next(false)) {
    again.push(...pointsOf(runs));
  }
  assertEquals(again.toSorted(), [0, 2, 3, 4, 5]);
});
