/** Durations: what people type, and what is refused. */
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../errors.ts";
import { parseDuration } from "./duration.ts";

Deno.test("parseDuration() reads numbers with units, one or several, and bare seconds", () => {
  const expected: Record<string, number> = {
    ...{ "30s": 30_000, "10m": 600_000, "1h30m": 5_400_000, "2.5m": 150_000, "500ms": 500 },
    ...{ "1d": 86_400_000, "1d2h3m4s5ms": 93_784_005, "90": 90_000, "0.5": 500, "0.25ms": 0.25 },
    ...{ "1m5ms": 60_005, "007s": 7000, "0h1s": 1000 },
  };
  for (const [text, milliseconds] of Object.entries(expected)) {
    assertEquals(parseDuration("timeout", text), milliseconds, text);
  }
});

Deno.test("parseDuration() refuses everything else, and names the option", () => {
  const refused = [
    ...["", " ", "0", "0s", "0h0m", "-5", "-5s", "+5s", "5 s", " 5s", "5s ", "s", "1h30", "30 "],
    ...["1h,30m", "1x", "5sec", "1H", "1e3", "1e3s", "0x10", ".5s", "5.s", "1.2.3s", "NaN", "inf"],
    ...["Infinity", "1:30", "1h-30m", "٣s", "5s\n", "1m s"],
  ];
  for (const text of refused) {
    const error = assertThrows(() => parseDuration("time-limit", text), UsageError, "", text);
    assertEquals(
      error.message,
      `Cannot use --time-limit "${text}": expected a duration such as 30s, 10m or 1h30m`,
    );
  }
});
