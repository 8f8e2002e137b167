/** CSV as people's programs write it, and as they get it wrong. */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { readCsv } from "./csv.ts";
import { UsageError } from "./errors.ts";

const cellsOf = (text: string) => readCsv("f.csv", text).map(({ cells }) => [...cells]);

Deno.test("readCsv() reads quotes, any line ending, a byte order mark and empty lines", () => {
  assertEquals(cellsOf("a,b\n1,2\n"), [["a", "b"], ["1", "2"]]);
  assertEquals(cellsOf("\ufeffa,b\r\n1,2"), [["a", "b"], ["1", "2"]]);
  assertEquals(cellsOf("a\r1\r"), [["a"], ["1"]]);
  assertEquals(cellsOf('"a ""x""","b,\nc"\n 1 ,2\n\n\n'), [['a "x"', "b,\nc"], ["1", "2"]]);
  assertEquals(cellsOf("a,\n1,\n"), [["a", ""], ["1", ""]]);
  assertEquals(cellsOf(""), []);
});

Deno.test("readCsv() tells the line on which a row begins", () => {
  const rows = readCsv("f.csv", 'a,b\n\n"1\n1",2\r\n3,4\n');
  assertEquals(rows.map(({ line }) => line), [1, 3, 5]);
});

Deno.test("readCsv() names ragged rows and lone quotes with their line", () => {
  const refused = (text: string, why: string) =>
    assertThrows(() => readCsv("f.csv", text), UsageError, why);
  refused("a,b\n1,2\n3\n", "line 3: 1 cells, expected 2");
  refused('a,b\n1,"2\n', "line 2: a quote stands alone");
  refused('a,b\n1,2"\n', "line 2: a quote stands alone");
});

Deno.test("readCsv() reads back what was quoted", () => {
  const cell = fc.string({ maxLength: 8 }).map((text) => text.replaceAll("\0", "") + "x");
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, cell), { minLength: 1 }),
      (rows) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = rows.map((row) => row.map(quote).join(",")).join("\n");
        assertEquals(cellsOf(text), rows);
      },
    ),
    { seed: 1, numRuns: 500 },
  );
});

Deno.test("readCsv() throws nothing but its own errors", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', ",", "\n", "\r", "a", " ") }), (text) => {
      try {
        readCsv("f.csv", text);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
      }
    }),
    { seed: 1, numRuns: 5000 },
  );
});
