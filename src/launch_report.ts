/** The end report of a launch: what all ranks did together, and where the results are. */
import type { LaunchProgress } from "./followed_launch.ts";
import type { PointFailure } from "./failures.ts";
import { formatCount, formatDuration } from "./format/quantity.ts";
import type { Plan } from "./plan.ts";
import { placeLines } from "./report.ts";

/** Ranks that are over sooner have mostly begun and ended: that is no measure of them. */
const SHORT_MS = 1000;

/** What the report of a launch is made of. */
export interface LaunchTold {
  readonly plan: Plan;
  /** As the user typed it. */
  readonly directory: string;
  readonly ranks: number;
  /** Points with a row, and points that failed. */
  readonly done: number;
  readonly failed: number;
  readonly firstFailure: PointFailure | undefined;
  /** Whether failures.csv has them. */
  readonly hasFile: boolean;
  /** What the ranks did; undefined where no rank began. */
  readonly progress: LaunchProgress | undefined;
}

/** The report in a few lines. */
export function launchText(told: LaunchTold): string {
  const { done, failed, firstFailure, hasFile } = told;
  return [summary(told), ...placeLines(told, { written: done, failed, firstFailure, hasFile })]
    .map((line) => `${line}\n`).join("");
}

function summary({ plan, ranks, done, failed, progress }: LaunchTold): string {
  const points = formatCount(done + failed, "point");
  const parts = progress?.ranks ?? [];
  const sum = (value: (part: (typeof parts)[number]) => number) =>
    parts.reduce((sum, part) => sum + value(part), 0);
  if (progress === undefined || sum((part) => part.points) === 0) {
    return `${points}, all done before (seed ${plan.seed})`;
  }
  const before = progress.before > 0 ? ` (${progress.before} done before)` : "";
  // Those of one start begin within moments, once the scheduler lets them.
  const wallMs = Math.max(...parts.map(({ elapsedMs }) => elapsedMs));
  const cpuMs = sum((part) => part.cpuMs);
  // How many CPUs there were for it is not known: ranks of one machine share them.
  const speed = wallMs < SHORT_MS ? "" : `: speed-up ${(cpuMs / wallMs).toFixed(2)}`;
  return `${points}${before} in ${formatDuration(wallMs)} with ${formatCount(ranks, "rank")}, ` +
    `seed ${plan.seed}${speed}`;
}
