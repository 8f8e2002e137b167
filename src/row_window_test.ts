/** Rows held as bytes: found again, compared, used again. */
import { assertEquals } from "@std/assert";
import { RowWindow } from "./row_window.ts";

/** Adds a row that lies amid other bytes. */
function add(window: RowWindow, place: number, row: string): void {
  const bytes = new TextEncoder().encode(`[${row}]`);
  window.add(place, bytes, { start: 1, end: bytes.length - 1 });
}

Deno.test("RowWindow.row() gives the cells of a CSV file: nothing for null, words bare", () => {
  const window = new RowWindow(3);
  add(window, 2, '1e-7,null,"inf","-inf"');
  add(window, 0, "");
  assertEquals([0, 1, 2].map((place) => window.row(place)), ["", undefined, "1e-7,,inf,-inf"]);
});

Deno.test("RowWindow keeps the first row of a place, and counts the others", () => {
  const window = new RowWindow(1);
  for (const row of ["1,2", "1,2", "1,3", "1,20"]) add(window, 0, row);
  assertEquals([window.row(0), window.repeated, window.conflicting], ["1,2", 3, 2]);
});

Deno.test("RowWindow grows with long rows, and is empty when it is used again", () => {
  const window = new RowWindow(100);
  const rowOf = (place: number) => `${place},`.repeat(50 + place);
  for (let round = 0; round < 2; round++) {
    for (let place = 99; place >= 0; place--) add(window, place, rowOf(place));
    for (let place = 0; place < 100; place++) assertEquals(window.row(place), rowOf(place));
    window.clear();
    assertEquals([window.row(0), window.repeated], [undefined, 0]);
  }
});
