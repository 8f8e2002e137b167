/** The ledger of one rank's share of a map: results as they come, read by rank 0 meanwhile. */
import { Ledger, ledgerPath } from "./ledger.ts";
import { readNote } from "./ledger_line.ts";
import type { Rank } from "./nodes/ranks.ts";

/** What is printed of one task. */
export interface Outcome {
  readonly text: string;
  /** Why the task failed, as a line for the user; undefined when it did not. */
  readonly failure: string | undefined;
}

/** How a share ended. */
export type Ending =
  | { readonly kind: "done" }
  | { readonly kind: "stopped"; readonly code: number }
  | { readonly kind: "failed"; readonly message: string; readonly isUsage: boolean };

/** Who writes a ledger, as its first line says. */
interface Header {
  readonly host: string;
  readonly session: string;
}

/** A line between them: results, with failures by their place in it; or a sign of life. */
interface Batch {
  readonly texts?: readonly string[];
  readonly failures?: readonly (readonly [place: number, failure: string])[];
  readonly ending?: Ending;
}

/** Each session gathers in a directory of its own, so that there is one attempt. */
const ATTEMPT = 1;
/** Results are written together as they come in so short a time, or when they are so long. */
const BATCH_MS = 20;
const BATCH_CHARACTERS = 1 << 14;
/** A rank from which nothing comes gives a sign of life so often; it looks every second. */
export const BEAT_MS = 2000;
const LOOK_MS = 1000;
/** Read at once, within these; a longer line makes it larger. */
const MIN_CHUNK_BYTES = 1 << 12;
const MAX_CHUNK_BYTES = 1 << 16;
/** Of all ranks together, so that what is held does not grow with them. */
const GATHER_BYTES = 1 << 24;
/** First and last lines are within so many bytes, unless they are results. */
const NOTE_BYTES = 4096;
/** Of an error; so that its line is short enough to be found. */
const MAX_MESSAGE_CHARACTERS = 1000;

const LINE_FEED = 10;

/** Where the results of a rank are. */
export function shareLedgerPath(directory: string, rank: number): string {
  return ledgerPath(directory, rank, ATTEMPT);
}

/** Writes the results of a share, and signs of life until it is closed. */
export class MapLedger implements Disposable {
  readonly #ledger: Ledger;
  readonly #onBroken: (error: unknown) => void;
  readonly #beat = setInterval(() => this.#unlessBroken(() => this.#signOfLife()), LOOK_MS);
  #soon: ReturnType<typeof setTimeout> | undefined;
  #writtenMs = performance.now();
  #texts: string[] = [];
  #failures: [number, string][] = [];
  #characters = 0;
  #ending: Ending | undefined;

  private constructor(ledger: Ledger, onBroken: (error: unknown) => void) {
    this.#ledger = ledger;
    this.#onBroken = onBroken;
  }

  /**
   * Begins the ledger of a rank; undefined when somebody else did. `onBroken` is told what goes
   * wrong between two calls.
   */
  static claim(
    directory: string,
    { rank, session }: Rank,
    onBroken: (error: unknown) => void,
  ): MapLedger | undefined {
    const header: Header = { host: Deno.hostname(), session };
    const ledger = Ledger.claim(directory, { rank, attempt: ATTEMPT }, {
      ...header,
      pid: Deno.pid,
    });
    return ledger && new MapLedger(ledger, onBroken);
  }

  /** Says that this rank has found its session. */
  join(): void {
    this.#ledger.note({ joined: true });
  }

  /** The next result of the share. */
  add({ text, failure }: Outcome): void {
    if (failure !== undefined) this.#failures.push([this.#texts.length, failure]);
    this.#texts.push(text);
    this.#characters += text.length + (failure?.length ?? 0);
    if (this.#characters > BATCH_CHARACTERS) this.#flush();
    else this.#soon ??= setTimeout(() => this.#unlessBroken(() => this.#flush()), BATCH_MS);
  }

  /** No more results come; signs of life do. */
  end(ending: Ending): void {
    this.#flush();
    this.#ending = ending.kind === "failed"
      ? { ...ending, message: shortened(ending.message) }
      : ending;
    this.#ledger.close({ ending: this.#ending });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#beat);
    clearTimeout(this.#soon);
    this.#ledger[Symbol.dispose]();
  }

  #flush(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    if (this.#texts.length === 0) return;
    const batch: Batch = {
      texts: this.#texts,
      ...this.#failures.length > 0 ? { failures: this.#failures } : {},
    };
    [this.#texts, this.#failures, this.#characters] = [[], [], 0];
    this.#ledger.note({ ...batch });
    this.#writtenMs = performance.now();
  }

  #signOfLife(): void {
    if (performance.now() - this.#writtenMs >= BEAT_MS) {
      this.#ledger.note({ ending: this.#ending });
      this.#writtenMs = performance.now();
    }
    this.#ledger.syncIfDue();
  }

  #unlessBroken(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#onBroken(error);
    }
  }
}

