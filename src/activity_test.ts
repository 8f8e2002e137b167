/** What the ledgers tell of starts, running, ended and dead. */
import { assertEquals, assertMatch } from "@std/assert";
import { inFolder } from "../tests/program.ts";
import { planOf, writeLedger } from "../tests/run_fixture.ts";
import { type Activity, activityOf, activityText, rateOf } from "./activity.ts";

const START: Activity = {
  ...{ rank: 0, attempt: 1, host: "node1", state: "ended", points: 7, workers: 2 },
  ...{
    wall_seconds: 10,
    measured_seconds: 10,
    busy_seconds: [9.7, 5],
    cpu_seconds: 14.5,
    idle_tail_seconds: 4.6,
  },
};

Deno.test("activityText() has a line a start with what each worker did", () => {
  assertEquals(
    activityText([START]),
    "rank 0 on node1: ended, 7 points in 10.0 s, 2 workers, speed-up 1.45, " +
      "workers busy 97 %, 50 %, idle tail 4.6 s\n",
  );
  // What was written down a while ago is of that time.
  const running: Activity = { ...START, state: "running", wall_seconds: 20 };
  assertMatch(activityText([running]), /in 20\.0 s, .* speed-up 1\.45, workers busy 97 %, 50 %/);
  assertMatch(activityText(new Array(100).fill(START)), /^36 earlier starts\n/);
});

Deno.test("rateOf() adds up those who are at work", () => {
  const running: Activity = { ...START, state: "running" };
  assertEquals(rateOf([START, running, running]), 1.4);
});

Deno.test("activityOf() takes the last times that a ledger tells", async () => {
  await inFolder(async (folder) => {
    const plan = planOf({ b: [0, 1, 2] });
    const time = { cpu_ms: 1500, busy_ms: [900, 700], tail_ms: 40 };
    await writeLedger(folder, { plan, rank: 0, points: [[0, [1]], time] });
    const [start] = activityOf(folder, Date.now());
    const { cpu_seconds, busy_seconds, idle_tail_seconds } = start!;
    assertEquals([cpu_seconds, idle_tail_seconds], [1.5, 0.04]);
    assertEquals(busy_seconds, [0.9, 0.7]);
  });
});

Deno.test("activityOf() reads ranks and their ends from the ledgers alone", async () => {
  await inFolder(async (folder) => {
    const plan = planOf({ b: [0, 1, 2] });
    await writeLedger(folder, { plan, rank: 0, points: [[0, [1]], [1, "no"]] });
    await writeLedger(folder, { plan, rank: 3, points: [[2, [1]]], dead: true });
    const starts = activityOf(folder, Date.now() + 1e9);
    const told = starts.map(({ rank, state, points, host }) => ({ rank, state, points, host }));
    assertEquals(told, [
      { rank: 0, state: "ended", points: 2, host: "test" },
      { rank: 3, state: "died", points: 1, host: "test" },
    ]);
  });
});

Deno.test("activityOf() tells no time of a ledger without its header, nor any work", async () => {
  await inFolder(async (folder) => {
    await writeLedger(folder, { plan: planOf({ b: [0, 1] }), rank: 0, points: [[0, [1]]] });
    const damaged = '["note",{"closed":"2026-01-01T00:00:00Z"},"00000000"]\n';
    for (const text of ["", "torn", damaged]) {
      Deno.writeTextFileSync(`${folder}/ledger/0-1.ndjson`, text);
      const [start] = activityOf(folder, Date.now());
      assertEquals([start!.state, start!.wall_seconds, start!.points], ["died", 0, 0]);
      assertEquals(activityText([start!]).includes("NaN"), false);
    }
  });
});
