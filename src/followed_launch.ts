/** The ranks of a launch, followed in the run directory without asking any of them. */
import { ledgerPath } from "./ledger.ts";
import type { Plan } from "./plan.ts";
import { readSession } from "./session.ts";
import { shareSize } from "./share.ts";
import { FollowedRank, type RankProgress } from "./followed_rank.ts";

/** What is followed. */
export interface Launched {
  readonly directory: string;
  readonly plan: Plan;
  /** Points of the plan. */
  readonly points: number;
  /** Ranks. */
  readonly nodes: number;
  readonly session: string;
  /** For one rank, which makes no session: its attempt, and the points that were done before. */
  readonly alone: { readonly attempt: number; readonly before: number } | undefined;
}

/** How far a launch is. */
export interface LaunchProgress {
  readonly total: number;
  /** Points that were done when it began. */
  readonly before: number;
  readonly ranks: readonly LaunchedRank[];
}

/** How far one rank is. */
export interface LaunchedRank extends RankProgress {
  /** Points that are its own; undefined where only the workers find out. */
  readonly share: number | undefined;
}

export class FollowedLaunch {
  readonly #launched: Launched;
  #ranks: readonly FollowedRank[] | undefined;
  #before = 0;

  constructor(launched: Launched) {
    this.#launched = launched;
  }

  /** Looks at what is new; undefined as long as no rank has begun. */
  look(): LaunchProgress | undefined {
    const ranks = this.#ranks ??= this.#begin();
    if (ranks === undefined) return undefined;
    const { plan, points, nodes } = this.#launched;
    const nowMs = Date.now();
    const before = this.#before;
    // Which points a condition leaves out is not known before.
    const isWhole = plan.where === null && plan.idle === undefined;
    const shareOf = (rank: number) => shareSize(points - before, { rank, size: nodes });
    return {
      total: points,
      before,
      ranks: ranks.map((rank) => ({
        ...rank.look(nowMs),
        share: isWhole ? shareOf(rank.rank) : undefined,
      })),
    };
  }

  /** The ledgers, as soon as rank 0 has said which. */
  #begin(): FollowedRank[] | undefined {
    const { directory, nodes, session, alone } = this.#launched;
    const found = alone ?? sessionOf(directory, session);
    if (found === undefined) return undefined;
    this.#before = found.before;
    return Array.from(
      { length: nodes },
      (_, rank) => new FollowedRank(rank, ledgerPath(directory, rank, found.attempt)),
    );
  }
}

function sessionOf(directory: string, name: string) {
  const session = readSession(directory, name);
  if (session === undefined || session.refused !== undefined) return undefined;
  return { attempt: session.attempt, before: session.done };
}
