/** Ledger lines: what is written is read, and no damage goes unseen. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  type Entry,
  isIntact,
  type Line,
  LineWriter,
  MAX_LINE_BYTES,
  noteLine,
  readNote,
  readPoint,
} from "./ledger_line.ts";

const ENTRY: Entry = {
  index: 12,
  row: Float64Array.of(0.5, NaN, -1e-7),
  milliseconds: 3.14159,
  worker: 2,
  idCheck: "0123456789abcdef",
  series: { bytes: 1230, checksum: "fedcba9876543210" },
};

/** The line of an entry, without its line feed. */
function lineOf(entry: Entry): Uint8Array {
  const writer = new LineWriter(MAX_LINE_BYTES);
  writer.write(entry);
  const lines = writer.take();
  assertEquals(lines.at(-1), 10);
  return lines.subarray(0, -1);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** A line in which everything is to be found. */
function blankLine(): Line {
  return { index: -1, failed: true, rowStart: 0, rowEnd: 0, idStart: 0, seriesBytes: 0 };
}

/** What readPoint() finds, with the row and the id as text. */
function read(
  bytes: Uint8Array,
): (Omit<Line, "rowStart" | "rowEnd" | "idStart"> & { row: string; id: string }) | undefined {
  const line = blankLine();
  if (!readPoint(bytes, 0, bytes.length, line)) return undefined;
  const { index, failed, seriesBytes, rowStart, rowEnd, idStart } = line;
  const textFrom = (start: number, end: number) => textOf(bytes.subarray(start, end));
  return {
    ...{ index, failed, seriesBytes, row: textFrom(rowStart, rowEnd) },
    id: textFrom(idStart, idStart + 16),
  };
}

const SAMPLES: Record<string, Uint8Array> = {
  "a row with a series": lineOf(ENTRY),
  "a row without": lineOf({ ...ENTRY, series: undefined }),
  "an error": lineOf({ ...ENTRY, row: new Error('no "x", é'), series: undefined }),
  "a note": noteLine({ host: "nœud", argv: ["sweep"] }).subarray(0, -1),
};

Deno.test("LineWriter writes JSON that reads as its header says", () => {
  const [index, row, milliseconds, worker, id, series, check] = JSON.parse(textOf(lineOf(ENTRY)));
  assertEquals([index, row, milliseconds, worker], [12, [0.5, null, -1e-7], 3.14, 2]);
  assertEquals([id, series], ["0123456789abcdef", [1230, "fedcba9876543210"]]);
  assertEquals(check.length, 8);
});

Deno.test("LineWriter writes one golden line", () => {
  // Golden: `python3 -c 'import zlib; print("%08x" % zlib.crc32(LINE up to the check))'`.
  const expected =
    '[12,[0.5,null,-1e-7],3.14,2,"0123456789abcdef",[1230,"fedcba9876543210"],"59b62b99"]';
  assertEquals(textOf(lineOf(ENTRY)), expected);
});

Deno.test("LineWriter writes infinities as words and -0 as 0", () => {
  const line = lineOf({ ...ENTRY, row: Float64Array.of(Infinity, -Infinity, -0) });
  assertEquals(read(line)?.row, '"inf","-inf",0');
});

Deno.test("readPoint() finds what LineWriter wrote", () => {
  const hex = fc.string({
    unit: fc.constantFrom(..."0123456789abcdef"),
    minLength: 16,
    maxLength: 16,
  });
  const row = fc.oneof(
    fc.array(fc.double({ noDefaultInfinity: true }), { maxLength: 64 }).map((numbers) =>
      Float64Array.from(numbers)
    ),
    fc.string({ unit: "binary", maxLength: 400 }).map((message) => new Error(message)),
  );
  const entry = fc.record({
    index: fc.nat(1e9),
    row,
    milliseconds: fc.double({ min: 0, max: 1e9, noNaN: true }),
    worker: fc.nat(1023),
    idCheck: hex,
    series: fc.option(fc.record({ bytes: fc.maxSafeNat(), checksum: hex }), { nil: undefined }),
  });
  fc.assert(
    fc.property(entry, (entry) => {
      const line = lineOf(entry);
      assert(isIntact(line, 0, line.length));
      const { index, failed, seriesBytes, row, id } = read(line)!;
      assertEquals([index, seriesBytes], [entry.index, entry.series?.bytes ?? -1]);
      assertEquals(id, entry.idCheck);
      assertEquals(failed, entry.row instanceof Error);
      if (entry.row instanceof Error) {
        assertEquals(JSON.parse(`{${row}}`).error, entry.row.message.toWellFormed());
      } else {
        const numbers = JSON.parse(`[${row}]`).map((cell: number | null) => cell ?? NaN);
        assertEquals(numbers, Array.from(entry.row, (value) => value + 0));
      }
    }),
    { seed: 1, numRuns: 1000 },
  );
});

Deno.test("readPoint() finds a line amid others", () => {
  const writer = new LineWriter(4 * MAX_LINE_BYTES);
  for (const index of [7, 8, 9]) writer.write({ ...ENTRY, index });
  const lines = writer.take();
  const start = lines.indexOf(10) + 1;
  const end = lines.indexOf(10, start);
  const line = blankLine();
  assert(isIntact(lines, start, end) && readPoint(lines, start, end, line));
  assertEquals(line.index, 8);
  assertEquals(textOf(lines.subarray(line.rowStart, line.rowEnd)), "0.5,null,-1e-7");
});

Deno.test("isIntact() notices every flipped bit", () => {
  for (const [what, line] of Object.entries(SAMPLES)) {
    assert(isIntact(line, 0, line.length), what);
    for (let bit = 0; bit < 8 * line.length; bit++) {
      const damaged = line.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      assertEquals(isIntact(damaged, 0, damaged.length), false, `bit ${bit} of ${what}`);
    }
  }
});

Deno.test("isIntact() notices a line cut short at either end, at every byte", () => {
  for (const [what, line] of Object.entries(SAMPLES)) {
    for (let length = 0; length < line.length; length++) {
      assertEquals(isIntact(line, 0, length), false, `${length} bytes of ${what}`);
      assertEquals(isIntact(line, line.length - length, line.length), false, `the end of ${what}`);
    }
  }
});

Deno.test("isIntact() notices two lines that ran into each other, and zeros", () => {
  const both = new Uint8Array([...SAMPLES["a row without"]!, ...SAMPLES["a note"]!]);
  assertEquals(isIntact(both, 0, both.length), false);
  const zeros = new Uint8Array(100);
  assertEquals(isIntact(zeros, 0, 100), false);
});

Deno.test("isIntact() and readNote() take no line for another kind", () => {
  for (const [what, line] of Object.entries(SAMPLES)) {
    assertEquals(readNote(line) !== undefined, what === "a note", what);
    assertEquals(read(line) === undefined, what === "a note", what);
  }
});

Deno.test("readNote() reads what noteLine() wrote, and nothing from a damaged line", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()), (note) => {
      const line = noteLine(note);
      assertEquals(line.at(-1), 10);
      assertEquals(readNote(line.subarray(0, -1)), JSON.parse(JSON.stringify(note)));
      assertEquals(readNote(line.subarray(0, -2)), undefined);
    }),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("LineWriter has room for the longest lines there are", () => {
  const longest = -1.2345678901234567e-300;
  const lines = [
    new Float64Array(64).fill(longest),
    new Error("\0".repeat(1000)),
    new Error("\ud800".repeat(1000)),
    new Error("€".repeat(1000)),
  ].map((row) =>
    lineOf({
      ...{ row, index: Number.MAX_SAFE_INTEGER, milliseconds: 1e20, worker: 1023 },
      ...{ idCheck: "f".repeat(16), series: { bytes: 2 ** 53 - 1, checksum: "f".repeat(16) } },
    })
  );
  for (const line of lines) {
    assert(line.length < MAX_LINE_BYTES);
    assert(isIntact(line, 0, line.length));
  }
});

Deno.test("LineWriter cuts a long message", () => {
  const row = read(lineOf({ ...ENTRY, row: new Error("x".repeat(501)) }))?.row;
  assertEquals(JSON.parse(`{${row}}`).error, "x".repeat(500));
});

Deno.test("LineWriter is empty after take(), and what it gave stays as it was", () => {
  const writer = new LineWriter(2 * MAX_LINE_BYTES);
  writer.write(ENTRY);
  const first = writer.take();
  const before = first.slice();
  assertEquals(writer.take().length, 0);
  writer.write({ ...ENTRY, index: 99 });
  assertEquals(first, before);
  assertEquals(writer.take().length, first.length);
});

Deno.test("LineWriter.hasRoomFor(1) is false as soon as the longest line might not fit", () => {
  const writer = new LineWriter(MAX_LINE_BYTES + 1);
  assert(writer.hasRoomFor(1));
  writer.write(ENTRY);
  assert(!writer.hasRoomFor(1));
  writer.take();
  assert(writer.hasRoomFor(1));
  assert(!new LineWriter(MAX_LINE_BYTES - 1).hasRoomFor(1));
});
