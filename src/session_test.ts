/** Tests of sessions: made once, waited for, refused when ranks do not fit together. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { inFolder } from "../tests/program.ts";
import { Bitmap } from "./bitmap.ts";
import { UsageError } from "./errors.ts";
import {
  announceReading,
  awaitSession,
  claimMerge,
  isMergeClaimed,
  publishRefusal,
  publishSession,
  readDone,
  removeEarlierDone,
} from "./session.ts";

const SETTLED = { attempt: 3, plan: 0, digest: "d", dead: [] };
const FIRST = { rank: 0, size: 2, session: "T", source: "--rank" };
const OTHER = { ...FIRST, rank: 1 };
const { signal } = new AbortController();

Deno.test("awaitSession() gets what publishSession() made, with the bits of what is done", () =>
  inFolder(async (folder) => {
    const done = new Bitmap(21);
    for (const index of [0, 7, 8, 20]) done.add(index);
    publishSession(folder, FIRST, SETTLED, done);
    const session = await awaitSession(folder, OTHER, { signal });
    assertEquals([session!.attempt, session!.size, session!.done], [3, 2, 4]);
    const read = readDone(folder, "T", session!, 21);
    assertEquals([read.count, read.has(8), read.has(9)], [4, true, false]);
    assertThrows(() => publishSession(folder, FIRST, { ...SETTLED, attempt: 4 }, done), UsageError);
    Deno.writeFileSync(`${folder}/sessions/T.3.done`, new Uint8Array(3));
    assertThrows(() => readDone(folder, "T", session!, 21), UsageError, "it has 0 points");
  }));

Deno.test("awaitSession() says what it cannot see, and where, when its patience ends", () =>
  inFolder(async (folder) => {
    await assertRejects(
      () => awaitSession(`${folder}/out`, OTHER, { signal, waitMs: 50 }),
      UsageError,
      `Cannot begin rank 1 on ${Deno.hostname()}: it cannot see "${folder}/out/sessions/T.json"`,
    );
    // Looking has made nothing that another node might take for a run.
    assertThrows(() => Deno.statSync(`${folder}/out`), Deno.errors.NotFound);
  }));

Deno.test("awaitSession() has more patience once rank 0 is there, and reads ledgers", () =>
  inFolder(async (folder) => {
    const reading = announceReading(folder, FIRST);
    setTimeout(() => publishSession(folder, FIRST, SETTLED, new Bitmap(8)), 300);
    const session = await awaitSession(folder, OTHER, { signal, waitMs: 20 });
    assertEquals(session!.attempt, SETTLED.attempt);
    reading[Symbol.dispose]();
    assertEquals([...Deno.readDirSync(`${folder}/sessions`)].map(({ name }) => name), ["T.json"]);
  }));

Deno.test("awaitSession() refuses another size, another gridiron, and what rank 0 refused", () =>
  inFolder(async (folder) => {
    publishSession(folder, FIRST, SETTLED, new Bitmap(8));
    const refused = (message: string, size = 2, session = "T") =>
      assertRejects(
        () => awaitSession(folder, { ...OTHER, size, session }, { signal }),
        UsageError,
        message,
      );
    await refused("rank 0 is one of 2, this one of 3", 3);
    const path = `${folder}/sessions/T.json`;
    const content = JSON.parse(Deno.readTextFileSync(path));
    Deno.writeTextFileSync(path, JSON.stringify({ ...content, gridiron: "9.9.9" }));
    await refused("rank 0 is gridiron 9.9.9, this one ");
    publishRefusal(folder, { ...FIRST, session: "U" }, "no such thing");
    await refused("rank 0 refused: no such thing", 2, "U");
  }));

Deno.test("removeEarlierDone() leaves what ranks of this start may still read", () =>
  inFolder((folder) => {
    for (const name of ["A.1.done", "B.2.done", "C.d.2.done", "C.12.done", "A.json", "1.done"]) {
      Deno.mkdirSync(`${folder}/sessions`, { recursive: true });
      Deno.writeTextFileSync(`${folder}/sessions/${name}`, "");
    }
    removeEarlierDone(folder, 2);
    const left = [...Deno.readDirSync(`${folder}/sessions`)].map(({ name }) => name).sort();
    assertEquals(left, ["1.done", "A.json", "B.2.done", "C.12.done", "C.d.2.done"]);
    return Promise.resolve();
  }));

Deno.test("claimMerge() is true once", () =>
  inFolder((folder) => {
    publishSession(folder, FIRST, SETTLED, new Bitmap(8));
    assertEquals(isMergeClaimed(folder, "T"), false);
    assertEquals([claimMerge(folder, "T"), claimMerge(folder, "T")], [true, false]);
    assertEquals(isMergeClaimed(folder, "T"), true);
    return Promise.resolve();
  }));
