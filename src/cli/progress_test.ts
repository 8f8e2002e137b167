/** The progress line: what it says, when, and that it leaves nothing behind. */
import { assertEquals } from "@std/assert";
import { ProgressLine, progressText } from "./progress.ts";

const STATE = { total: 64, done: 12, failed: 0, begun: 0.8 };

Deno.test("progressText() tells points, share and time left", () => {
  assertEquals(progressText(STATE, 0, 1280), "12 of 64 points, 20 %, about 5.1 s left");
});

Deno.test("progressText() counts what was done before for the share, not for the time", () => {
  assertEquals(progressText(STATE, 11, 1800), "12 of 64 points, 20 %, about 51.2 s left");
});

Deno.test("progressText() promises nothing when nothing has been done", () => {
  assertEquals(progressText({ ...STATE, begun: 0 }, 12, 60_000), "12 of 64 points, 18 %");
});

Deno.test("progressText() tells failures", () => {
  const state = { total: 2, done: 1, failed: 1, begun: 0 };
  assertEquals(progressText(state, 0, 500), "1 of 2 points, 50 %, 1 failed, about 500 ms left");
});

Deno.test("ProgressLine shows nothing of a short run, nor without a screen", () => {
  let written = "";
  const screen = {
    columns: 80,
    isTerminal: true,
    report: (text: string) => void (written += text),
  };
  {
    using line = new ProgressLine(screen, "pi");
    line.show(STATE);
    line.clear(() => written += "done");
    using silent = new ProgressLine(undefined, "pi");
    silent.show(STATE);
  }
  assertEquals(written, "done");
});
