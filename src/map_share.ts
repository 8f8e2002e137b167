/** A rank's share of a map: what it computes, and what it leaves where the ranks gather. */
import { dirname } from "@std/path/posix/dirname";
import { join } from "@std/path/posix/join";
import { removeFolderIfEmpty } from "./cleanup.ts";
import { messageOf, reasonOf, UsageError } from "./errors.ts";
import { type Ending, MapLedger, type Outcome, shareLedgerPath } from "./map_ledger.ts";
import { isRun } from "./manifest.ts";
import type { Rank } from "./nodes/ranks.ts";
import type { RankLife } from "./rank_watch.ts";
import { isTaken, makeSessionFolder, removeSession } from "./session.ts";
import { ownerCounter } from "./share.ts";
import { removeIfThere } from "./text_file.ts";

/** A map of which this process is one rank. */
export interface RankedMap {
  readonly rank: Rank;
  /** The user's, in which the ranks make a directory to gather in. */
  readonly folder: string;
  /** Tasks of all ranks. */
  readonly count: number;
  /** What all ranks must agree on, as text. */
  readonly command: string;
  /** Its reason is the exit code. */
  readonly signal: AbortSignal;
  /** What comes of some of the tasks, in their order. */
  outcomes(tasks: Iterable<number>, signal: AbortSignal): AsyncIterable<Outcome>;
}

/** This rank's share, and what it leaves in the directory. */
export class Share implements AsyncDisposable {
  readonly #map: RankedMap;
  readonly #stop = new AbortController();
  #ledger: MapLedger | undefined;
  #ended: Promise<void> = Promise.resolve();
  /** Goes off when the share is to end: at a signal, at the end, or because something broke. */
  readonly signal: AbortSignal;
  /** How the share ended; undefined while it goes on. */
  ending: Ending | undefined;
  /** Why it cannot go on; undefined when it can. */
  broken: { readonly error: unknown } | undefined;
  /** The directory is known to be where rank 0 of this session gathers. */
  isJoined = false;

  private constructor(map: RankedMap) {
    this.#map = map;
    this.signal = AbortSignal.any([map.signal, this.#stop.signal]);
    this.isJoined = map.rank.rank === 0;
  }

  /**
   * Makes the directory, and the ledger of this rank in it.
   *
   * @throws {UsageError} when another process is or was this rank, or there can be no directory
   */
  static claim(map: RankedMap): Share {
    const { folder, rank } = map;
    const directory = gatheringOf(folder, rank.session);
    if (isRun(directory)) {
      throw new UsageError(
        `Cannot gather in "${directory}": it is a run directory, expected another --session NAME`,
      );
    }
    const share = new Share(map);
    try {
      // Some file systems remember for long that a folder was not there: so each rank makes it.
      makeSessionFolder(directory);
      share.#ledger = MapLedger.claim(directory, rank, (error) => share.#break(error));
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw new UsageError(
        `Cannot gather in "${directory}": ${reasonOf(error)}, expected a folder that all ranks ` +
          "can write to",
        { cause: error },
      );
    }
    if (share.#ledger === undefined) throw isTaken(rank.rank, rank.session);
    return share;
  }

  /** Joins the session, and computes while others are waited for. */
  begin(): void {
    this.#ledger!.join();
    this.#ended = this.#compute();
  }

  /** Ends it before it began, so that rank 0 hears why. */
  refuse(error: Error): Error {
    this.#end({ kind: "failed", message: error.message, isUsage: true });
    return error;
  }

  /** The error of a rank that has lost rank 0: then all the others clear up. */
  bereft({ place, why }: RankLife): Error {
    const { rank, size } = this.#map.rank;
    clearGathering(this.#map.folder, this.#map.rank);
    return new Error(
      `Cannot go on as rank ${rank} of ${size}: rank 0${place} ${why}, expected it to print the ` +
        "results; the same command computes all anew",
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { folder, rank } = this.#map;
    const directory = gatheringOf(folder, rank.session);
    this.#stop.abort();
    await this.#ended;
    this.#ledger?.[Symbol.dispose]();
    const hasFirst = rank.rank > 0 && exists(shareLedgerPath(directory, 0));
    if (!this.isJoined) removeIfThere(shareLedgerPath(directory, rank.rank));
    // The session is rank 0's, and what was written for that stays until it has read it.
    if (hasFirst) return;
    if (this.isJoined) clearGathering(folder, rank);
    else {
      removeSession(directory, rank.session);
      removeFolders(directory);
    }
  }

  async #compute(): Promise<void> {
    const { rank: { rank, size }, count, outcomes, signal } = this.#map;
    try {
      for await (const outcome of outcomes(shareOf({ rank, size, count }), this.signal)) {
        this.#ledger!.add(outcome);
      }
      this.#end({ kind: "done" });
    } catch (error) {
      if (signal.aborted) {
        this.#end({ kind: "stopped", code: signal.reason as number });
        return;
      }
      if (this.#stop.signal.aborted) return;
      const isUsage = error instanceof TypeError || error instanceof UsageError;
      this.#end({ kind: "failed", message: messageOf(error), isUsage });
      // Of the other ranks, rank 0 tells it.
      if (rank === 0) this.#break(error);
    }
  }

  #end(ending: Ending): void {
    this.ending = ending;
    try {
      this.#ledger!.end(ending);
    } catch (error) {
      this.#break(error);
    }
  }

  #break(error: unknown): void {
    this.broken ??= { error };
    this.#stop.abort();
  }
}

/** The tasks of a rank: as many as of any other, and never in step with what makes some long. */
function shareOf(
  { rank, size, count }: { readonly rank: number; readonly size: number; readonly count: number },
): Iterable<number> {
  return {
    *[Symbol.iterator]() {
      const owner = ownerCounter(size);
      for (let index = 0; index < count; index++) if (owner() === rank) yield index;
    },
  };
}

/** Where the ranks of a session gather: in a folder that all of them see, the user's own. */
export function gatheringOf(folder: string, session: string): string {
  return join(folder, `map-${session}`);
}

/**
 * Removes what the ranks of a session left where they gathered in the user's folder, and the
 * directory; whether there was one.
 */
export function clearGathering(folder: string, { size, session }: Omit<Rank, "source">): boolean {
  const directory = gatheringOf(folder, session);
  const wasThere = exists(directory);
  for (let rank = 0; rank < size; rank++) removeIfThere(shareLedgerPath(directory, rank));
  removeSession(directory, session);
  removeFolders(directory);
  return wasThere;
}

function removeFolders(directory: string): void {
  removeFolderIfEmpty(dirname(shareLedgerPath(directory, 0)));
  removeFolderIfEmpty(directory);
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
