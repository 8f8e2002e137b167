/** The progress line: what it says, when, and that it leaves nothing behind. */
import { assertEquals } from "@std/assert";
import { ProgressLine, progressParts } from "./progress.ts";

const STATE = { total: 64, done: 12, failed: 0, begun: 0.8 };

Deno.test("progressParts() tells points, share, time left and rate", () => {
  assertEquals(progressParts(STATE, 0, 1280), [
    ...["12 of 64 points", "20 %", "about 5.1 s left", "9.38 points/s"],
  ]);
});

Deno.test("progressParts() counts what was done before for the share, not for the time", () => {
  const parts = progressParts({ ...STATE, done: 40 }, 10, 30_800);
  assertEquals(parts, ["40 of 64 points", "63 %", "about 23.2 s left", "0.974 points/s"]);
});

Deno.test("progressParts() tells a range as long as few points are done", () => {
  assertEquals(progressParts(STATE, 11.8, 1000), [
    ...["12 of 64 points", "20 %", "25.6 s to 1 min 42 s left", "0.2 points/s"],
  ]);
});

Deno.test("progressParts() promises nothing when nothing has been done", () => {
  const parts = progressParts({ ...STATE, begun: 0 }, 12, 60_000);
  assertEquals(parts, ["12 of 64 points", "18 %"]);
});

Deno.test("progressParts() tells failures and how busy the CPUs are", () => {
  const state = { total: 200, done: 100, failed: 1, begun: 0, utilisation: () => 0.974 };
  assertEquals(progressParts(state, 0, 500), [
    ...["100 of 200 points", "50 %", "1 failed", "about 500 ms left", "200 points/s", "CPU 97 %"],
  ]);
});

/** Lines of a run that seems to have begun `sinceMs` ago, as often as states are shown. */
function shown(
  states: readonly (typeof STATE & { workers?: (number | undefined)[] })[],
  { columns = 80, isTerminal = true, sinceMs = 0, stepMs = 0, hasWorkers = false },
): string[] {
  const written: string[] = [];
  const { now } = performance;
  let clockMs = 0;
  performance.now = () => clockMs;
  try {
    const report = (text: string) => void written.push(text);
    using line = new ProgressLine({ columns, isTerminal, report }, "pi", hasWorkers);
    clockMs = sinceMs;
    for (const state of states) {
      line.show(state);
      clockMs += stepMs;
    }
  } finally {
    performance.now = now;
  }
  return written;
}

Deno.test("ProgressLine shows nothing of a short run", () => {
  assertEquals(shown([STATE], { sinceMs: 999 }), []);
  assertEquals(shown([STATE], { sinceMs: 4999, isTerminal: false }), []);
});

Deno.test("ProgressLine shows nothing without a screen", () => {
  using silent = new ProgressLine(undefined, "pi");
  silent.show(STATE);
});

Deno.test("ProgressLine fits any width, and wipes itself away", () => {
  for (const columns of [1, 10, 20, 40, 80, 200]) {
    const [line, wiped] = shown([STATE], { columns, sinceMs: 2000 });
    const text = line!.replace("\r", "").replace("\x1b[K", "");
    assertEquals(text.length < Math.max(2, columns), true, `${columns}: ${text}`);
    assertEquals(wiped, "\r\x1b[J");
  }
  assertEquals(shown([STATE], { columns: 30, sinceMs: 2000 })[0], "\r12 of 64 points, 20 %\x1b[K");
});

Deno.test("ProgressLine off a terminal writes whole lines each 5 % or 30 s, no escapes", () => {
  const states = Array.from({ length: 100 }, (_, i) => ({ ...STATE, total: 100, done: i }));
  const lines = shown(states, { isTerminal: false, sinceMs: 10_000, stepMs: 1000 });
  assertEquals(lines.length >= 16 && lines.length <= 20, true, String(lines.length));
  assertEquals(lines.every((line) => /^pi: [\w ,.%/]*\n$/.test(line)), true);
  const still = shown(new Array(100).fill(STATE), {
    ...{ isTerminal: false, sinceMs: 30_000, stepMs: 1000 },
  });
  assertEquals(still.length, 4);
});

Deno.test("ProgressLine shows a bar a worker below it, as many as there is room for", () => {
  const state = { ...STATE, workers: [0, 0.5, undefined, 1] };
  const bars = (columns: number) =>
    shown([state], { columns, sinceMs: 2000, hasWorkers: true })[0]!.split("\n")[1];
  assertEquals(bars(80), "0       1 ██▌   2 idle  3 █████\x1b[K\x1b[1A");
  assertEquals(bars(20), "0       1 ██▌   …\x1b[K\x1b[1A");
});
