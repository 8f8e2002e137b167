/**
 * A rank as it can be followed from outside: by what is appended to its ledger. Lines are counted
 * and not checked: what is wrong with one is for those to find who use it.
 */
import { isAbsence } from "./errors.ts";
import { isAbandoned, readLines } from "./ledger.ts";
import { readNote } from "./ledger_line.ts";

/** What a rank has done so far. */
export interface RankProgress {
  readonly rank: number;
  readonly state: "waiting" | "running" | "ended" | "died";
  /** Points with a row or a failure, and how many of them failed. */
  readonly points: number;
  readonly failed: number;
  readonly elapsedMs: number;
  /** CPU time of the process, and that of all CPUs it could have had; 0 before it told them. */
  readonly cpuMs: number;
  readonly availableMs: number;
}

/** A rank of this host that was silent for so long is asked for by its lock. */
const SILENT_MS = 2000;

const BRACKET = 0x5b;
const BRACE = 0x7b;
const COMMA = 0x2c;
const QUOTE = 0x22;
/**
 * Notes begin with `["note",{"`. These are the names that come first in those that tell much: those
 * of `provenance()`, of `Meter.note()`, and of the last line, which `runMissing()` writes.
 */
const NOTE_BYTES = 10;
const TELLING = ["gridiron", "cpu_ms", "closed"];

const decoder = new TextDecoder();

/** The ledger of one rank's attempt, read as it grows. */
export class FollowedRank {
  #offset = 0;
  #points = 0;
  #failed = 0;
  #cpuMs = 0;
  #availableMs = 0;
  #host: unknown;
  #startMs: number | undefined;
  #endMs: number | undefined;
  #newsMs = performance.now();
  #isDead = false;

  constructor(readonly rank: number, readonly path: string) {}

  /** Reads what is new; `nowMs` since 1970. */
  look(nowMs: number): RankProgress {
    if (this.#endMs === undefined) this.#read();
    const { rank } = this;
    const [startMs, endMs] = [this.#startMs, this.#endMs];
    return {
      ...{ rank, state: this.#state(), points: this.#points, failed: this.#failed },
      elapsedMs: startMs === undefined ? 0 : Math.max(0, (endMs ?? nowMs) - startMs),
      ...{ cpuMs: this.#cpuMs, availableMs: this.#availableMs },
    };
  }

  #state(): RankProgress["state"] {
    if (this.#startMs === undefined) return "waiting";
    if (this.#endMs !== undefined) return "ended";
    const isSilent = performance.now() - this.#newsMs > SILENT_MS;
    if (isSilent && this.#host === Deno.hostname()) this.#isDead = isAbandoned(this.path);
    return this.#isDead ? "died" : "running";
  }

  #read(): void {
    try {
      readLines(this.path, { from: this.#offset, to: Infinity }, (bytes, start, end, place) => {
        // A last line may be half written: it is read again.
        if (end < 0) return;
        this.#offset = place.offset + place.length;
        this.#newsMs = performance.now();
        if (bytes[start] !== BRACKET) return;
        if (bytes[start + 1] !== QUOTE) this.#take(bytes, start);
        else this.#hear(bytes.subarray(start, end));
      });
    } catch (error) {
      // It has not begun.
      if (!isAbsence(error)) throw error;
    }
  }

  /** A point: `[index,[…` or `[index,{"error":…`. */
  #take(bytes: Uint8Array, start: number): void {
    let at = start + 1;
    while (bytes[at] !== COMMA && at < bytes.length) at++;
    this.#points++;
    if (bytes[at + 1] === BRACE) this.#failed++;
  }

  /** A note; those that come with every batch are not parsed. */
  #hear(line: Uint8Array): void {
    const name = decoder.decode(line.subarray(NOTE_BYTES, NOTE_BYTES + 12)).split('"')[0]!;
    const note = TELLING.includes(name) ? readNote(line) : undefined;
    if (note === undefined) return;
    if (note.gridiron !== undefined) {
      this.#host = note.host;
      this.#startMs = Date.parse(String(note.start));
    }
    if (typeof note.cpu_ms === "number" && typeof note.wall_ms === "number") {
      this.#cpuMs = note.cpu_ms;
      this.#availableMs = note.wall_ms * Number(note.cpus);
    }
    if (note.closed !== undefined) this.#endMs = Date.parse(String(note.closed));
  }
}
