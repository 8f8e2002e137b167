/** Lengths and codes against the rules they follow. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { EFFORT } from "../../tests/effort.ts";
import { codeLengths, codesOf } from "./plain_huffman.ts";

/** What all codes take of the space of codes: 1 when not one more would fit. */
function kraftSum(lengths: Uint8Array): number {
  return lengths.reduce((sum, length) => length === 0 ? sum : sum + 2 ** -length, 0);
}

Deno.test("codeLengths() finds Huffman's lengths", () => {
  // Weights and lengths by hand: 1 + 1, + 2, + 4, + 8.
  assertEquals(codeLengths(Uint32Array.of(8, 0, 1, 2, 4, 1), 15), Uint8Array.of(1, 0, 4, 3, 2, 4));
  assertEquals(codeLengths(Uint32Array.of(5, 5, 5, 5), 15), Uint8Array.of(2, 2, 2, 2));
  assertEquals(codeLengths(Uint32Array.of(0, 9, 0), 15), Uint8Array.of(0, 1, 0));
  assertEquals(codeLengths(new Uint32Array(3), 15), new Uint8Array(3));
});

Deno.test("codeLengths() keeps to its limit with a code that is full", () => {
  const fibonacci = new Uint32Array(30).fill(1);
  for (let i = 2; i < fibonacci.length; i++) fibonacci[i] = fibonacci[i - 1]! + fibonacci[i - 2]!;
  for (const maximum of [5, 7, 15, 29]) {
    const lengths = codeLengths(fibonacci, maximum);
    assertEquals([kraftSum(lengths), Math.max(...lengths)], [1, maximum]);
  }
  const counts = fc.uint32Array({ minLength: 2, maxLength: 286, max: 2 ** 20 });
  fc.assert(
    fc.property(counts, fc.integer({ min: 9, max: 15 }), (counts, maximum) => {
      const lengths = codeLengths(counts, maximum);
      const used = counts.filter((count) => count > 0).length;
      assert(lengths.every((length, i) => (length > 0) === (counts[i]! > 0) && length <= maximum));
      if (used > 1) assertEquals(kraftSum(lengths), 1);
    }),
    { numRuns: 300 * EFFORT, seed: 20261122 },
  );
});

Deno.test("codesOf() makes the example of RFC 1951, section 3.2.2", () => {
  const text = ["010", "011", "100", "101", "110", "00", "1110", "1111"];
  const lengths = Uint8Array.from(text, (bits) => bits.length);
  const codes = [...codesOf(lengths)].map((code, i) =>
    [...code.toString(2).padStart(lengths[i]!, "0")].reverse().join("")
  );
  assertEquals(codes, text);
});
