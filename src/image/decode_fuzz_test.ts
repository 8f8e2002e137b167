/** Spoilt pictures: whatever a file holds, it is a well-formed picture or one line of reason. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { EFFORT } from "../../tests/effort.ts";
import { expectedImages, mendCheckValues, readPicture } from "../../tests/pictures.ts";
import { decodeImage } from "./decode.ts";
import { MAX_PIXELS } from "./image.ts";

/** 600 files in the gate, 10 000 in the long form. */
const FILES = EFFORT === 1 ? 600 : 1000 * EFFORT;
const SEED = 20261122;

const originals = [...expectedImages.keys(), "cmyk.jpg", "arithmetic.jpg"].map(readPicture);

/** A place in a file: anywhere, or among its headers, which are a small part of it. */
const place = fc.oneof(fc.noBias(fc.nat(2 ** 20)), fc.noBias(fc.nat(300)));
const byte = fc.oneof(fc.constantFrom(0x00, 0x01, 0x7f, 0x80, 0xff), fc.noBias(fc.nat(255)));

type Edit =
  | { readonly kind: "flip" | "cut" | "end"; readonly at: number; readonly value: number }
  | { readonly kind: "write"; readonly at: number; readonly values: readonly number[] }
  | {
    readonly kind: "splice";
    readonly at: number;
    readonly from: number;
    readonly length: number;
    readonly other: number;
  };

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("flip"), at: place, value: byte }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom("cut", "end"), at: place, value: byte }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("write"),
      at: place,
      values: fc.array(byte, { minLength: 1, maxLength: 12 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("splice"),
      at: place,
      from: place,
      length: fc.integer({ min: 0, max: 400 }),
      other: fc.nat(originals.length - 1),
    }),
  },
);

const spoilt = fc.record({
  original: fc.nat(originals.length - 1),
  edits: fc.array(edit, { minLength: 1, maxLength: 4 }),
  mend: fc.boolean(),
});

/** The index of a place, after the signature. */
function indexIn(bytes: Uint8Array, place: number): number {
  const start = Math.min(8, bytes.length);
  return start + place % (bytes.length - start + 1);
}

function apply(bytes: Uint8Array<ArrayBuffer>, edit: Edit): Uint8Array<ArrayBuffer> {
  const at = indexIn(bytes, edit.at);
  switch (edit.kind) {
    case "flip": {
      const flipped = bytes.slice();
      if (at < bytes.length) flipped[at]! ^= 1 << (edit.value & 7);
      return flipped;
    }
    case "cut":
      return bytes.slice(0, at);
    case "end":
      return Uint8Array.of(...bytes.subarray(0, at), 0xff, 0xd9);
    case "write": {
      const written = bytes.slice();
      written.set(edit.values.slice(0, bytes.length - at), at);
      return written;
    }
    case "splice": {
      const other = originals[edit.other]!;
      const from = indexIn(other, edit.from);
      const part = other.subarray(from, from + edit.length);
      return Uint8Array.of(...bytes.subarray(0, at), ...part, ...bytes.subarray(at));
    }
  }
}

/** What became of a file: "read", or why it was not. */
async function outcomeOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  try {
    const { width, height, grey, maximum } = await decodeImage(bytes, { grey: "luma" });
    assert(width >= 1 && height >= 1 && width * height <= MAX_PIXELS);
    assertEquals(grey.length, width * height);
    assert(maximum === 255 || maximum === 65535);
    assert(grey.every((value) => value >= 0 && value <= maximum));
    return "read";
  } catch (error) {
    assert(error instanceof SyntaxError || error instanceof RangeError, String(error));
    assertMatch(error.message, /^it (is|has) [ -~×]{1,150}[^.]$/);
    return error.message;
  }
}

Deno.test("decodeImage() reads a spoilt file or says in one line why not", async () => {
  const outcomes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(spoilt, async ({ original, edits, mend }) => {
      const edited = edits.reduce(apply, originals[original]!);
      const outcome = await outcomeOf(mend ? mendCheckValues(edited) : edited);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }),
    { numRuns: FILES, seed: SEED },
  );
  // Both ends are met, or the mutations are too mild or too rough to show anything.
  assert(outcomes.get("read")! > FILES / 10);
  assert(outcomes.get("it is truncated")! > FILES / 20);
  assert(outcomes.size > 15);
});

Deno.test("decodeImage() reads or refuses random bytes behind a signature", async () => {
  const signature = fc.constantFrom([0xff, 0xd8, 0xff], [...readPicture("grey_8.png").slice(0, 8)]);
  await fc.assert(
    fc.asyncProperty(signature, fc.uint8Array({ maxLength: 300 }), async (start, rest) => {
      await outcomeOf(Uint8Array.of(...start, ...rest));
    }),
    { numRuns: FILES / 4, seed: SEED },
  );
});
