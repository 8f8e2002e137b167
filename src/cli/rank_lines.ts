/** How far the ranks of a launch are, as lines that fit a terminal. */
import type { LaunchedRank, LaunchProgress } from "../followed_launch.ts";
import { progressParts, type RunState } from "./progress.ts";

/** Lines and columns that there is room for. */
export interface Room {
  readonly rows: number;
  readonly columns: number;
}

/** All ranks in one line, then a line a rank; those there is no room for share the last one. */
export function rankLines(
  title: string,
  launch: LaunchProgress,
  { rows, columns }: Room,
): string[] {
  const { ranks, before } = launch;
  const state = wholeState(launch);
  const lines: [name: string, parts: readonly string[]][] = [
    [title, progressParts(state, before, longestMs(ranks))],
  ];
  // The cursor wants a line, too.
  const room = Math.max(0, rows - 2);
  const shown = ranks.length <= room ? ranks.length : Math.max(0, room - 1);
  const width = String(Math.max(0, shown - 1)).length;
  for (const rank of ranks.slice(0, shown)) {
    lines.push([`rank ${String(rank.rank).padStart(width)}`, rankParts([rank])]);
  }
  const rest = ranks.slice(shown);
  if (rest.length > 0 && room > 0) {
    lines.push([`ranks ${shown} to ${ranks.length - 1}`, rankParts(rest)]);
  }
  return lines.map(([name, parts]) => fitted(name, parts, columns - 1));
}

/** The state of the run that a launch carries out. */
export function wholeState({ total, before, ranks }: LaunchProgress): RunState {
  const made = sum(ranks, ({ points }) => points);
  return {
    total,
    // Points near the end may be made twice.
    done: Math.min(total, before + made),
    failed: sum(ranks, ({ failed }) => failed),
    begun: 0,
    ...utilisationOf(ranks),
  };
}

/** What is said of one rank, or of several together, the most important first. */
function rankParts(ranks: readonly LaunchedRank[]): string[] {
  const points = sum(ranks, (rank) => rank.points);
  const failed = sum(ranks, (rank) => rank.failed);
  const state = ranks.every(({ state }) => state === ranks[0]!.state) ? ranks[0]!.state : "running";
  if (state === "waiting") return ["has not begun"];
  const extra = sum(ranks, (rank) => Math.max(0, rank.points - (rank.share ?? Infinity)));
  const isKnown = ranks.every(({ share }) => share !== undefined);
  const total = isKnown
    ? sum(ranks, (rank) => Math.max(rank.points, rank.share!))
    // As if no more were to come: then nothing is said of the time left.
    : points;
  const told = progressParts(
    { total, done: points, failed, begun: 0, ...utilisationOf(ranks) },
    0,
    longestMs(ranks),
  );
  const parts = isKnown ? told : [`${points} points`, ...told.slice(2)];
  if (extra > 0) parts.push(`${extra} of others`);
  return state === "running" ? parts : [parts[0]!, state, ...parts.slice(1)];
}

/** CPU time over that of the CPUs there were, as soon as the ranks have told it. */
function utilisationOf(ranks: readonly LaunchedRank[]): Pick<RunState, "utilisation"> {
  const availableMs = sum(ranks, (rank) => rank.availableMs);
  if (availableMs === 0) return {};
  return { utilisation: () => Math.min(1, sum(ranks, ({ cpuMs }) => cpuMs) / availableMs) };
}

function longestMs(ranks: readonly LaunchedRank[]): number {
  return ranks.reduce((longest, { elapsedMs }) => Math.max(longest, elapsedMs), 0);
}

function sum(ranks: readonly LaunchedRank[], value: (rank: LaunchedRank) => number): number {
  return ranks.reduce((sum, rank) => sum + value(rank), 0);
}

/** The name with as many parts as there is room for. */
function fitted(name: string, parts: readonly string[], width: number): string {
  for (let count = parts.length; count > 0; count--) {
    const text = `${name}: ${parts.slice(0, count).join(", ")}`;
    if (text.length <= width) return text;
  }
  return `${name}: ${parts[0]}`.slice(0, Math.max(0, width));
}
