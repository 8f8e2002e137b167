/** Series files: names, checksums against published vectors and a slow XXH64, links refused. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { SeriesWriter } from "./series_file.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Runs a test in a folder of its own, with a writer for it. */
function inFolder(
  test: (folder: string, writer: SeriesWriter) => void | Promise<void>,
): () => Promise<void> {
  return async () => {
    const folder = await Deno.realPath(await Deno.makeTempDir());
    try {
      await test(folder, new SeriesWriter(folder));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
}

/** Every file below a folder. */
function filesIn(folder: string, prefix = ""): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${folder}/${name}`, `${prefix}${name}/`) : [prefix + name]
  ).sort();
}

function checksumOf(writer: SeriesWriter, ...pieces: Uint8Array[]): string {
  const file = writer.begin("x", "0-1-0");
  for (const piece of pieces) file.append(piece);
  return file.finish().checksum;
}

Deno.test(
  "SeriesFile gives the published XXH64",
  inFolder((_, writer) => {
    assertEquals(checksumOf(writer), "ef46db3751d8e999");
    assertEquals(checksumOf(writer, bytesOf("a")), "d24ec4f1a98c6e5b");
    assertEquals(checksumOf(writer, bytesOf("abc")), "44bc2cf5ad770999");
    const phrase = bytesOf("Nobody inspects the spammish repetition");
    assertEquals(checksumOf(writer, phrase), "fbcea83c8a378bf1");
  }),
);

Deno.test(
  "SeriesFile gives the XXH64 of a slow plain version, at every length of a tail",
  inFolder((_, writer) => {
    const bytes = noise(100);
    for (let length = 0; length <= 100; length++) {
      const part = bytes.subarray(0, length);
      assertEquals(checksumOf(writer, part), slowXxh64(part), `${length} bytes`);
    }
  }),
);

Deno.test(
  "SeriesFile gives one checksum however the bytes are cut into pieces",
  inFolder((folder, writer) => {
    // More than twice the room of the checksum's input, and pieces of any size from none to all.
    const bytes = noise(150_000);
    const expected = slowXxh64(bytes);
    assertEquals(checksumOf(writer, bytes), expected);
    const near = [1, 31, 32, 33, 65_535, 65_536, 65_537, 131_072];
    const cut = fc.oneof(fc.nat(bytes.length), fc.constantFrom(...near));
    fc.assert(
      fc.property(fc.array(cut, { maxLength: 12 }), (cuts) => {
        const ends = [...cuts.toSorted((a, b) => a - b), bytes.length];
        const pieces = ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
        assertEquals(checksumOf(writer, ...pieces), expected);
        assertEquals(Deno.readFileSync(`${folder}/x`), bytes);
      }),
      { seed: 1, numRuns: 50 },
    );
  }),
);

Deno.test(
  "SeriesFile has its name only when it is whole",
  inFolder((folder, writer) => {
    const file = writer.begin("data/deep/b1.dat", "0-1-0");
    file.append(bytesOf("half"));
    assertEquals(filesIn(folder), ["data/deep/b1.dat.0-1-0.tmp"]);
    file.append(bytesOf(" and half"));
    assertEquals(file.finish(), { bytes: 13, checksum: slowXxh64(bytesOf("half and half")) });
    assertEquals(filesIn(folder), ["data/deep/b1.dat"]);
    assertEquals(Deno.readTextFileSync(`${folder}/data/deep/b1.dat`), "half and half");
  }),
);

Deno.test(
  "SeriesFile replaces an older file of its name",
  inFolder((folder, writer) => {
    Deno.writeTextFileSync(`${folder}/x`, "something longer than what comes");
    checksumOf(writer, bytesOf("new"));
    assertEquals(Deno.readTextFileSync(`${folder}/x`), "new");
  }),
);

Deno.test(
  "SeriesFile that is abandoned leaves nothing, and nothing in the next checksum",
  inFolder((folder, writer) => {
    const file = writer.begin("x", "0-1-0");
    file.append(bytesOf("bytes that wait for their stripe"));
    file.append(bytesOf("some more"));
    file.abandon();
    assertEquals(filesIn(folder), []);
    assertEquals(checksumOf(writer, bytesOf("abc")), "44bc2cf5ad770999");
  }),
);

Deno.test(
  "SeriesWriter refuses a temporary name that is taken",
  inFolder((folder, writer) => {
    Deno.writeTextFileSync(`${folder}/x.0-1-0.tmp`, "another's");
    assertThrows(() => writer.begin("x", "0-1-0"), Deno.errors.AlreadyExists);
    assertEquals(Deno.readTextFileSync(`${folder}/x.0-1-0.tmp`), "another's");
  }),
);

Deno.test(
  "SeriesWriter tells the temporary files of two writers apart",
  inFolder((folder, writer) => {
    const other = new SeriesWriter(folder);
    const files = [writer.begin("x", "0-1-0"), other.begin("x", "1-1-0")];
    assertEquals(filesIn(folder), ["x.0-1-0.tmp", "x.1-1-0.tmp"]);
    for (const file of files) file.abandon();
  }),
);

Deno.test(
  "SeriesWriter refuses a folder that is a symbolic link",
  inFolder((folder, writer) => {
    Deno.mkdirSync(`${folder}/outside`);
    Deno.symlinkSync(`${folder}/outside`, `${folder}/data`);
    assertThrows(
      () => writer.begin("data/x", "0-1-0"),
      Error,
      `it is a link to "${folder}/outside"`,
    );
    assertThrows(() => writer.begin("data/x", "0-1-0"), Error, "expected a folder");
    assertEquals(filesIn(folder), ["data"]);
  }),
);

Deno.test(
  "SeriesWriter replaces a symbolic link of the series' name, not what it leads to",
  inFolder((folder, writer) => {
    Deno.writeTextFileSync(`${folder}/precious`, "precious");
    Deno.symlinkSync(`${folder}/precious`, `${folder}/x`);
    checksumOf(writer, bytesOf("new"));
    assertEquals(Deno.readTextFileSync(`${folder}/precious`), "precious");
    assert(Deno.lstatSync(`${folder}/x`).isFile);
  }),
);

Deno.test(
  "SeriesWriter refuses a folder that is a file",
  inFolder((folder, writer) => {
    Deno.writeTextFileSync(`${folder}/data`, "");
    assertThrows(() => writer.begin("data/x", "0-1-0"), Error);
    assertEquals(filesIn(folder), ["data"]);
  }),
);

Deno.test(
  "SeriesWriter makes no folder through a symbolic link",
  // The folders were made before the link was found out.
  inFolder((folder, writer) => {
    Deno.mkdirSync(`${folder}/outside`);
    Deno.symlinkSync(`${folder}/outside`, `${folder}/data`);
    assertThrows(() => writer.begin("data/deep/x", "0-1-0"), Error, "it is a link to");
    assertEquals([...Deno.readDirSync(`${folder}/outside`)], []);
  }),
);

Deno.test(
  "SeriesWriter looks at a folder each time: a link came into its place once, and was followed",
  inFolder((folder, writer) => {
    writer.begin("data/a", "0-1-0").finish();
    const open = writer.begin("data/b", "0-1-0");
    Deno.mkdirSync(`${folder}/outside`);
    Deno.renameSync(`${folder}/data`, `${folder}/moved`);
    Deno.symlinkSync(`${folder}/outside`, `${folder}/data`);
    assertThrows(() => open.finish(), Error, 'outside" now, expected the folder made at the start');
    assertThrows(() => writer.begin("data/c", "0-1-0"), Error, "it is a link to");
    assertEquals([...Deno.readDirSync(`${folder}/outside`)], []);
    Deno.removeSync(`${folder}/data`);
    assertThrows(() => writer.begin("data/c", "0-1-0"), Error, "it is gone, expected");
  }),
);

Deno.test(
  "SeriesWriter says what became of a folder that goes while a file in it is made",
  inFolder((folder, writer) => {
    writer.begin("data/a", "0-1-0").finish();
    const open = Deno.openSync;
    Deno.openSync = (path, options) => {
      const file = open(path, options);
      Deno.renameSync(`${folder}/data`, `${folder}/moved`);
      return file;
    };
    try {
      assertThrows(() => writer.begin("data/b", "0-1-0"), Error, "it is gone, expected the folder");
    } finally {
      Deno.openSync = open;
    }
  }),
);

/** Bytes of a linear congruential generator, always the same. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = Math.imul(state, 1664525) + 1013904223 | 0;
    return state >>> 24;
  });
}

/** XXH64 of seed 0 as its specification writes it, in big integers. */
function slowXxh64(bytes: Uint8Array): string {
  const [p1, p2, p3, p4, p5] = [
    ...[0x9e3779b185ebca87n, 0xc2b2ae3d27d4eb4fn, 0x165667b19e3779f9n],
    ...[0x85ebca77c2b2ae63n, 0x27d4eb2f165667c5n],
  ] as [bigint, bigint, bigint, bigint, bigint];
  const u64 = (value: bigint) => BigInt.asUintN(64, value);
  const rotate = (value: bigint, by: bigint) => u64(value << by) | value >> (64n - by);
  const round = (sum: bigint, lane: bigint) => u64(rotate(u64(sum + lane * p2), 31n) * p1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  let hash = p5;
  if (bytes.length >= 32) {
    let sums = [u64(p1 + p2), p2, 0n, u64(-p1)];
    for (; at + 32 <= bytes.length; at += 32) {
      sums = sums.map((sum, i) => round(sum, view.getBigUint64(at + 8 * i, true)));
    }
    hash = sums.reduce((all, sum, i) => u64(all + rotate(sum, [1n, 7n, 12n, 18n][i]!)), 0n);
    for (const sum of sums) hash = u64((hash ^ round(0n, sum)) * p1 + p4);
  }
  hash = u64(hash + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8) {
    hash = u64(rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * p1 + p4);
  }
  if (at + 4 <= bytes.length) {
    hash = u64(rotate(hash ^ u64(BigInt(view.getUint32(at, true)) * p1), 23n) * p2 + p3);
    at += 4;
  }
  for (; at < bytes.length; at++) {
    hash = u64(rotate(hash ^ u64(BigInt(bytes[at]!) * p5), 11n) * p1);
  }
  hash = u64((hash ^ hash >> 33n) * p2);
  hash = u64((hash ^ hash >> 29n) * p3);
  return (hash ^ hash >> 32n).toString(16).padStart(16, "0");
}

Deno.test(
  "SeriesFile leaves nothing behind where a folder has its name",
  inFolder((folder, writer) => {
    const file = writer.begin("x", "0-1-0");
    Deno.mkdirSync(`${folder}/x`);
    assertThrows(() => file.finish(), Error, "directory");
    assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["x"]);
  }),
);
