/** The line in which one rank among several says what it did. */
import { formatCount, formatDuration } from "./format/quantity.ts";
import { shellWord } from "./format/shell.ts";
import type { Rank } from "./nodes/ranks.ts";
import type { RankState, SweepReport } from "./sweep.ts";

/** What is told of one rank's part. */
export interface RankPart {
  readonly rank: Rank;
  readonly host: string;
  readonly report: SweepReport;
}

/** `rank 2 of 4 on node3: 81 points in 1.2 s, 6 of them of other ranks`, and what is to be done. */
export function rankText(
  { rank, host, report }: RankPart,
  directory: string,
  program: string,
): string {
  const { taken, state } = report.ranks!;
  const helped = taken > 0 ? `, took over ${taken} of other ranks` : "";
  const head = `rank ${rank.rank} of ${rank.size} on ${host}: ${formatCount(report.now, "point")}` +
    ` in ${formatDuration(report.wallMs)}${helped}`;
  const more = moreText(state, shellWord(directory), program);
  return more === undefined ? `${head}\n` : `${head}\n${more}\n`;
}

function moreText(state: RankState, directory: string, program: string): string | undefined {
  if (state === "unmerged") return `complete, not merged: ${program} merge ${directory}`;
  if (state === "open") return `stopped; to go on: ${program} resume ${directory}`;
  return undefined;
}
