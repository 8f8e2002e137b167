/** Ledgers: exclusive attempts, and readers that drop what is torn and nothing else. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { isAbandoned, Ledger, ledgerPath, listLedgers, LostLedger, readLedger } from "./ledger.ts";
import { LineWriter, MAX_LINE_BYTES, noteLine } from "./ledger_line.ts";

/** Runs a test in a folder of its own. */
function inFolder(test: (folder: string) => void): () => void {
  return () => {
    const folder = Deno.makeTempDirSync();
    try {
      test(folder);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  };
}

/** Ledger lines of points with one column each. */
function lines(...indices: number[]): Uint8Array {
  const writer = new LineWriter((indices.length + 1) * 100 + MAX_LINE_BYTES);
  for (const index of indices) {
    writer.write({
      ...{ index, row: Float64Array.of(index / 10), milliseconds: 1, worker: 0 },
      ...{ idCheck: "0123456789abcdef", series: undefined },
    });
  }
  return writer.take();
}

function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** Everything that a reader is told of a file. */
function told(path: string, from?: number, to?: number) {
  const notes: Record<string, unknown>[] = [];
  const points: number[] = [];
  const places: { offset: number; length: number }[] = [];
  const dropped = readLedger(
    path,
    {
      note: (note) => notes.push(note),
      point: ({ index, rowStart, rowEnd }, bytes, place) => {
        assertEquals(new TextDecoder().decode(bytes.subarray(rowStart, rowEnd)), `${index / 10}`);
        points.push(index);
        places.push({ ...place });
      },
    },
    from,
    to,
  );
  return { notes, points, places, dropped };
}

Deno.test(
  "Ledger.begin() takes the next attempt of its rank",
  inFolder((folder) => {
    using first = Ledger.begin(folder, 0, {});
    using second = Ledger.begin(folder, 0, {});
    using other = Ledger.begin(folder, 1, {});
    assertEquals([first.attempt, second.attempt, other.attempt], [1, 2, 1]);
    Deno.writeTextFileSync(`${folder}/ledger/0-41.ndjson`, "");
    Deno.writeTextFileSync(`${folder}/ledger/0-99.ndjson.bak`, "");
    using last = Ledger.begin(folder, 0, {});
    assertEquals(last.attempt, 42);
  }),
);

Deno.test(
  "Ledger.begin() gives way to a ledger that was begun while it looked",
  inFolder((folder) => {
    using first = Ledger.begin(folder, 0, {});
    first.append(lines(1));
    const readDirSync = Deno.readDirSync;
    try {
      // As another process sees the folder before the first ledger is in it.
      Deno.readDirSync = () => [][Symbol.iterator]();
      using second = Ledger.begin(folder, 0, {});
      assertEquals(second.attempt, 2);
    } finally {
      Deno.readDirSync = readDirSync;
    }
    assertEquals(told(`${folder}/ledger/0-1.ndjson`).points, [1]);
  }),
);

Deno.test(
  "Ledger.begin() changes no ledger that is there",
  inFolder((folder) => {
    const path = `${folder}/ledger/0-1.ndjson`;
    Deno.mkdirSync(`${folder}/ledger`);
    Deno.writeTextFileSync(path, "kept");
    using ledger = Ledger.begin(folder, 0, {});
    ledger.append(lines(1));
    assertEquals(Deno.readTextFileSync(path), "kept");
  }),
);

Deno.test(
  "Ledger.begin() refuses an attempt beyond the limit",
  inFolder((folder) => {
    Deno.mkdirSync(`${folder}/ledger`);
    Deno.writeTextFileSync(`${folder}/ledger/3-999999.ndjson`, "");
    assertThrows(() => Ledger.begin(folder, 3, {}), RangeError, "Cannot begin a ledger in");
    using other = Ledger.begin(folder, 4, {});
    assertEquals(other.attempt, 1);
  }),
);

Deno.test(
  "Ledger writes a first line that tells who writes, the points, and a last line",
  inFolder((folder) => {
    {
      using ledger = Ledger.begin(folder, 5, { host: "node1" });
      ledger.append(lines(3, 1));
      ledger.append(lines(2));
      ledger.close({ closed: "now" });
    }
    const { notes, points, dropped } = told(`${folder}/ledger/5-1.ndjson`);
    assertEquals(notes, [{ host: "node1", rank: 5, attempt: 1 }, { closed: "now" }]);
    assertEquals(points, [3, 1, 2]);
    assertEquals(dropped, 0);
  }),
);

Deno.test(
  "listLedgers() sorts by rank and attempt as numbers, and lists nothing else",
  inFolder((folder) => {
    assertEquals(listLedgers(folder), []);
    Deno.mkdirSync(`${folder}/ledger`);
    const names = ["0-1", "0-2", "0-10", "2-1", "10-1"].map((name) => `${name}.ndjson`);
    for (const name of [...names.toReversed(), "x-1.ndjson", "1-1.ndjson.tmp", "session.json"]) {
      Deno.writeTextFileSync(`${folder}/ledger/${name}`, "");
    }
    assertEquals(listLedgers(folder), names.map((name) => `${folder}/ledger/${name}`));
  }),
);

Deno.test(
  "readLedger() drops and counts a last line torn at any byte",
  inFolder((folder) => {
    const [whole, last] = [concat(noteLine({ a: 1 }), lines(1, 2)), lines(3)];
    for (let length = 0; length <= last.length; length++) {
      Deno.writeFileSync(`${folder}/x`, concat(whole, last.subarray(0, length)));
      const { points, dropped } = told(`${folder}/x`);
      assertEquals(points, length < last.length ? [1, 2] : [1, 2, 3]);
      assertEquals(dropped, length === 0 || length === last.length ? 0 : 1, `${length} bytes`);
    }
  }),
);

Deno.test(
  "readLedger() reads an empty file, and one that is nothing but a torn line",
  inFolder((folder) => {
    Deno.writeFileSync(`${folder}/x`, new Uint8Array());
    assertEquals(told(`${folder}/x`), { notes: [], points: [], places: [], dropped: 0 });
    Deno.writeFileSync(`${folder}/x`, lines(1).subarray(0, -1));
    assertEquals(told(`${folder}/x`), { notes: [], points: [], places: [], dropped: 1 });
  }),
);

Deno.test(
  "readLedger() goes on behind a damaged line",
  inFolder((folder) => {
    const bytes = lines(1, 2, 3);
    const second = bytes.indexOf(10) + 1;
    for (const byte of [0, 32, 10]) {
      const damaged = bytes.slice();
      damaged[second + 20] = byte;
      Deno.writeFileSync(`${folder}/x`, damaged);
      const { points, dropped } = told(`${folder}/x`);
      assertEquals(points, [1, 3]);
      // A line feed cuts the line in two.
      assertEquals(dropped, byte === 10 ? 2 : 1);
    }
  }),
);

Deno.test(
  "readLedger() loses two lines at most when the line feed between them is damaged",
  inFolder((folder) => {
    const bytes = lines(1, 2, 3, 4);
    bytes[bytes.indexOf(10)] = 11;
    Deno.writeFileSync(`${folder}/x`, bytes);
    const { points, dropped } = told(`${folder}/x`);
    assertEquals([points, dropped], [[3, 4], 1]);
  }),
);

Deno.test(
  "readLedger() goes on behind garbage longer than its buffer",
  inFolder((folder) => {
    for (const size of [(1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5 << 19]) {
      const garbage = new Uint8Array(size).fill(65);
      writeParts(`${folder}/x`, lines(1), garbage, Uint8Array.of(10), lines(2));
      const { points, places, dropped } = told(`${folder}/x`);
      assertEquals(points, [1, 2]);
      assert(dropped >= 1);
      assertEquals(places[1]!.offset, lines(1).length + size + 1);
    }
  }),
);

Deno.test(
  "readLedger() counts garbage longer than its buffer as one line",
  // It was counted once for every buffer that it filled.
  inFolder((folder) => {
    const garbage = new Uint8Array(5 << 19).fill(65);
    writeParts(`${folder}/x`, lines(1), garbage, Uint8Array.of(10), lines(2));
    assertEquals(told(`${folder}/x`).dropped, 1);
  }),
);

Deno.test(
  "readLedger() reads lines across the edges of its buffer",
  inFolder((folder) => {
    const indices = Array.from({ length: 40_000 }, (_, i) => (i * 7919) % 40_000);
    const bytes = lines(...indices);
    assert(bytes.length > 2 << 20);
    Deno.writeFileSync(`${folder}/x`, bytes);
    const { points, places, dropped } = told(`${folder}/x`);
    assertEquals(points, indices);
    assertEquals(dropped, 0);
    const ends = places.map(({ offset, length }) => offset + length);
    assertEquals(places.map(({ offset }) => offset), [0, ...ends.slice(0, -1)]);
    assertEquals(ends.at(-1), bytes.length);
  }),
);

Deno.test(
  "readLedger() reads from and to the places that it told",
  inFolder((folder) => {
    Deno.writeFileSync(`${folder}/x`, concat(noteLine({ a: 1 }), lines(10, 2, 333), noteLine({})));
    const { places, points } = told(`${folder}/x`);
    for (const [i, { offset, length }] of places.entries()) {
      const one = told(`${folder}/x`, offset, offset + length);
      assertEquals([one.points, one.places, one.dropped], [[points[i]!], [places[i]!], 0]);
      assertEquals(told(`${folder}/x`, offset).points, points.slice(i));
      assertEquals(told(`${folder}/x`, 0, offset + length).points, points.slice(0, i + 1));
      assertEquals(told(`${folder}/x`, offset, offset + length - 1).dropped, 1);
      assertEquals(told(`${folder}/x`, offset, offset).points, []);
    }
    assertEquals(told(`${folder}/x`, 1e6).points, []);
  }),
);

Deno.test(
  "readLedger() tells of a file that is not there",
  inFolder((folder) => {
    assertThrows(() => told(`${folder}/none`), Deno.errors.NotFound);
  }),
);

Deno.test(
  "readLedger() takes no growing file for damaged",
  // The buffer was as long as the file was when opened: longer lines that came then were dropped.
  inFolder((folder) => {
    Deno.writeFileSync(`${folder}/x`, lines(1));
    const points: number[] = [];
    const dropped = readLedger(`${folder}/x`, {
      note() {},
      point({ index }) {
        points.push(index);
        if (index === 1) Deno.writeFileSync(`${folder}/x`, lines(1234567), { append: true });
      },
    });
    assertEquals([points, dropped], [[1], 0]);
  }),
);

Deno.test(
  "isAbandoned() is sure of a ledger that has no writer, and of nothing else",
  inFolder((folder) => {
    const path = ledgerPath(folder, 0, 1);
    const ledger = Ledger.begin(folder, 0, {});
    assertEquals(isAbandoned(path), false);
    ledger[Symbol.dispose]();
    assertEquals(isAbandoned(path), true);
    {
      // Another who looks is no writer.
      using looking = Deno.openSync(path, { read: true });
      looking.lockSync(false);
      assertEquals(isAbandoned(path), true);
    }
    assertThrows(() => isAbandoned(`${path}/none`), Deno.errors.NotADirectory);
    // Somebody may clear up between two looks.
    Deno.removeSync(path);
    assertEquals(isAbandoned(path), false);
  }),
);

function writeParts(path: string, ...parts: Uint8Array[]): void {
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  for (const part of parts) {
    for (let at = 0; at < part.length;) at += file.writeSync(part.subarray(at));
  }
}

for (
  const [what, spoil] of Object.entries({
    removed: (path: string) => Deno.removeSync(path),
    emptied: (path: string) => Deno.truncateSync(path),
    replaced: (path: string) => {
      const bytes = Deno.readFileSync(path);
      Deno.removeSync(path);
      Deno.writeFileSync(path, bytes);
    },
  })
) {
  Deno.test(
    `Ledger.close() throws where the file was ${what} meanwhile`,
    inFolder((folder) => {
      using ledger = Ledger.begin(folder, 0, {});
      ledger.append(lines(1, 2));
      spoil(ledgerPath(folder, 0, 1));
      ledger.append(lines(3));
      assertThrows(() => ledger.close({ closed: "now" }), LostLedger, "have to be made again");
    }),
  );
}
