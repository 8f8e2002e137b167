/** Lines of ranks: what they say, and that they fit. */
import { assert, assertEquals } from "@std/assert";
import type { LaunchedRank } from "../followed_launch.ts";
import { rankLines } from "./rank_lines.ts";

const RANK: LaunchedRank = {
  ...{ rank: 0, state: "running", points: 25, failed: 1, elapsedMs: 5000 },
  ...{ cpuMs: 4000, availableMs: 10_000, share: 50 },
};

function ranks(count: number): LaunchedRank[] {
  return Array.from({ length: count }, (_, rank) => ({ ...RANK, rank }));
}

Deno.test("rankLines() has a line for all and one a rank", () => {
  const launch = { total: 110, before: 10, ranks: ranks(2) };
  const both = "25 of 50 points, 50 %, 1 failed, about 5.0 s left, 5 points/s, CPU 40 %";
  assertEquals(rankLines("pi", launch, { rows: 24, columns: 100 }), [
    "pi: 60 of 110 points, 54 %, 2 failed, about 5.0 s left, 10 points/s, CPU 40 %",
    `rank 0: ${both}`,
    `rank 1: ${both}`,
  ]);
});

Deno.test("rankLines() tells who has not begun, ended, died, and helped", () => {
  const more: Partial<LaunchedRank>[] = [
    { state: "waiting", points: 0, failed: 0, elapsedMs: 0, cpuMs: 0, availableMs: 0 },
    { state: "ended", points: 54, failed: 0 },
    { state: "died", failed: 0, cpuMs: 0, availableMs: 0 },
    { share: undefined, failed: 0 },
  ];
  const launch = {
    ...{ total: 200, before: 0 },
    ranks: ranks(4).map((rank, i) => ({ ...rank, ...more[i] })),
  };
  assertEquals(rankLines("pi", launch, { rows: 24, columns: 100 }).slice(1), [
    "rank 0: has not begun",
    "rank 1: 54 of 54 points, ended, 100 %, 10.8 points/s, CPU 40 %, 4 of others",
    "rank 2: 25 of 50 points, died, 50 %, about 5.0 s left, 5 points/s",
    "rank 3: 25 points, 5 points/s, CPU 40 %",
  ]);
});

Deno.test("rankLines() never takes more room than there is", () => {
  for (const count of [1, 2, 7, 100]) {
    const launch = { total: 50 * count, before: 0, ranks: ranks(count) };
    for (const rows of [1, 2, 3, 4, 8, 24, 101, 102, 103]) {
      for (const columns of [1, 2, 10, 40, 80, 200]) {
        const lines = rankLines("metropolis", launch, { rows, columns });
        assert(lines.length <= Math.max(1, rows - 1), `${lines.length} lines of ${rows}`);
        assert(lines.every((line) => line.length < Math.max(2, columns)), lines.join("\n"));
      }
    }
    const [, ...all] = rankLines("metropolis", launch, { rows: 102, columns: 80 });
    assertEquals(all.length, count);
  }
  const launch = { total: 5000, before: 0, ranks: ranks(100) };
  assertEquals(rankLines("metropolis", launch, { rows: 5, columns: 100 }).slice(1), [
    "rank 0: 25 of 50 points, 50 %, 1 failed, about 5.0 s left, 5 points/s, CPU 40 %",
    "rank 1: 25 of 50 points, 50 %, 1 failed, about 5.0 s left, 5 points/s, CPU 40 %",
    "ranks 2 to 99: 2450 of 4900 points, 50 %, 98 failed, about 5.0 s left, 490 points/s, CPU 40 %",
  ]);
});
