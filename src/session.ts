/** Sessions: what the ranks of one start know of each other, through files that rank 0 makes. */
import { join } from "@std/path/posix/join";
import { Bitmap } from "./bitmap.ts";
import { removeFolderIfEmpty, removeLeftovers } from "./cleanup.ts";
import { isAbsence, reasonOf, UsageError } from "./errors.ts";
import { isBeingWritten } from "./ledger.ts";
import type { Rank } from "./nodes/ranks.ts";
import type { DeadStart } from "./survey.ts";
import { removeIfThere } from "./text_file.ts";
import { VERSION } from "./version.ts";
import { sleep } from "./sleep.ts";

/** The folder of sessions in a run directory. */
const FOLDER = "sessions";
/** So long the others wait for rank 0; and while it is seen to read what may be many ledgers. */
export const WAIT_MS = 30_000;
const READING_MS = 600_000;
/** Which points are not to be computed, of a session and attempt. */
const DONE_NAME = /\.(\d+)\.done$/;
const FIRST_POLL_MS = 10;
const MAX_POLL_MS = 500;
/** Points of a dead start that are passed on to the ranks, and starts. */
const MAX_SUSPECTS = 256;
const MAX_DEAD = 64;

/** What rank 0 tells the others. */
export interface Session {
  readonly gridiron: string;
  readonly size: number;
  /** The attempt of every ledger of this session. */
  readonly attempt: number;
  /** The newest plan's number in run.json, and the hash of it. */
  readonly plan: number;
  readonly digest: string;
  /** How many points of the grid are not to be computed; with none there is no bit map. */
  readonly done: number;
  readonly dead: readonly DeadStart[];
  /** Why rank 0 did not begin; then the rest means nothing. */
  readonly refused?: string;
}

/** What only rank 0 knows. */
export type Settled = Omit<Session, "gridiron" | "size" | "done" | "refused">;

/**
 * Makes a session known, with a bit for each point that is not to be computed.
 *
 * @throws {UsageError} when another rank 0 did
 */
export function publishSession(
  directory: string,
  { session, size }: Rank,
  settled: Settled,
  done: Bitmap,
): void {
  makeSessionFolder(directory);
  if (done.count > 0) {
    const path = bitmapPath(directory, session, settled.attempt);
    // A node that dies must not leave a file whose length is right and whose bits are not.
    using file = Deno.openSync(path, { write: true, createNew: true });
    for (let at = 0; at < done.bytes.length;) at += file.writeSync(done.bytes.subarray(at));
    file.syncDataSync();
  }
  const dead = settled.dead.slice(-MAX_DEAD).map((start) => ({
    ...start,
    header: {},
    running: start.running.slice(-MAX_SUSPECTS),
    handedOut: start.handedOut.slice(-MAX_SUSPECTS),
  }));
  const content: Session = { gridiron: VERSION, size, ...settled, dead, done: done.count };
  if (!publish(sessionPath(directory, session), content)) throw isTaken(0, session);
}

/** Tells the ranks that wait why there is nothing to wait for; of no account where that fails. */
export function publishRefusal(directory: string, { session, size }: Rank, refused: string): void {
  const nothing = { attempt: 0, plan: 0, digest: "", done: 0, dead: [] };
  try {
    makeSessionFolder(directory);
    publish(sessionPath(directory, session), { gridiron: VERSION, size, ...nothing, refused });
  } catch {
    // They will find out when their patience ends.
  }
}

/** Refuses a session that has begun already. */
export function refuseTaken(directory: string, { session }: Rank): void {
  if (readSession(directory, session) !== undefined) throw isTaken(0, session);
}

/**
 * Tells the ranks that wait that rank 0 is there, and reads what earlier starts left, until it is
 * disposed of or the process ends.
 */
export function announceReading(directory: string, { session }: Rank): Disposable {
  makeSessionFolder(directory);
  const path = readingPath(directory, session);
  const file = Deno.openSync(path, { write: true, create: true });
  try {
    file.tryLockSync(true);
  } catch {
    // The file system has no locks: nobody will wait longer for it.
  }
  return {
    [Symbol.dispose]() {
      removeIfThere(path);
      file.close();
    },
  };
}

