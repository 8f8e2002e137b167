/** Compressed bytes against the inflater of the system. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { EFFORT } from "../../tests/effort.ts";
import { deflate } from "./plain_deflate.ts";

async function inflate(stream: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const bytes = new Blob([stream]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(bytes).arrayBuffer());
}

/** As assertEquals, which is slow for so many bytes. */
function assertSame(actual: Uint8Array, expected: Uint8Array): void {
  assertEquals(actual.length, expected.length);
  assert(actual.every((byte, i) => byte === expected[i]));
}

Deno.test("deflate() is undone by the system's inflater", async () => {
  const runs = fc.array(
    fc.tuple(fc.nat(255), fc.oneof(fc.nat(5), fc.integer({ min: 250, max: 600 }))),
    { maxLength: 60 },
  ).map((parts) => Uint8Array.from(parts.flatMap(([byte, n]) => new Array<number>(n).fill(byte))));
  const bytes = fc.oneof(runs, fc.uint8Array({ maxLength: 3000 }));
  await fc.assert(
    fc.asyncProperty(bytes, async (bytes) => {
      assertSame(await inflate(deflate(bytes)), bytes);
    }),
    { numRuns: 200 * EFFORT, seed: 20261122 },
  );
});

Deno.test("deflate() writes runs of every length, and runs across its blocks", async () => {
  const runs = Array.from({ length: 600 }, (_, n) => new Array<number>(n).fill(n & 1));
  const all = Uint8Array.from(runs.flat());
  assert(all.length > 2 ** 17);
  assertSame(await inflate(deflate(all)), all);
  for (const length of [0, 1, 2, 3, 4, 2 ** 16 - 1, 2 ** 16, 2 ** 16 + 1, 2 ** 17, 2 ** 17 + 2]) {
    const flat = new Uint8Array(length).fill(7);
    assertSame(await inflate(deflate(flat)), flat);
  }
});

Deno.test("deflate() hardly lengthens noise", async () => {
  let state = 1;
  const noise = Uint8Array.from({ length: 2 ** 16 }, () => {
    state = Math.imul(state, 1664525) + 1013904223;
    return state >>> 24;
  });
  const stream = deflate(noise);
  assertSame(await inflate(stream), noise);
  assert(stream.length < noise.length * 1.01);
});
