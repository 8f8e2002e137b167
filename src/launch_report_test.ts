/** The end report of a launch. */
import { assertEquals } from "@std/assert";
import { planOf } from "../tests/run_fixture.ts";
import { launchText } from "./launch_report.ts";

const PLAN = planOf({ b: [1] });
const RANK = { rank: 0, state: "ended", failed: 0, availableMs: 0, share: undefined } as const;

function textOf(elapsedMs: readonly number[], before: number, failed: number): string {
  const ranks = elapsedMs.map((elapsedMs, rank) => ({
    ...{ ...RANK, rank, elapsedMs, points: 10, cpuMs: 900 },
  }));
  const progress = { total: 100, before, ranks };
  const counts = { ranks: ranks.length, done: 100 - failed, failed };
  const firstFailure = failed > 0 ? { index: 5, error: "too hot" } : undefined;
  return launchText({
    plan: PLAN,
    directory: "out",
    ...counts,
    firstFailure,
    progress,
    hasFile: true,
  });
}

Deno.test("launchText() tells points, ranks, time and place, once for all ranks", () => {
  const place = "results: out/results.csv\n";
  assertEquals(textOf([300, 999], 0, 0), `100 points in 999 ms with 2 ranks, seed 1\n${place}`);
  assertEquals(
    textOf([2000, 1500], 80, 3),
    "100 points (80 done before) in 2.0 s with 2 ranks, seed 1: speed-up 0.90\n" +
      `3 points failed: out/failures.csv\npoint 5: too hot, and 2 more\n${place}`,
  );
  assertEquals(textOf([], 100, 0), `100 points, all done before (seed 1)\n${place}`);
});
