/** When the time used is written down. */
import { assertEquals } from "@std/assert";
import { Meter } from "./meter.ts";

Deno.test("noteIfDue() gives a note at each doubling from one second on, then every ten", () => {
  const { now } = performance;
  let nowMs = 0;
  performance.now = () => nowMs;
  try {
    const meter = new Meter(2);
    const noted: number[] = [];
    for (; nowMs <= 40_000; nowMs += 100) {
      const note = meter.noteIfDue(() => [nowMs / 2, 0]);
      if (note === undefined) continue;
      noted.push(nowMs);
      assertEquals(note.busy_ms, [nowMs / 2, 0]);
    }
    assertEquals(noted, [1000, 2000, 4000, 8000, 16_000, 26_000, 36_000]);
  } finally {
    performance.now = now;
  }
});