/** A message whose line is short enough to be found: no character takes more than three bytes. */
function shortened(message: string): string {
  return message.toWellFormed().replaceAll(/\p{Cc}+/gu, " ").slice(0, MAX_MESSAGE_CHARACTERS);
}

/** Reads the results of a share while it is written; holds a chunk of them. */
export class ShareReader {
  readonly path: string;
  readonly #chunkBytes: number;
  #offset = 0;
  #ready: Outcome[] = [];
  #next = 0;
  /** How the share ended; undefined while it goes on. */
  ending: Ending | undefined;

  constructor(directory: string, { rank, size }: Pick<Rank, "rank" | "size">) {
    this.path = shareLedgerPath(directory, rank);
    const portion = Math.min(MAX_CHUNK_BYTES, Math.floor(GATHER_BYTES / size));
    this.#chunkBytes = Math.max(MIN_CHUNK_BYTES, portion);
  }

  /** The next result; undefined when it is not read yet. */
  take(): Outcome | undefined {
    const outcome = this.#ready[this.#next];
    if (outcome === undefined) return undefined;
    if (++this.#next === this.#ready.length) [this.#ready, this.#next] = [[], 0];
    return outcome;
  }

  /**
   * Reads on when all was taken; whether there was anything. The file is opened each time: that is
   * when a network's file system looks for what other nodes wrote.
   *
   * @throws {Error} for a line that is not as it was written
   */
  read(): boolean {
    using file = openIfThere(this.path);
    if (file === undefined) return false;
    for (let sizeBytes = this.#chunkBytes;; sizeBytes *= 2) {
      const bytes = readAt(file, this.#offset, sizeBytes);
      const end = bytes.lastIndexOf(LINE_FEED) + 1;
      if (end > 0) {
        for (let at = 0; at < end;) at = this.#takeLine(bytes, at);
        this.#offset += end;
        return true;
      }
      if (bytes.length < sizeBytes) return false;
    }
  }

  /** Takes the line that begins at a place; returns where the next one does. */
  #takeLine(bytes: Uint8Array, start: number): number {
    const end = bytes.indexOf(LINE_FEED, start);
    const note: Batch | undefined = readNote(bytes.subarray(start, end));
    if (note === undefined) {
      throw new Error(
        `Cannot read "${this.path}": the line at byte ${this.#offset + start} is damaged, ` +
          "expected it as it was written",
      );
    }
    const { texts = [], failures = [], ending } = note;
    const failed = new Map(failures);
    for (const [i, text] of texts.entries()) this.#ready.push({ text, failure: failed.get(i) });
    this.ending = ending;
    return end + 1;
  }
}

/** How a share stands, by the ends of its ledger. */
interface ShareState {
  readonly sizeBytes: number;
  /** Undefined until its first line is there. */
  readonly host: string | undefined;
  /** There is more than that: the rank has found its session. */
  readonly isJoined: boolean;
  /** Undefined while it goes on. */
  readonly ending: Ending | undefined;
}

/** How the share of a rank stands; undefined when it has no ledger. */
export function readShareState(directory: string, rank: number): ShareState | undefined {
  using file = openIfThere(shareLedgerPath(directory, rank));
  if (file === undefined) return undefined;
  const sizeBytes = file.statSync().size;
  const first = readAt(file, 0, NOTE_BYTES);
  const last = readAt(file, Math.max(0, sizeBytes - NOTE_BYTES), NOTE_BYTES);
  const end = last.lastIndexOf(LINE_FEED);
  const start = end <= 0 ? 0 : last.lastIndexOf(LINE_FEED, end - 1) + 1;
  const firstEnd = first.indexOf(LINE_FEED);
  const header: Partial<Header> | undefined = lineOf(first, 0, firstEnd);
  const batch: Batch | undefined = lineOf(last, start, end);
  const isJoined = firstEnd > 0 && sizeBytes > firstEnd + 1;
  return { sizeBytes, host: header?.host, isJoined, ending: batch?.ending };
}

function lineOf(bytes: Uint8Array, start: number, end: number) {
  return end <= start ? undefined : readNote(bytes.subarray(start, end));
}

function openIfThere(path: string): Deno.FsFile | undefined {
  try {
    return Deno.openSync(path, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** At most so many bytes from a place on: fewer at the end of the file. */
function readAt(file: Deno.FsFile, offset: number, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  file.seekSync(offset, Deno.SeekMode.Start);
  let held = 0;
  while (held < sizeBytes) {
    const read = file.readSync(bytes.subarray(held));
    if (read === null) break;
    held += read;
  }
  return bytes.subarray(0, held);
}
