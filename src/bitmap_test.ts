/** The bit map against a plain set. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Bitmap } from "./bitmap.ts";

Deno.test("Bitmap agrees with a set", () => {
  const sized = fc.integer({ min: 1, max: 100 }).chain((size) =>
    fc.tuple(fc.constant(size), fc.array(fc.nat({ max: size - 1 }), { maxLength: 200 }))
  );
  fc.assert(
    fc.property(sized, ([size, indices]) => {
      const bitmap = new Bitmap(size);
      const plain = new Set<number>();
      for (const index of indices) {
        assertEquals(bitmap.add(index), !plain.has(index));
        plain.add(index);
        assertEquals(bitmap.count, plain.size);
      }
      for (let index = 0; index < size; index++) {
        assertEquals(bitmap.has(index), plain.has(index));
        let next = index;
        while (plain.has(next)) next++;
        assertEquals(bitmap.nextMissing(index), next);
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("Bitmap finds what is missing behind full bytes, up to a size within a byte", () => {
  for (const size of [1, 7, 8, 9, 63, 64, 65, 1000]) {
    const bitmap = new Bitmap(size);
    for (let index = 0; index < size; index++) {
      assertEquals(bitmap.nextMissing(0), index);
      bitmap.add(index);
    }
    assertEquals(bitmap.nextMissing(0), size);
    assertEquals(bitmap.nextMissing(size), size);
    assertEquals(bitmap.count, size);
  }
});

Deno.test("Bitmap of no points is complete", () => {
  const bitmap = new Bitmap(0);
  assertEquals([bitmap.count, bitmap.size, bitmap.nextMissing(0)], [0, 0, 0]);
});

Deno.test("Bitmap.previousMissing() finds what nextMissing() finds, from the other end", () => {
  const set = new Bitmap(37);
  for (let index = 0; index < 37; index++) if (index % 11 !== 3) set.add(index);
  const found: number[] = [];
  for (let i = set.previousMissing(37); i >= 0; i = set.previousMissing(i)) found.push(i);
  assertEquals(found, [36, 25, 14, 3]);
  assertEquals(new Bitmap(37, set.bytes.slice()).count, set.count);
});
