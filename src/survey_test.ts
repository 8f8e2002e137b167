/** Surveys: done, failed, damaged and vanished points, and what dead starts left. */
import { assertEquals } from "@std/assert";
import { inFolder } from "../tests/program.ts";
import { type Done, planOf, runOf, writeLedger } from "../tests/run_fixture.ts";
import type { Bitmap } from "./bitmap.ts";
import { noteLine } from "./ledger_line.ts";
import type { Run } from "./run_ledgers.ts";
import { surveyRun } from "./survey.ts";

const PLAN = planOf({ b: [0, 1, 2, 3, 4] });
/** Series of the points are `s/0` … `s/4`. */
const SERIES = planOf({ b: [0, 1, 2, 3, 4] }, { series: "s/{b}" });
const ROW = [1];

function indicesOf(bitmap: Bitmap): number[] {
  return Array.from({ length: bitmap.size }, (_, i) => i).filter((index) => bitmap.has(index));
}

/** What a survey finds, in a form that compares. */
function surveyed(run: Run, keepRows = false) {
  const { done, failed, unclosed, ...counts } = surveyRun(run, keepRows);
  return { done: indicesOf(done), failed: indicesOf(failed), unclosed: unclosed.length, ...counts };
}

const NOTHING = {
  ...{ done: [], failed: [], unclosed: 0, damaged: 0, duplicated: 0, vanished: 0, stale: 0 },
};

Deno.test("surveyRun() finds nothing where nothing is", async () => {
  await inFolder(async (folder) => {
    assertEquals<unknown>(surveyed(await runOf(folder, PLAN)), NOTHING);
  });
});

Deno.test("surveyRun() finds what is done, made twice, and failed for good", async () => {
  await inFolder(async (folder) => {
    const ledgers: Done[][] = [
      [[4, ROW], [1, "no"], [2, "no"], [2, "no"], [2, ROW]],
      [[0, ROW], [0, ROW], [3, ROW], [3, "no"], [4, ROW]],
    ];
    for (const [rank, points] of ledgers.entries()) {
      await writeLedger(folder, { plan: PLAN, rank, points });
    }
    const run = await runOf(folder, PLAN);
    assertEquals(surveyed(run), { ...NOTHING, done: [0, 2, 3, 4], failed: [1], duplicated: 2 });
  });
});

Deno.test("surveyRun() counts lines that are torn, damaged, or of another point", async () => {
  await inFolder(async (folder) => {
    const path = await writeLedger(folder, { plan: PLAN, points: [[0, ROW], [1, ROW], [2, ROW]] });
    const bytes = Deno.readFileSync(path);
    // A digit of the row of point 1, and half of the line of point 2 with all that follows.
    const text = new TextDecoder().decode(bytes);
    bytes[text.indexOf("[1,[1]") + 4] = 0x32;
    Deno.writeFileSync(path, bytes.subarray(0, text.indexOf("[2,[1]") + 9));
    await writeLedger(folder, { plan: planOf({ b: [7, 1] }), points: [[0, ROW], [1, ROW]] });
    await writeLedger(folder, { plan: planOf({ b: [0, 1, 2, 3, 4, 5] }), points: [[5, ROW]] });
    // A plan that run.json does not know: which points these are cannot be told.
    await writeLedger(folder, { plan: PLAN, number: 3, points: [[3, ROW]] });
    assertEquals(surveyed(await runOf(folder, PLAN)), {
      ...{ ...NOTHING, done: [0, 1], damaged: 5, unclosed: 1 },
    });
  });
});