/** Whether rank 0 is at that. */
function isReading(directory: string, session: string): boolean {
  try {
    return isBeingWritten(readingPath(directory, session));
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

/** The error of a second process for one rank. */
export function isTaken(rank: number, session: string): UsageError {
  return new UsageError(
    `Cannot begin rank ${rank} of session "${session}": another process is or was that rank, ` +
      "expected one process a rank, and another --session NAME for another start",
  );
}

/**
 * Waits until rank 0 has made a session known; undefined when stopped meanwhile.
 *
 * @throws {UsageError} when it does not come, was refused, or is of another gridiron or size
 */
export async function awaitSession(
  directory: string,
  { rank, size, session }: Rank,
  { signal, waitMs = WAIT_MS }: { signal: AbortSignal; waitMs?: number },
): Promise<Session | undefined> {
  const startMs = performance.now();
  let pollMs = FIRST_POLL_MS;
  for (;;) {
    if (signal.aborted) return undefined;
    const found = readSession(directory, session);
    if (found !== undefined) return checked(found, { rank, size, session });
    const waitedMs = performance.now() - startMs;
    if (waitedMs > waitMs && !(waitedMs < READING_MS && isReading(directory, session))) {
      // It may have come between these looks.
      refreshFolder(directory);
      const late = readSession(directory, session);
      if (late !== undefined) return checked(late, { rank, size, session });
      throw new UsageError(
        `Cannot begin rank ${rank} on ${Deno.hostname()}: it cannot see ` +
          `"${sessionPath(directory, session)}" made by rank 0, expected it within ` +
          `${waitMs / 1000} s: is the folder shared between the nodes, and did rank 0 start?`,
      );
    }
    await sleep(pollMs, signal);
    pollMs = Math.min(pollMs * 1.4, MAX_POLL_MS);
    if (pollMs > 100) refreshFolder(directory);
  }
}

function checked(found: Session, { rank, size, session }: Omit<Rank, "source">): Session {
  if (found.refused !== undefined) throw new UsageError(`rank 0 refused: ${found.refused}`);
  const differs = found.gridiron !== VERSION
    ? `rank 0 is gridiron ${found.gridiron}, this one ${VERSION}`
    : found.size !== size
    ? `rank 0 is one of ${found.size}, this one of ${size}`
    : undefined;
  if (differs === undefined) return found;
  throw new UsageError(
    `Cannot begin rank ${rank} of session "${session}": ${differs}, expected the same everywhere`,
  );
}

/** The points that are not to be computed. */
export function readDone(directory: string, name: string, session: Session, size: number): Bitmap {
  if (session.done === 0) return new Bitmap(size);
  const path = bitmapPath(directory, name, session.attempt);
  let done: Bitmap;
  try {
    done = new Bitmap(size, Deno.readFileSync(path));
  } catch (error) {
    throw new UsageError(`Cannot read "${path}": ${reasonOf(error)}`, { cause: error });
  }
  if (done.count === session.done) return done;
  throw new UsageError(
    `Cannot use "${path}": it has ${done.count} points, expected ${session.done}; start anew`,
  );
}

/** Whether this rank is the one that merges: the first to say so, in the folder of sessions. */
export function claimMerge(directory: string, session: string): boolean {
  try {
    Deno.openSync(join(directory, FOLDER, `${session}.merge`), { write: true, createNew: true })
      .close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

/** Takes that back, as the merge came to nothing. */
export function unclaimMerge(directory: string, session: string): void {
  removeIfThere(join(directory, FOLDER, `${session}.merge`));
}

/** Whether some rank of a session went about merging. */
export function isMergeClaimed(directory: string, session: string): boolean {
  try {
    return Deno.statSync(join(directory, FOLDER, `${session}.merge`)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Has the system look at the folder anew: some file systems remember for seconds that a name was
 * not there, until something is made beside it.
 */
function refreshFolder(directory: string): void {
  const probe = join(directory, FOLDER, `.probe-${crypto.randomUUID()}`);
  try {
    Deno.writeFileSync(probe, new Uint8Array(), { createNew: true });
    removeIfThere(probe);
  } catch {
    // The folder is not there yet.
  }
}

/** Makes the folder of sessions in a directory. */
export function makeSessionFolder(directory: string): void {
  const folder = join(directory, FOLDER);
  Deno.mkdirSync(folder, { recursive: true });
  if (Deno.lstatSync(folder).isSymlink) {
    throw new UsageError(`Cannot write to "${folder}": it is a link, expected a folder`);
  }
}

/** Removes a session and what was made in its folder by the way; and that, unless it holds more. */
export function removeSession(directory: string, session: string): void {
  const folder = join(directory, FOLDER);
  try {
    removeIfThere(sessionPath(directory, session));
    removeLeftovers(folder, { isDeep: false, living: () => new Set() });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  removeFolderIfEmpty(folder);
}

/** Removes what told ranks of earlier starts which points were done: they began, or never will. */
export function removeEarlierDone(directory: string, attempt: number): void {
  const folder = join(directory, FOLDER);
  for (const { name } of [...Deno.readDirSync(folder)]) {
    const [, earlier] = DONE_NAME.exec(name) ?? [];
    if (earlier !== undefined && Number(earlier) < attempt) removeIfThere(join(folder, name));
  }
}

function readingPath(directory: string, session: string): string {
  return join(directory, FOLDER, `${session}.reading`);
}

function sessionPath(directory: string, session: string): string {
  return join(directory, FOLDER, `${session}.json`);
}

function bitmapPath(directory: string, session: string, attempt: number): string {
  return join(directory, FOLDER, `${session}.${attempt}.done`);
}

/** The session of a name; undefined when there is none, or not all of it yet. */
export function readSession(directory: string, session: string): Session | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(sessionPath(directory, session)));
  } catch (error) {
    if (error instanceof SyntaxError || isAbsence(error)) return undefined;
    throw error;
  }
}

/** Gives a file its name and content at once; false when the name is taken. */
function publish(path: string, content: Session): boolean {
  const text = JSON.stringify(content) + "\n";
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  writeNew(temporary, text);
  try {
    Deno.linkSync(temporary, path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    return writeUnlinked(path, text);
  } finally {
    removeIfThere(temporary);
  }
}

/** Where the file system has no links; readers wait for a whole file. */
function writeUnlinked(path: string, text: string): boolean {
  try {
    writeNew(path, text);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

function writeNew(path: string, text: string): void {
  using file = Deno.openSync(path, { write: true, createNew: true });
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
  file.syncDataSync();
}
