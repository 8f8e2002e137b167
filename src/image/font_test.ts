/** The font as a whole: every letter is there and none is mistaken for another. */
import { assertEquals } from "@std/assert";
import { ADVANCE, hasInk, LETTER_HEIGHT, LETTER_WIDTH } from "./font.ts";

const ASCII = Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i));

/** A letter as it would be printed. */
function picture(character: string, width = LETTER_WIDTH): string {
  const columns = Array.from({ length: width }, (_, i) => i);
  const rows = Array.from(
    { length: LETTER_HEIGHT },
    (_, row) => columns.map((column) => hasInk(character, column, row) ? "#" : ".").join(""),
  );
  return rows.join("\n");
}

Deno.test("hasInk() tells all letters from each other", () => {
  const pictures = new Map([...ASCII, "…"].map((letter) => [picture(letter), letter]));
  assertEquals(pictures.size, 96);
  assertEquals([...pictures].filter(([shape]) => !shape.includes("#")).map(([, l]) => l), [" "]);
});

Deno.test("hasInk() knows the place of each letter", () => {
  assertEquals(picture("p").split("\n").slice(2), [
    "####.",
    "#...#",
    "#...#",
    "#...#",
    "####.",
    "#....",
    "#....",
  ]);
  assertEquals(picture("_").split("\n").indexOf("#####"), 7);
  assertEquals(picture("…").split("\n")[6], "#.#.#");
  assertEquals(picture("~").includes("#"), true);
});

Deno.test("hasInk() leaves the gap after a letter empty", () => {
  for (const letter of ASCII) {
    const gap = picture(letter, ADVANCE).split("\n").map((row) => row[LETTER_WIDTH]);
    assertEquals(gap, Array(LETTER_HEIGHT).fill("."), letter);
  }
});

Deno.test("hasInk() has a question mark for what it does not know", () => {
  for (const other of ["é", "\n", "\x7f", "\x1f", "\u{1f600}", "", "ab"]) {
    assertEquals(picture(other), picture("?"), JSON.stringify(other));
  }
});
