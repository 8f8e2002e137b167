/** Ledgers: append-only files of finished points, one a rank and attempt. */
import { join } from "@std/path/posix/join";
import { isAbsence, UsageError } from "./errors.ts";
import { emptyLine, isIntact, type Line, noteLine, readNote, readPoint } from "./ledger_line.ts";

/** The folder of ledgers in a run directory. */
const FOLDER = "ledger";
const LEDGER_NAME = /^(\d+)-(\d+)\.ndjson$/;
/** How often what was written is forced to disk. */
const SYNC_INTERVAL_MS = 2000;
/** Bytes read at once; a longer line is damage. */
const CHUNK_BYTES = 1 << 20;
/** Attempts of one rank. */
const MAX_ATTEMPTS = 1e6;
/** A ledger on another machine that was written to so recently belongs to a living process. */
const ALIVE_MS = 60_000;
/** The first line, with a long command in it, is within so many bytes; the last one in these. */
const HEAD_BYTES = 1 << 18;
const TAIL_BYTES = 4096;

const LINE_FEED = 10;
const OPENING_BRACKET = 91;

/** The points of a ledger are not on disk although they were written. */
export class LostLedger extends Error {
  override readonly name = "LostLedger";
}

/** A ledger being written: exclusively ours, never changed but at its end. */
export class Ledger implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #bytes = 0;
  #syncedMs = performance.now();
  #isDirty = false;

  private constructor(path: string, readonly rank: number, readonly attempt: number) {
    this.#path = path;
    this.#file = Deno.openSync(path, { write: true, createNew: true });
    try {
      // The lock goes with the process, however that ends. Who looks at it holds it for a moment.
      this.#file.lockSync(true);
    } catch {
      // The file system has no locks.
    }
  }

  /** Begins the next free attempt of a rank, with a first line that tells who writes. */
  static begin(directory: string, rank: number, header: Readonly<Record<string, unknown>>): Ledger {
    const folder = makeFolder(directory);
    const before = [...Deno.readDirSync(folder)].map(({ name }) => LEDGER_NAME.exec(name))
      .filter((match) => match !== null && Number(match[1]) === rank);
    let attempt = before.reduce((last, match) => Math.max(last, Number(match![2])), 0) + 1;
    for (; attempt < MAX_ATTEMPTS; attempt++) {
      const ledger = Ledger.#create(folder, rank, attempt, header);
      if (ledger !== undefined) return ledger;
    }
    throw new RangeError(
      `Cannot begin a ledger in "${folder}": ${attempt} attempts, expected fewer`,
    );
  }

  /** Begins one attempt of a rank; undefined when somebody else did. */
  static claim(
    directory: string,
    { rank, attempt }: { readonly rank: number; readonly attempt: number },
    header: Readonly<Record<string, unknown>>,
  ): Ledger | undefined {
    return Ledger.#create(makeFolder(directory), rank, attempt, header);
  }

  static #create(
    folder: string,
    rank: number,
    attempt: number,
    header: Readonly<Record<string, unknown>>,
  ): Ledger | undefined {
    try {
      const ledger = new Ledger(join(folder, `${rank}-${attempt}.ndjson`), rank, attempt);
      ledger.append(noteLine({ ...header, rank, attempt }));
      return ledger;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      return undefined;
    }
  }

  /** Hands lines to the system, and every other second to the disk. */
  append(lines: Uint8Array): void {
    for (let at = 0; at < lines.length;) at += this.#file.writeSync(lines.subarray(at));
    this.#bytes += lines.length;
    this.#isDirty = true;
    this.syncIfDue();
  }

  /** Forces what was written to disk when the last time is a while ago; called every second. */
  syncIfDue(): void {
    const nowMs = performance.now();
    if (!this.#isDirty || nowMs - this.#syncedMs < SYNC_INTERVAL_MS) return;
    this.#file.syncDataSync();
    this.#syncedMs = nowMs;
    this.#isDirty = false;
  }

  /** A line that is no point. */
  note(note: Readonly<Record<string, unknown>>): void {
    this.append(noteLine(note));
  }

  /**
   * The last line, and all of it on disk.
   *
   * @throws {LostLedger} when somebody removed or changed the file meanwhile
   */
  close(note: Readonly<Record<string, unknown>>): void {
    this.note(note);
    this.#file.syncDataSync();
    if (this.#isThere()) return;
    throw new LostLedger(
      `Cannot close "${this.#path}": somebody removed or changed it while it was written, ` +
        "expected it untouched; its points have to be made again",
    );
  }

  /** Whether the file is under its name as it was written, as far as its ends tell. */
  #isThere(): boolean {
    try {
      using file = Deno.openSync(this.#path, { read: true });
      const [found, own] = [file.statSync(), this.#file.statSync()];
      const first = new Uint8Array(1);
      file.readSync(first);
      return found.ino === own.ino && found.dev === own.dev && found.size === this.#bytes &&
        first[0] === OPENING_BRACKET;
    } catch (error) {
      if (isAbsence(error)) return false;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

function makeFolder(directory: string): string {
  const folder = join(directory, FOLDER);
  Deno.mkdirSync(folder, { recursive: true });
  if (Deno.lstatSync(folder).isSymlink) {
    throw new UsageError(`Cannot write to "${folder}": it is a link, expected a folder`);
  }
  return folder;
}

/** Where the ledger of a rank's attempt is, or would be. */
export function ledgerPath(directory: string, rank: number, attempt: number): string {
  return join(directory, FOLDER, `${rank}-${attempt}.ndjson`);
}

/** The highest attempt of any rank; 0 when there is none. */
export function lastAttempt(directory: string): number {
  return listLedgers(directory).reduce((last, path) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return Math.max(last, Number(LEDGER_NAME.exec(name)![2]));
  }, 0);
}

/** Whether the process that writes a ledger is alive, as far as this host can tell. */
export function isBeingWritten(path: string): boolean {
  using file = Deno.openSync(path, { read: true });
  try {
    // A lock that many can have: none who looks takes another one for the writer, and network file
    // systems want a file open for writing for the other kind.
    return !file.tryLockSync(false);
  } catch {
    // The file system has no locks: nothing is known.
    return false;
  }
}

/** Whether a ledger is known to have no writer; of one that has gone nothing is known. */
export function isAbandoned(path: string): boolean {
  try {
    return !isBeingWritten(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Whether the process on `host` that began a ledger may live: here its lock tells, elsewhere that
 * it wrote lately. Nothing is known where the ledger does not say where that is.
 */
export function mayBeWritten(path: string, host: unknown, nowMs = Date.now()): boolean {
  if (host === Deno.hostname()) return isBeingWritten(path);
  const changedMs = Deno.statSync(path).mtime?.getTime() ?? nowMs;
  return host !== undefined && nowMs - changedMs < ALIVE_MS;
}

/** Who may be writing a run directory, as `rank-attempt`: ledgers without a last line. */
export function livingWriters(directory: string): Set<string> {
  const living = new Set<string>();
  for (const path of listLedgers(directory)) {
    if (closingOf(path) !== undefined || !mayBeWritten(path, hostOf(path))) continue;
    living.add(path.slice(path.lastIndexOf("/") + 1, -".ndjson".length));
  }
  return living;
}

/** The last line of a ledger; undefined when it has none. */
export function closingOf(path: string): Record<string, unknown> | undefined {
  let closing: Record<string, unknown> | undefined;
  const from = Math.max(0, Deno.statSync(path).size - TAIL_BYTES);
  const note = (note: Record<string, unknown>) => {
    if (note.closed !== undefined) closing = note;
  };
  readLedger(path, { note, point() {} }, from);
  return closing;
}

/** Where a ledger was begun, as its first line says. */
export function hostOf(path: string): unknown {
  let host: unknown;
  readLedger(path, { note: (note) => host ??= note.host, point() {} }, 0, HEAD_BYTES);
  return host;
}

/** Paths of all ledgers of a run directory, by rank and attempt. */
export function listLedgers(directory: string): string[] {
  const folder = join(directory, FOLDER);
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(folder)];
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
  return entries.map(({ name }) => LEDGER_NAME.exec(name)).filter((match) => match !== null)
    .sort((a, b) => Number(a[1]) - Number(b[1]) || Number(a[2]) - Number(b[2]))
    .map((match) => join(folder, match[0]));
}

/** What a reader of ledgers is told. */
export interface LedgerVisitor {
  /** A note: the first line, the last one. */
  note(note: Record<string, unknown>): void;
  /** A point. `line` and `bytes` are used again: what is kept must be copied. */
  point(line: Line, bytes: Uint8Array, place: LinePlace): void;
}

/** Where a line lies in its file. */
export interface LinePlace {
  offset: number;
  length: number;
}

/**
 * Reads a ledger from byte `from` to byte `to`, a chunk at a time; returns how many lines were
 * dropped because they are torn or damaged.
 */
export function readLedger(
  path: string,
  visitor: LedgerVisitor,
  from = 0,
  to = Infinity,
): number {
  const line = emptyLine();
  let dropped = 0;
  readLines(path, { from, to }, (bytes, start, end, place) => {
    if (end < 0 || !isIntact(bytes, start, end)) dropped++;
    else if (readPoint(bytes, start, end, line)) visitor.point(line, bytes, place);
    else {
      const note = readNote(bytes.subarray(start, end));
      if (note !== undefined) visitor.note(note);
    }
  });
  return dropped;
}

/**
 * Gives every line of a file as the bytes `start`…`end` − 1 of a buffer, without its line feed. A
 * line that ends with the file, or is longer than the buffer, comes once, with an end of −1.
 */
export function readLines(
  path: string,
  { from, to }: { from: number; to: number },
  take: (bytes: Uint8Array, start: number, end: number, place: LinePlace) => void,
): void {
  using file = Deno.openSync(path, { read: true });
  if (from > 0) file.seekSync(from, Deno.SeekMode.Start);
  // What is appended from now on belongs to the next reader.
  let left = Math.min(to, file.statSync().size) - from;
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(left, 1)));
  const place: LinePlace = { offset: from, length: 0 };
  let held = 0;
  let isOverlong = false;
  while (left > 0) {
    const room = buffer.subarray(held, Math.min(held + left, buffer.length));
    const read = file.readSync(room);
    if (read === null) break;
    left -= read;
    const filled = held + read;
    let start = 0;
    const whole = buffer.subarray(0, filled);
    for (;;) {
      const end = whole.indexOf(LINE_FEED, start);
      if (end < 0) break;
      place.length = end + 1 - start;
      if (!isOverlong) take(buffer, start, end, place);
      isOverlong = false;
      place.offset += place.length;
      start = end + 1;
    }
    held = filled - start;
    if (held === buffer.length) {
      if (!isOverlong) take(buffer, 0, -1, place);
      isOverlong = true;
      place.offset += held;
      held = 0;
    } else buffer.copyWithin(0, start, filled);
  }
  if (held > 0 && !isOverlong) take(buffer, 0, -1, place);
}
