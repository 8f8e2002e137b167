/** Which ranks of a session still live: by what their ledgers grow, and by the locks on them. */
import { isAbandoned } from "./ledger.ts";
import { BEAT_MS, type Ending, readShareState, shareLedgerPath } from "./map_ledger.ts";

/** A rank that grows no more, and whose lock is free on its own host, is dead. */
const QUIET_MS = 2.5 * BEAT_MS;
/** Elsewhere a lock may not be seen: one that is silent for so long is given up. */
const SILENT_MS = 60_000;

/** How a rank stands. */
export interface RankLife {
  /** It has no ledger, lives as far as one can tell, or does not. */
  readonly kind: "absent" | "alive" | "lost";
  /** ` on HOST`, when that is known. */
  readonly place: string;
  /** Of a lost one: what it did. */
  readonly why: string;
  /** How its share ended; undefined while that goes on. */
  readonly ending: Ending | undefined;
}

/** What was seen of a rank. */
interface Seen {
  readonly sizeBytes: number;
  readonly sinceMs: number;
}

const ABSENT: RankLife = { kind: "absent", place: "", why: "", ending: undefined };

/** Watches the ranks that gather in a directory. */
export class RankWatch {
  readonly #directory: string;
  readonly #seen = new Map<number, Seen>();
  /**
   * Time that was spent waiting. A clock would count the time in which nobody ran, and ranks that
   * were suspended together would give each other up.
   */
  waitedMs = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** How a rank stands now. */
  look(rank: number): RankLife {
    const state = readShareState(this.#directory, rank);
    if (state === undefined) return ABSENT;
    const { sizeBytes, host, ending } = state;
    const place = host === undefined ? "" : ` on ${host}`;
    const alive: RankLife = { kind: "alive", place, why: "", ending };
    const seen = this.#seen.get(rank);
    if (seen?.sizeBytes !== sizeBytes) {
      this.#seen.set(rank, { sizeBytes, sinceMs: this.waitedMs });
      return alive;
    }
    const quietMs = this.waitedMs - seen.sinceMs;
    const isAskable = quietMs >= QUIET_MS && host === Deno.hostname();
    if (isAskable && isAbandoned(shareLedgerPath(this.#directory, rank))) {
      return { ...alive, kind: "lost", why: "ended without a word" };
    }
    if (quietMs < SILENT_MS) return alive;
    return { ...alive, kind: "lost", why: `gave no sign of life for ${SILENT_MS / 1000} s` };
  }
}
