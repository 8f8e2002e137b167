/** A ledger that is followed while it grows. */
import { assertEquals } from "@std/assert";
import { Ledger, ledgerPath } from "./ledger.ts";
import { LineWriter } from "./ledger_line.ts";
import { Meter } from "./meter.ts";
import { provenance } from "./provenance.ts";
import { FollowedRank } from "./followed_rank.ts";
import { kernels } from "./kernels.ts";

/** Lines of points, some of which failed. */
function lines(rows: readonly (number | string)[]): Uint8Array {
  const writer = new LineWriter(1 << 16);
  for (const [index, row] of rows.entries()) {
    writer.write({
      index,
      row: typeof row === "number" ? Float64Array.of(row) : new Error(row),
      ...{ milliseconds: 1, worker: 0, idCheck: "0123456789abcdef", series: undefined },
    });
  }
  return writer.take();
}

Deno.test("FollowedRank counts what is appended, half a line only when it is whole", () => {
  const directory = Deno.makeTempDirSync();
  try {
    const rank = new FollowedRank(3, ledgerPath(directory, 3, 2));
    const nothing = { points: 0, failed: 0, elapsedMs: 0, cpuMs: 0, availableMs: 0 };
    const startMs = Date.parse("2026-01-01T00:00:00.000Z");
    assertEquals(rank.look(startMs), { rank: 3, state: "waiting", ...nothing });
    const options = { argv: [], kernel: kernels.metropolis!, workers: 2 };
    const made = provenance(options, { plans: [] });
    const header = { ...made, host: "elsewhere", start: "2026-01-01T00:00:00.000Z" };
    using ledger = Ledger.claim(directory, { rank: 3, attempt: 2 }, header)!;
    const begun = { rank: 3, state: "running", ...nothing, elapsedMs: 500 } as const;
    assertEquals(rank.look(startMs + 500), begun);
    ledger.note({ out: [0, 9] });
    ledger.append(lines([1, 2, "no"]));
    const time = new Meter(2).note();
    ledger.note({ ...time, cpu_ms: 700, wall_ms: 1000, cpus: 2 });
    const told = { ...begun, points: 3, failed: 1, cpuMs: 700, availableMs: 2000 };
    assertEquals(rank.look(startMs + 500), told);
    const more = lines([4, 5]);
    ledger.append(more.subarray(0, more.length - 20));
    assertEquals(rank.look(startMs + 500), { ...told, points: 4 });
    ledger.append(more.subarray(more.length - 20));
    assertEquals(rank.look(startMs + 500), { ...told, points: 5 });
    ledger.close({ closed: "2026-01-01T00:00:03.000Z", points: 5 });
    const ended = { ...told, points: 5, state: "ended", elapsedMs: 3000 } as const;
    assertEquals(rank.look(startMs + 60_000), ended);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
