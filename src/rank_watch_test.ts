/** Tests of the watch: who lives, who is lost, and when. */
import { assertEquals } from "@std/assert";
import { MapLedger, shareLedgerPath } from "./map_ledger.ts";
import { RankWatch } from "./rank_watch.ts";

const RANK = { rank: 1, size: 2, session: "T", source: "test" };

/** A watch, and the ledger of rank 1 in a folder of its own. */
function watching(action: (watch: RankWatch, directory: string) => void): void {
  const directory = Deno.makeTempDirSync({ prefix: "gridiron-test-" });
  try {
    action(new RankWatch(directory), directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

function claim(directory: string): MapLedger {
  return MapLedger.claim(directory, RANK, (error) => {
    throw error;
  })!;
}

Deno.test("look() finds a rank absent, then alive, and given up when it is silent", () =>
  watching((watch, directory) => {
    assertEquals(watch.look(1).kind, "absent");
    using ledger = claim(directory);
    assertEquals(watch.look(1).kind, "alive");
    watch.waitedMs += 50_000;
    assertEquals(watch.look(1).kind, "alive");
    ledger.end({ kind: "done" });
    assertEquals(watch.look(1).kind, "alive");
    watch.waitedMs += 59_000;
    assertEquals(watch.look(1), {
      ...{ kind: "alive", place: ` on ${Deno.hostname()}`, why: "", ending: { kind: "done" } },
    });
    watch.waitedMs += 1000;
    assertEquals(watch.look(1).kind, "lost");
    assertEquals(watch.look(1).why, "gave no sign of life for 60 s");
  }));

Deno.test("look() tells soon that a rank of this host has gone, and of another host later", () =>
  watching((watch, directory) => {
    claim(directory)[Symbol.dispose]();
    assertEquals(watch.look(1).kind, "alive");
    watch.waitedMs += 4000;
    assertEquals(watch.look(1).kind, "alive");
    watch.waitedMs += 2000;
    assertEquals([watch.look(1).kind, watch.look(1).why], ["lost", "ended without a word"]);
    const path = shareLedgerPath(directory, 1);
    // Its first line is not as it was written: nobody knows whose it is.
    const text = Deno.readTextFileSync(path).replace(Deno.hostname(), "elsewhere");
    Deno.writeTextFileSync(path, text);
    assertEquals(watch.look(1).place, "");
    watch.waitedMs += 59_000;
    assertEquals(watch.look(1).kind, "alive");
    watch.waitedMs += 1000;
    assertEquals(watch.look(1).why, "gave no sign of life for 60 s");
  }));
