/** The line in which one rank among several says what it did. */
import { formatCount, formatDuration } from "./format/quantity.ts";
import { shellWord } from "./format/shell.ts";
import type { Rank } from "./nodes/ranks.ts";
import { mergedLines } from "./report.ts";
import type { RankState, SweepReport } from "./sweep.ts";

/** What is told of one rank's part. */
export interface RankPart {
  readonly rank: Rank;
  readonly host: string;
  readonly report: SweepReport;
}

/** `rank 2 of 4 on node3: 81 points in 1.2 s, 6 of them of other ranks`, and what is to be done. */
export function rankText(part: RankPart, directory: string, program: string): string {
  const more = moreText(part.report.ranks!.state, shellWord(directory), program);
  return textOf([partLine(part), ...more === undefined ? [] : [more]]);
}

/** What a rank says where `launch` tells the rest: its part, and what it found as it merged. */
export function launchedText(part: RankPart): string {
  const { merged } = part.report;
  return textOf([partLine(part), ...merged === undefined ? [] : mergedLines(merged)]);
}

function partLine({ rank, host, report }: RankPart): string {
  // One that was started alone has no others.
  const taken = report.ranks?.taken ?? 0;
  const helped = taken > 0 ? `, took over ${taken} of other ranks` : "";
  return `rank ${rank.rank} of ${rank.size} on ${host}: ${formatCount(report.now, "point")}` +
    ` in ${formatDuration(report.wallMs)}${helped}`;
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

function moreText(state: RankState, directory: string, program: string): string | undefined {
  if (state === "unmerged") return `complete, not merged: ${program} merge ${directory}`;
  if (state === "open") return `stopped; to go on: ${program} resume ${directory}`;
  return undefined;
}
