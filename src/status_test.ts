/** The state of a run as a record and as text. */
import { assert, assertEquals } from "@std/assert";
import { inFolder } from "../tests/program.ts";
import { type Done, planOf, runOf, writeLedger } from "../tests/run_fixture.ts";
import type { Plan } from "./plan.ts";
import { statusOf, statusText } from "./status.ts";

const B = Array.from({ length: 10 }, (_, b) => b);
const ROW = [1];

/** The state of a run of a plan, and its text with DIR for the directory. */
async function stateOf(plan: Plan, ...ledgers: (readonly Done[])[]) {
  let state: unknown;
  let text = "";
  await inFolder(async (folder) => {
    for (const [rank, points] of ledgers.entries()) {
      await writeLedger(folder, { plan, rank, points });
    }
    const { directory, ...rest } = await statusOf(await runOf(folder, plan));
    assertEquals(directory, folder);
    state = rest;
    text = statusText({ ...rest, directory: "DIR" });
  });
  return { state, text };
}

const USUAL = {
  ...{ kernel: "test", version: 1, expected: 10, is_exact: true },
  ...{ done: 0, failed: 0, missing: 0, duplicated: 0, damaged: 0, vanished: 0 },
  ...{ complete: false, missing_ranges: [], has_more_ranges: false },
  ...{ has_failures_file: false, first_failures: [] },
};

Deno.test("statusOf() tells what is missing, in ranges", async () => {
  const points: Done[] = [[0, ROW], [4, "no"], [5, ROW], [5, ROW], [8, ROW]];
  const { state, text } = await stateOf(planOf({ b: B }), points, [[0, ROW]]);
  assertEquals(state, {
    ...{ ...USUAL, done: 3, failed: 1, missing: 6, duplicated: 2 },
    missing_ranges: [[1, 3], [6, 7], [9, 9]],
    first_failures: [{ index: 4, error: "no" }],
  });
  assertEquals(
    text,
    "test 1 in DIR: incomplete\n" +
      "expected 10 points, done 3, failed 1, missing 6\n" +
      "failed point 4: no\n" +
      "2 rows made twice\n" +
      "missing points: 1-3, 6-7, 9\n",
  );
});

Deno.test("statusOf() calls a run complete once each point has a row or failed", async () => {
  const points = B.map((index): Done => [index, index === 3 ? "no" : ROW]);
  const { state, text } = await stateOf(planOf({ b: B }), points);
  const first_failures = [{ index: 3, error: "no" }];
  assertEquals(state, { ...USUAL, done: 9, failed: 1, complete: true, first_failures });
  assertEquals(
    text,
    "test 1 in DIR: complete\nexpected 10 points, done 9, failed 1, missing 0\n" +
      "failed point 3: no\n",
  );
});

Deno.test("statusText() names three failures by their last reason, and the file", async () => {
  await inFolder(async (folder) => {
    const plan = planOf({ b: B });
    const points: Done[] = [[9, "e"], [2, "first"], [3, "b\r\nc"], [5, "d"], [2, "a"], [7, ROW]];
    await writeLedger(folder, { plan, points });
    Deno.writeTextFileSync(`${folder}/failures.csv`, "");
    const text = statusText({ ...await statusOf(await runOf(folder, plan)), directory: "DIR" });
    assertEquals(
      text.split("\n").slice(2, -2),
      [
        ...["failed point 2: a", "failed point 3: b c", "failed point 5: d"],
        ...["failed besides: 1 point", "all failures: DIR/failures.csv"],
      ],
    );
  });
});

Deno.test("statusOf() of a run without ledgers misses everything", async () => {
  const { state } = await stateOf(planOf({ b: B }));
  assertEquals(state, { ...USUAL, missing: 10, missing_ranges: [[0, 9]] });
});

Deno.test("statusOf() knows points outside the condition for what they are", async () => {
  const plan = planOf({ b: B }, { where: "b > 1 && b != 5" });
  const { state } = await stateOf(plan, [[2, ROW], [9, ROW]]);
  assertEquals(state, {
    // Point 5 lies within the second range, but belongs to none.
    ...{ ...USUAL, expected: 7, done: 2, missing: 5, missing_ranges: [[3, 8]] },
  });
  const all = [2, 3, 4, 6, 7, 8, 9].map((index): Done => [index, ROW]);
  const { state: complete } = await stateOf(plan, all);
  assertEquals(complete, { ...USUAL, expected: 7, done: 7, complete: true });
});

Deno.test("statusOf() counts damage and vanished series, and statusText() tells them", async () => {
  const plan = planOf({ b: [0, 1] }, { series: "s{b}" });
  await inFolder(async (folder) => {
    const path = await writeLedger(folder, { plan, points: [[0, ROW, 3], [1, ROW, 3]] });
    Deno.writeTextFileSync(path, '[1,"torn', { append: true });
    Deno.writeTextFileSync(`${folder}/s1`, "abc");
    const status = await statusOf(await runOf(folder, plan));
    assertEquals(
      statusText({ ...status, directory: "DIR" }),
      "test 1 in DIR: incomplete\n" +
        "expected 2 points, done 1, failed 0, missing 1\n" +
        "1 torn or damaged ledger line dropped\n" +
        "1 series file vanished or changed in size (--keep-rows accepts that)\n" +
        "missing points: 0\n",
    );
  });
});

Deno.test("statusOf() tells the first twenty of many ranges", async () => {
  const plan = planOf({ b: { start: "0", step: "1", over: 1, count: 100 } });
  const even = Array.from({ length: 50 }, (_, i): Done => [2 * i, ROW]);
  const { state, text } = await stateOf(plan, even);
  const ranges = Array.from({ length: 20 }, (_, i) => [2 * i + 1, 2 * i + 1]);
  assertEquals(state, {
    ...{ ...USUAL, expected: 100, done: 50, missing: 50, missing_ranges: ranges },
    has_more_ranges: true,
  });
  assert(text.endsWith(", 37, 39, …\n"));
});

// The ellipsis stood behind twenty ranges whether or not there are more.
Deno.test("statusText() has no ellipsis behind ranges that are all", async () => {
  const plan = planOf({ b: { start: "0", step: "1", over: 1, count: 40 } });
  const even = Array.from({ length: 20 }, (_, i): Done => [2 * i, ROW]);
  assert((await stateOf(plan, even)).text.endsWith(", 37, 39\n"));
});

Deno.test("statusText() says where a count is an estimate", () => {
  const status = {
    ...{
      ...USUAL,
      directory: "DIR",
      expected: 1e9,
      is_exact: false,
      done: 5,
      missing: 999_999_995,
    },
    missing_ranges: [],
    has_more_ranges: false,
  };
  const about = statusText(status);
  assert(about.includes("expected about 1"));
  assert(about.includes("missing about 999999995"));
});
