/** Quantities as people read them. */
import { assertEquals } from "@std/assert";
import { formatBytes, formatCount, formatDuration } from "./quantity.ts";

Deno.test("formatCount() has a plural for all but one", () => {
  assertEquals([0, 1, 2].map((count) => formatCount(count, "point")), [
    ...["0 points", "1 point", "2 points"],
  ]);
  assertEquals(formatCount(10_000_000, "file"), "10000000 files");
});

Deno.test("formatBytes() counts in powers of 1000 with two or three digits", () => {
  const written: Record<string, number> = {
    "0 B": 0,
    "999 B": 999,
    "1.0 kB": 1000,
    "1.2 kB": 1234,
    "12 kB": 12_345,
    "123 kB": 123_456,
    "1.2 MB": 1_234_567,
    "2.2 GB": 2.2e9,
    "7.5 TB": 7.5e12,
    "44 PB": 4.4e16,
    "12345 PB": 1.2345e19,
  };
  for (const [text, bytes] of Object.entries(written)) assertEquals(formatBytes(bytes), text);
});

Deno.test("formatDuration() changes its units with the length", () => {
  const written: Record<string, number> = {
    "1 ms": 0,
    "85 ms": 85.4,
    "999 ms": 999,
    "1.0 s": 1000,
    "3.4 s": 3420,
    "99.9 s": 99_900,
    "1 min 40 s": 100_000,
    "12 min 5 s": 725_000,
    "99 min 59 s": 5_999_000,
    "1 h 40 min": 6_000_000,
    "3 h 20 min": 12_000_000,
    "100 h 0 min": 360_000_000,
  };
  for (const [text, duration] of Object.entries(written)) {
    assertEquals(formatDuration(duration), text);
  }
});

Deno.test("formatBytes() carries what rounds up into the next unit", () => {
  assertEquals(formatBytes(999_600), "1.0 MB");
  assertEquals(formatBytes(9_960), "10 kB");
});

Deno.test("formatDuration() carries what rounds up into the next unit", () => {
  // 119.7 s were once 1 min 60 s.
  assertEquals(formatDuration(119_700), "2 min 0 s");
  assertEquals(formatDuration(999.6), "1.0 s");
  assertEquals(formatDuration(99_970), "1 min 40 s");
  assertEquals(formatDuration(5_999_600), "1 h 40 min");
});
