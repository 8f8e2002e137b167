/** Parallel maps equal the serial map: random functions, lists, chunks, workers and failures. */
import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { MapError, ParallelPool } from "../src/mod.ts";
import { EFFORT } from "./effort.ts";

/** Functions that may fail for some values, of one or two numbers. */
const FUNCTIONS: readonly ((x: number, y: number) => unknown)[] = [
  Math.pow,
  Math.atan2,
  (x: number, y: number) => x * y - y,
  (x: number, y: number) => ({ sum: x + y, both: [x, y] }),
  async (x: number, y: number) => await Promise.resolve(`${x}:${y}`),
  (x: number, y: number) => {
    if ((x + y) % 3 === 0) throw new RangeError(`three divides ${x + y}`);
    return x - y;
  },
  async (x: number, y: number) => {
    await Promise.resolve();
    if (x > y) throw new TypeError(`${x} is above ${y}`);
    return y;
  },
];

/** A map's case. */
const CASES = fc.record({
  f: fc.constantFrom(...FUNCTIONS),
  rows: fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -9, max: 9 })), {
    maxLength: 120,
  }),
  chunkSize: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
  nodes: fc.integer({ min: 1, max: 4 }),
  retries: fc.integer({ min: 0, max: 2 }),
  timeoutMs: fc.option(fc.constant(60_000), { nil: undefined }),
  kind: fc.constantFrom("array", "iterable", "async"),
});

/** What came of a task: its value, or its error in words. */
type Came = { readonly value: unknown } | { readonly error: string };

async function serially(f: (x: number, y: number) => unknown, rows: readonly [number, number][]) {
  const came: Came[] = [];
  for (const [x, y] of rows) {
    try {
      came.push({ value: await f(x, y) });
    } catch (error) {
      came.push({ error: String(error) });
    }
  }
  return came;
}

function listOf(values: readonly number[], kind: string): Iterable<number> | AsyncIterable<number> {
  if (kind === "array") return values;
  return kind === "iterable" ? values.values() : ReadableStream.from(values);
}

Deno.test("ParallelPool.map(), .imap() and .uimap() equal the serial map", async () => {
  const pools = [1, 2, 3, 4].map((nodes) => new ParallelPool({ nodes }));
  try {
    await fc.assert(
      fc.asyncProperty(CASES, async ({ f, rows, nodes, kind, chunkSize, retries, timeoutMs }) => {
        const pool = pools[nodes - 1]!;
        const given = {
          retries,
          ...chunkSize === undefined ? {} : { chunkSize },
          ...timeoutMs === undefined ? {} : { timeoutMs },
        };
        const lists = () =>
          [0, 1].map((i) => listOf(rows.map((row) => row[i]!), kind)) as [
            Iterable<number>,
            Iterable<number>,
          ];
        const expected = await serially(f, rows);
        const settled = { ...given, settled: true } as const;
        const mapped = await pool.map(f, ...lists(), settled);
        const came = mapped.map((result): Came =>
          result.status === "fulfilled"
            ? { value: result.value }
            : { error: `${result.reason.name}: ${result.reason.message}` }
        );
        assertEquals(came, expected);
        assertEquals(mapped.map(({ index }) => index), rows.map((_, i) => i));
        const ordered = await Array.fromAsync(pool.imap(f, ...lists(), settled));
        assertEquals(ordered.map(({ status }) => status), mapped.map(({ status }) => status));
        const loose = await Array.fromAsync(pool.uimap(f, ...lists(), settled));
        assertEquals(
          loose.toSorted((a, b) => a.index - b.index).map(({ status }) => status),
          mapped.map(({ status }) => status),
        );
        const failing = [...expected.keys()].filter((i) => "error" in expected[i]!);
        if (failing.length === 0) {
          const values = expected.map((one) => "value" in one ? one.value : undefined);
          assertEquals(await pool.map(f, ...lists(), given), values);
        } else {
          const error = await assertRejects(() => pool.map(f, ...lists(), given), MapError);
          assertEquals(error.errors.map(({ index }) => index), failing);
          assertEquals(error.errors.map((one) => one.arguments), failing.map((i) => rows[i]!));
          assertEquals(error.errors.every(({ attempts }) => attempts === retries + 1), true);
        }
      }),
      { numRuns: 60 * EFFORT, seed: 1 },
    );
  } finally {
    for (const pool of pools) pool.terminate();
  }
});
