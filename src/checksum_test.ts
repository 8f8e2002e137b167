/** Check values against published vectors and a bit by bit CRC. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { crc32, sha256 } from "./checksum.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

Deno.test("crc32() gives the published check value", () => {
  assertEquals(crc32(bytesOf("123456789")).toString(16), "cbf43926");
});

Deno.test("crc32() gives values known elsewhere", () => {
  assertEquals(crc32(bytesOf("")), 0);
  assertEquals(crc32(bytesOf("a")), 0xe8b7be43);
  assertEquals(crc32(bytesOf("The quick brown fox jumps over the lazy dog")), 0x414fa339);
  assertEquals(crc32(new Uint8Array(4).fill(255)), 0xffffffff);
});

Deno.test("crc32() agrees with the definition on any part of any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(70), fc.nat(70), (bytes, a, b) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)].map((at) => Math.min(at, bytes.length));
      assertEquals(crc32(bytes, from, to), slowCrc(bytes.subarray(from, to)));
    }),
    { seed: 1, numRuns: 1000 },
  );
});

Deno.test("sha256() gives the vectors of FIPS 180-2", async () => {
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const long = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
  assertEquals(await sha256("abc"), abc);
  assertEquals(await sha256(""), empty);
  assertEquals(await sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), long);
});

Deno.test("sha256() takes a text as UTF-8", async () => {
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.of(0xce, 0xb2));
  const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0"));
  assertEquals(await sha256("β"), hex.join(""));
});

/** Polynomial division, a bit a step. */
function slowCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >>> 1 ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
