/** MurmurHash3 against its author's verification value. */
import { assertEquals } from "@std/assert";
import { murmur3 } from "./murmur.ts";

Deno.test("murmur3() gives the author's verification value", () => {
  // SMHasher's VerificationTest: hash the keys {0}, {0,1}, … {0…254} with seeds 256 − length, then
  // hash all the results with seed 0; the first word must be 0xB3ECE62A.
  const results = new Uint32Array(256 * 4);
  const bytes = new Uint8Array(256);
  for (let length = 0; length < 256; length++) {
    const key = new Uint8Array(256);
    key.set(bytes.subarray(0, length));
    const seeds = new Uint32Array(4).fill(256 - length);
    const target = results.subarray(length * 4, length * 4 + 4);
    murmur3(new Uint32Array(key.buffer), length, seeds, target);
    bytes[length] = length;
  }
  const final = new Uint32Array(4);
  murmur3(results, results.length * 4, new Uint32Array(4), final);
  assertEquals(final[0]!.toString(16), "b3ece62a");
});
