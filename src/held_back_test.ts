/** What held a run back, in words. */
import { assertEquals } from "@std/assert";
import { busyText, heldBack } from "./held_back.ts";
import type { WorkerWork } from "./meter.ts";

/** A start of ten seconds with workers that did this. */
function start(cpuMs: number, ...workers: Partial<WorkerWork>[]) {
  const nothing = { busyMs: 10_000, startMs: 0, tailMs: 0 };
  return {
    ...{ points: 100, isStopped: false, workers: workers.length, cpus: 4, wholeMs: 10_500 },
    work: {
      ...{ wallMs: 10_000, cpuMs, aloneMs: 0 },
      workers: workers.map((worker) => ({ ...nothing, ...worker })),
    },
  };
}

Deno.test("heldBack() is silent when all were busy", () => {
  assertEquals(heldBack(start(20_000, {}, {})), []);
  assertEquals(heldBack({ ...start(1, {}), points: 0 }), []);
});

Deno.test("heldBack() says that there were fewer points than workers", () => {
  const few = { ...start(10_000, {}), points: 7, workers: 10 };
  assertEquals(heldBack(few), ["7 points for 10 workers: 3 idle, at most 70 %"]);
  assertEquals(heldBack({ ...few, points: 1, workers: 1000 }), [
    "1 point for 1000 workers: 999 idle, less than 1 %",
  ]);
});

Deno.test("heldBack() tells the idle tail, the start, and a shared CPU, the largest first", () => {
  assertEquals(heldBack(start(15_000, { busyMs: 5000, tailMs: 5000 }, {})), [
    "idle tail: for the last 5.0 s some workers had nothing left to do",
  ]);
  assertEquals(
    heldBack(start(6000, { busyMs: 6000, startMs: 2000 }, { busyMs: 6000, startMs: 4000 })),
    [
      "workers had 50 % of a CPU each while at work: other programs, or slow files",
      "starting the workers took 4.0 s",
    ],
  );
});

Deno.test("heldBack() tells of points made one at a time; a stop is no idle tail", () => {
  const careful = start(15_000, {}, { busyMs: 6000, startMs: 4000 });
  assertEquals(heldBack({ ...careful, work: { ...careful.work, aloneMs: 4000 } }), [
    "what a start that died was at was made one point at a time, for 4.0 s",
  ]);
  const stopped = start(15_000, { busyMs: 5000, tailMs: 5000 }, {});
  assertEquals(heldBack({ ...stopped, isStopped: true }), []);
});

Deno.test("heldBack() does not blame other programs for workers that share a CPU by choice", () => {
  assertEquals(heldBack({ ...start(10_000, {}, {}), cpus: 1 }), []);
});

Deno.test("heldBack() tells what was done beside the points", () => {
  assertEquals(heldBack({ ...start(20_000, {}, {}), wholeMs: 15_000 }), [
    "reading and merging ledgers took 5.0 s",
  ]);
});

Deno.test("busyText() lists a few workers and sums up many", () => {
  assertEquals(busyText([970, 2000], 1000), "97 %, 100 %");
  assertEquals(busyText(Array.from({ length: 20 }, (_, i) => 500 + i), 1000), "50 to 52 %");
});
