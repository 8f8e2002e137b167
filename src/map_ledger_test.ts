/** Tests of ledgers of maps: results come back in order, in part while they are written. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { MapLedger, type Outcome, readShareState, ShareReader } from "./map_ledger.ts";

const RANK = { rank: 0, size: 2, session: "T", source: "test" };

function inLedger(action: (ledger: MapLedger, directory: string) => void): void {
  const directory = Deno.makeTempDirSync({ prefix: "gridiron-test-" });
  try {
    using ledger = MapLedger.claim(directory, RANK, (error) => {
      throw error;
    })!;
    action(ledger, directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** All that can be read now. */
function readAll(reader: ShareReader): Outcome[] {
  const outcomes: Outcome[] = [];
  do {
    for (let next = reader.take(); next !== undefined; next = reader.take()) outcomes.push(next);
  } while (reader.read());
  return outcomes;
}

Deno.test("ShareReader gives what MapLedger was given, of any length", () =>
  inLedger((ledger, directory) => {
    const outcomes: Outcome[] = Array.from({ length: 5000 }, (_, i) => ({
      text: i === 2000 ? "long ä\n".repeat(50_000) : i % 7 === 0 ? "" : `text "${i}"\n\ud800`,
      failure: i % 5 === 0 ? `task ${i} failed\n` : undefined,
    }));
    for (const outcome of outcomes) ledger.add(outcome);
    const reader = new ShareReader(directory, RANK);
    const before = readAll(reader);
    assert(before.length > 0 && before.length < 5000);
    // One of so many ranks is read in small chunks.
    assertEquals(readAll(new ShareReader(directory, { rank: 0, size: 1e5 })), before);
    assertEquals(reader.ending, undefined);
    ledger.end({ kind: "stopped", code: 75 });
    assertEquals([...before, ...readAll(reader)], outcomes);
    assertEquals(reader.ending, { kind: "stopped", code: 75 });
    const { host, ending } = readShareState(directory, 0)!;
    assertEquals([host, ending], [Deno.hostname(), { kind: "stopped", code: 75 }]);
  }));

Deno.test("ShareReader waits for the rest of a line, and refuses a damaged one", () =>
  inLedger((ledger, directory) => {
    const reader = new ShareReader(directory, RANK);
    ledger.add({ text: "one", failure: undefined });
    ledger.end({ kind: "failed", message: "x".repeat(5000), isUsage: false });
    const bytes = Deno.readFileSync(reader.path);
    const second = bytes.indexOf(10) + 1;
    Deno.writeFileSync(reader.path, bytes.subarray(0, second + 9));
    assertEquals(readAll(reader), []);
    Deno.writeFileSync(reader.path, bytes);
    assertEquals(readAll(reader), [{ text: "one", failure: undefined }]);
    assertEquals(readShareState(directory, 0)!.ending?.kind, "failed");
    Deno.writeFileSync(reader.path, bytes.with(second + 12, 63));
    assertThrows(() => readAll(new ShareReader(directory, RANK)), Error, "is damaged");
  }));

Deno.test("MapLedger.claim() gives a rank to one process, and nobody has a share before", () =>
  inLedger((_, directory) => {
    assertEquals(MapLedger.claim(directory, RANK, () => {}), undefined);
    assertEquals(readShareState(directory, 1), undefined);
    assertEquals(new ShareReader(directory, { ...RANK, rank: 1 }).read(), false);
  }));
