/** A map as one of several ranks: each computes a share, rank 0 gives the results of all. */
import { Bitmap } from "./bitmap.ts";
import { sha256 } from "./checksum.ts";
import { UsageError } from "./errors.ts";
import { type Outcome, readShareState, ShareReader } from "./map_ledger.ts";
import { gatheringOf, type RankedMap, Share } from "./map_share.ts";
import { RankWatch } from "./rank_watch.ts";
import { awaitSession, publishSession, WAIT_MS } from "./session.ts";
import { ownerCounter } from "./share.ts";
import { sleep } from "./sleep.ts";

/** Time between two looks at what others wrote. */
const FIRST_LOOK_MS = 10;
const MAX_LOOK_MS = 500;
/** What ends all ranks ends them within so long. */
const SAME_MS = 500;

/**
 * The results of all ranks in order, for rank 0, which computes its share meanwhile. They wait in
 * files until it is their turn, so that memory does not grow with them.
 *
 * @throws {UsageError} when another process is or was this rank
 * @throws {Error} when a rank does not come, dies or fails
 */
export async function* gather(map: RankedMap): AsyncGenerator<Outcome, void, undefined> {
  const { rank, folder, count } = map;
  const directory = gatheringOf(folder, rank.session);
  await using share = Share.claim(map);
  const nothing = { attempt: 1, plan: 0, dead: [] };
  publishSession(
    directory,
    rank,
    { ...nothing, digest: await sha256(map.command) },
    new Bitmap(0),
  );
  share.begin();
  const others = new Others(map, share);
  const owner = ownerCounter(rank.size);
  try {
    for (let index = 0; index < count; index++) yield await others.next(owner());
  } finally {
    await others.untilJoined();
  }
}

/** Computes the share of any other rank, and waits until rank 0 has it; returns the exit code. */
export async function contribute(map: RankedMap): Promise<number> {
  const { rank, folder, signal } = map;
  const directory = gatheringOf(folder, rank.session);
  await using share = Share.claim(map);
  const session = await awaitSession(directory, rank, { signal });
  if (session === undefined) return signal.reason as number;
  share.isJoined = true;
  if (session.digest !== await sha256(map.command)) {
    throw share.refuse(
      new UsageError(
        `Cannot begin rank ${rank.rank} of session "${rank.session}": rank 0 runs another map, ` +
          "expected the same command everywhere",
      ),
    );
  }
  share.begin();
  const watch = new RankWatch(directory);
  const pause = pauses(watch, share.signal);
  for (;;) {
    if (signal.aborted) return signal.reason as number;
    const state = watch.look(0);
    if (state.kind === "absent") return await leave(share, signal);
    if (state.kind === "lost") throw share.bereft(state);
    if (share.broken !== undefined) throw share.broken.error;
    await pause();
  }
}

/** The exit code of a rank when rank 0 has gone with all there was. */
async function leave(share: Share, signal: AbortSignal): Promise<number> {
  // Rank 0 may have the last result before this rank knows that it was the last; or it has said
  // why it does not go on, and a signal may have been for this rank too.
  if (share.ending === undefined) await sleep(SAME_MS, signal);
  const { ending } = share;
  if (ending?.kind === "done") return 0;
  if (ending?.kind === "failed") return ending.isUsage ? 2 : 1;
  return signal.aborted ? signal.reason as number : 1;
}

/** Waits longer and longer, and tells a watch how long. */
function pauses(watch: RankWatch, signal: AbortSignal): () => Promise<void> {
  let milliseconds = FIRST_LOOK_MS;
  return async () => {
    await sleep(milliseconds, signal);
    watch.waitedMs += milliseconds;
    milliseconds = Math.min(1.4 * milliseconds, MAX_LOOK_MS);
  };
}

/** What rank 0 reads of all ranks, itself among them. */
class Others {
  readonly #map: RankedMap;
  readonly #directory: string;
  readonly #share: Share;
  readonly #watch: RankWatch;
  readonly #readers = new Map<number, ShareReader>();
  /** The rank that is looked at besides the one that is waited for. */
  #inTurn = 0;

  constructor(map: RankedMap, share: Share) {
    this.#map = map;
    this.#share = share;
    this.#directory = gatheringOf(map.folder, map.rank.session);
    this.#watch = new RankWatch(this.#directory);
  }

  /** The next result of a rank, waited for. */
  next(rank: number): Outcome | Promise<Outcome> {
    const reader = this.#readerOf(rank);
    return reader.take() ?? this.#await(rank, reader);
  }

  async #await(rank: number, reader: ShareReader): Promise<Outcome> {
    const pause = pauses(this.#watch, this.#share.signal);
    for (;;) {
      this.#checkOwn();
      while (reader.read()) {
        const outcome = reader.take();
        if (outcome !== undefined) return outcome;
      }
      await this.#check(rank, reader.ending !== undefined);
      await this.#check(this.#inTurn, false);
      this.#inTurn = (this.#inTurn + 1) % this.#map.rank.size;
      await pause();
    }
  }

  /**
   * Waits until all ranks have found the session: one that comes when all is cleared up would wait
   * for it. Of those that never come, or die before, others tell.
   */
  async untilJoined(): Promise<void> {
    const { rank: { size }, signal } = this.#map;
    for (let rank = 1; rank < size; rank++) {
      const pause = pauses(this.#watch, signal);
      while (!signal.aborted && this.#watch.waitedMs < WAIT_MS) {
        if (readShareState(this.#directory, rank)?.isJoined === true) break;
        if (this.#watch.look(rank).kind === "lost") break;
        await pause();
      }
    }
  }

  #readerOf(rank: number): ShareReader {
    const known = this.#readers.get(rank);
    if (known !== undefined) return known;
    const reader = new ShareReader(this.#directory, { rank, size: this.#map.rank.size });
    this.#readers.set(rank, reader);
    return reader;
  }

  #checkOwn(): void {
    const { signal, broken } = this.#share;
    if (broken !== undefined) throw broken.error;
    signal.throwIfAborted();
  }

  /** Throws when a rank will give nothing more; `isRead` when all that it gave was taken. */
  async #check(rank: number, isRead: boolean): Promise<void> {
    if (rank === 0) return;
    const { size } = this.#map.rank;
    const state = this.#watch.look(rank);
    const { kind, place, why, ending } = state;
    const who = `rank ${rank} of ${size}${place}`;
    const again = "the same command computes all anew";
    if (ending?.kind === "stopped" || ending?.kind === "failed") {
      // What stops or fails all ranks will be here too, and is told as this rank's own.
      await sleep(SAME_MS, this.#share.signal);
      this.#checkOwn();
      if (ending.kind === "stopped") {
        throw new Error(`Cannot finish the map: ${who} was asked to stop; ${again}`);
      }
      const message = `${who}: ${ending.message}`;
      throw ending.isUsage ? new UsageError(message) : new Error(message);
    }
    if (ending !== undefined) {
      if (!isRead) return;
      throw new Error(`Cannot finish the map: ${who} gave fewer results than it has tasks`);
    }
    if (kind === "lost") {
      throw new Error(`Cannot finish the map: ${who} ${why}, expected its results; ${again}`);
    }
    if (kind === "absent" && this.#watch.waitedMs > WAIT_MS) {
      throw new Error(
        `Cannot finish the map: ${who} did not come to "${this.#directory}" within ` +
          `${WAIT_MS / 1000} s, expected all of one start: is the folder shared between the nodes?`,
      );
    }
  }
}