Deno.test("surveyRun() makes points anew whose series vanished or changed in size", async () => {
  await inFolder(async (folder) => {
    const points: Done[] = [[0, ROW, 5], [1, ROW, 5], [2, ROW, 0], [3, ROW, 5], [4, "no"]];
    await writeLedger(folder, { plan: SERIES, points });
    Deno.mkdirSync(`${folder}/s/3`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/s/0`, "12345");
    Deno.writeTextFileSync(`${folder}/s/1`, "123456");
    Deno.writeTextFileSync(`${folder}/s/2`, "");
    const run = await runOf(folder, SERIES);
    assertEquals(surveyed(run), { ...NOTHING, done: [0, 2], failed: [4], vanished: 2 });
    const kept = { ...NOTHING, done: [0, 1, 2, 3], failed: [4] };
    assertEquals(surveyed(run, true), kept);
    Deno.removeSync(`${folder}/s`, { recursive: true });
    assertEquals(surveyed(run), { ...NOTHING, failed: [4], vanished: 4 });
    assertEquals(surveyed(run, true), kept);
  });
});

Deno.test("surveyRun() counts a row without a series as vanished where one belongs", async () => {
  await inFolder(async (folder) => {
    Deno.mkdirSync(`${folder}/s`);
    Deno.writeTextFileSync(`${folder}/s/0`, "");
    await writeLedger(folder, { plan: SERIES, points: [[0, ROW]] });
    assertEquals(surveyed(await runOf(folder, SERIES)), { ...NOTHING, vanished: 1 });
  });
});

// Each of its rows was counted: a file that was deleted, made again and deleted again was two.
Deno.test(
  "surveyRun() counts a vanished series once, however often it was made",
  async () => {
    await inFolder(async (folder) => {
      await writeLedger(folder, { plan: SERIES, points: [[0, ROW, 5]] });
      await writeLedger(folder, { plan: SERIES, points: [[0, ROW, 5]] });
      assertEquals(surveyed(await runOf(folder, SERIES)).vanished, 1);
    });
  },
);

Deno.test("surveyRun() takes a point as failed whose series vanished before", async () => {
  await inFolder(async (folder) => {
    await writeLedger(folder, { plan: SERIES, points: [[0, ROW, 5], [0, "no"]] });
    const run = await runOf(folder, SERIES);
    assertEquals(surveyed(run), { ...NOTHING, failed: [0], vanished: 1 });
  });
});

Deno.test("surveyRun() tells what starts without a last line were at", async () => {
  await inFolder(async (folder) => {
    const dead = await writeLedger(folder, {
      ...{ plan: PLAN, rank: 1, dead: true },
      points: [
        { out: [0, 2] },
        { running: [0] },
        [0, ROW],
        { running: [1, 3] },
        { alone: 1 },
        { out: [4, 1, 2, 2] },
        { alone: 2 },
      ],
    });
    await writeLedger(folder, { plan: PLAN, points: [{ out: [1, 3] }, { running: [1] }] });
    const { unclosed } = surveyRun(await runOf(folder, PLAN), false);
    assertEquals(unclosed.map(({ header, ...start }) => ({ ...start, rank: header.rank })), [
      { path: dead, rank: 1, running: [1, 3], handedOut: [0, 1, 4, 2, 3], alone: 2 },
    ]);
  });
});

Deno.test("surveyRun() tells of a dead start that said nothing at all", async () => {
  await inFolder(async (folder) => {
    const silent = await writeLedger(folder, { plan: PLAN, points: [], dead: true });
    const empty = `${folder}/ledger/1-1.ndjson`;
    Deno.writeFileSync(empty, new Uint8Array());
    const { unclosed } = surveyRun(await runOf(folder, PLAN), false);
    const nothing = { running: [], handedOut: [], alone: undefined };
    assertEquals(unclosed.map(({ header: _, ...start }) => start), [
      { path: silent, ...nothing },
      { path: empty, ...nothing },
    ]);
  });
});

Deno.test("surveyRun() remembers the last of many points that were handed out", async () => {
  await inFolder(async (folder) => {
    const plan = planOf({ b: { start: "0", step: "1", over: 1, count: 1e6 } });
    const batches = Array.from({ length: 5000 }, (_, i) => ({ out: [4 * i, 1, 4 * i + 2, 1] }));
    await writeLedger(folder, {
      plan,
      points: [...batches, { out: [100_000, 50_000] }],
      dead: true,
    });
    await writeLedger(folder, { plan, points: batches, dead: true });
    const { unclosed } = surveyRun(await runOf(folder, plan), false);
    const [long, many] = unclosed.map(({ handedOut }) => handedOut);
    assertEquals(long, Array.from({ length: 4096 }, (_, i) => 150_000 - 4096 + i));
    assertEquals(many, Array.from({ length: 4096 }, (_, i) => 2 * (10_000 - 4096 + i)));
  });
});

Deno.test("surveyRun() gives points of an older plan the indices of the newest", async () => {
  await inFolder(async (folder) => {
    const older = planOf({ b: [1, 2, 3] });
    const newer = planOf({ a: [2, 0.5], b: [3, 9, 2, 1] });
    // b = 1, 2, 3 at a = 0.5 are 7, 6, 4 now.
    await writeLedger(folder, {
      ...{ plan: older, dead: true },
      points: [[0, ROW], [1, "no"], { out: [0, 3] }, { running: [1] }, { alone: 2 }],
    });
    await writeLedger(folder, {
      ...{ plan: newer, number: 1, dead: true },
      points: [[1, ROW], [7, ROW], { out: [3, 2] }],
    });
    const run = await runOf(folder, older, newer);
    assertEquals(surveyed(run), {
      ...{ ...NOTHING, done: [1, 7], failed: [6], duplicated: 1, unclosed: 2 },
    });
    const { unclosed } = surveyRun(run, false);
    assertEquals(
      unclosed.map(({ running, handedOut, alone }) => ({ running, handedOut, alone })),
      [{ running: [6], handedOut: [7, 6, 4], alone: 4 }, {
        ...{ running: [], handedOut: [3, 4], alone: undefined },
      }],
    );
  });
});

// A batch of points outside the plan (--where) between others that are done had 2^20 indices in
// 100 000 runs: `push(...note.out)` overflowed the stack ("RangeError: Maximum call stack size
// exceeded"), and every later start and `status` failed. Of more runs than these the line was
// longer than the megabyte that readLedger() takes, and counted as damaged.
Deno.test("surveyRun() reads a batch of very many runs", async () => {
  await inFolder(async (folder) => {
    const plan = planOf({ b: { start: "0", step: "1", over: 1, count: 1e6 } });
    const out = Array.from({ length: 100_000 }, (_, i) => [8 * i, 7]).flat();
    await writeLedger(folder, { plan, points: [{ out }], dead: true });
    const { unclosed } = surveyRun(await runOf(folder, plan), false);
    assertEquals(unclosed[0]!.handedOut.length, 4096);
    assertEquals(noteLine({ out }).length < 1 << 20, true);
  });
});

// `alone` was never taken back, whatever came after it.
Deno.test("surveyRun() forgets the point that ran alone once batches went out", async () => {
  await inFolder(async (folder) => {
    await writeLedger(folder, {
      ...{ plan: PLAN, dead: true },
      points: [{ alone: 2 }, [2, "no"], { out: [0, 2] }],
    });
    const { unclosed } = surveyRun(await runOf(folder, PLAN), false);
    assertEquals(unclosed[0]!.alone, undefined);
  });
});
