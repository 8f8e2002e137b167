/** Suspects: which points are tried by themselves, in which order, and when one is named. */
import { assertEquals } from "@std/assert";
import { inFolder } from "../tests/program.ts";
import { planOf, runOf } from "../tests/run_fixture.ts";
import { Bitmap } from "./bitmap.ts";
import { idText } from "./id.ts";
import { suspectsOf } from "./suspects.ts";
import type { DeadStart } from "./survey.ts";

const PLAN = planOf({ a: [0.25, 8], b: [1e-7, 2, 3, 4] });

function dead(start: Partial<DeadStart>): DeadStart {
  return { path: "", header: {}, running: [], handedOut: [], alone: undefined, ...start };
}

/** Suspects in their order, those that ran long with a `!`, and what was announced. */
async function suspects(starts: readonly DeadStart[], doneIndices: readonly number[] = []) {
  const announced: string[] = [];
  const found: string[] = [];
  let id = "";
  await inFolder(async (folder) => {
    const run = await runOf(folder, PLAN);
    const done = new Bitmap(8);
    for (const index of doneIndices) done.add(index);
    for (
      const { index, ranLong } of suspectsOf(starts, done, run, (line) => announced.push(line))
    ) {
      found.push(`${index}${ranLong ? "!" : ""}`);
    }
    id = idText(run.identities.id(Float64Array.of(8, 1e-7)), 2);
  });
  return { found, announced, id };
}

Deno.test("suspectsOf() suspects nothing without dead starts, or where all is done", async () => {
  assertEquals((await suspects([])).found, []);
  assertEquals((await suspects([dead({})])).found, []);
  const start = dead({ running: [1], handedOut: [1, 2], alone: 2 });
  assertEquals((await suspects([start], [1, 2])).found, []);
});

Deno.test("suspectsOf() puts what ran long first, and each point once", async () => {
  const { found, announced } = await suspects([
    dead({ running: [5], handedOut: [4, 5, 6] }),
    dead({ running: [6, 1], handedOut: [0, 1, 4], alone: 7 }),
  ], [0]);
  assertEquals(found, ["5!", "6!", "1!", "7", "4"]);
  assertEquals(announced, []);
});

Deno.test("suspectsOf() leaves out points that the newest plan does not have", async () => {
  const start = dead({ running: [-1, 8], handedOut: [-1, 3, 99], alone: -1 });
  assertEquals((await suspects([start, start, start])).found, ["3"]);
});

Deno.test("suspectsOf() names a point that was alone with the end three times", async () => {
  const start = dead({ alone: 4 });
  assertEquals((await suspects([start, start])).announced, []);
  const { announced, found, id } = await suspects([start, dead({ alone: 2 }), start, start]);
  assertEquals(announced, [
    "point 4 (a=8 b=1e-7) was running by itself when the process ended, 3 times: " +
    `--skip ${id} leaves it out`,
  ]);
  assertEquals(found, ["4", "2"]);
  assertEquals((await suspects([start, start, start], [4])).announced, []);
});
