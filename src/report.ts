/** The end report: what was done, how parallel it was, where the results are. */
import type { Descriptor } from "../wasm/kernel.ts";
import { failureText, type PointFailure } from "./failures.ts";
import { formatCount, formatDuration } from "./format/quantity.ts";
import { busyText, heldBack } from "./held_back.ts";
import type { Merged } from "./merge.ts";
import type { WorkerCount } from "./nodes/workers.ts";
import type { Plan } from "./plan.ts";
import type { SweepReport } from "./sweep.ts";

/** A run that is over sooner does not list its workers. */
const SHORT_MS = 500;

/** What a report is made of. */
export interface Told {
  readonly kernel: Descriptor;
  readonly plan: Plan;
  /** As the user typed it. */
  readonly directory: string;
  readonly workers: WorkerCount;
  readonly cpus: number;
  readonly report: SweepReport;
  /** Points of the plan, as far as they were counted. */
  readonly expected: number;
  /** Lines that tell how a run that was stopped goes on. */
  readonly goOn: readonly string[];
}

/** CPU time of the process over wall time, and that over the CPUs that could have been busy. */
function parallelism({ workers, cpus, report }: Told): { speedUp: number; utilisation: number } {
  const speedUp = report.cpuMs / report.wallMs;
  return { speedUp, utilisation: speedUp / Math.min(workers.count, cpus) };
}

/** The report in a few lines. */
export function reportText(told: Told): string {
  const { report: { merged }, goOn } = told;
  const lines = [...totalLines(merged), summary(told), ...workLines(told), ...doubtLines(merged)];
  const last = merged === undefined ? goOn : [
    ...standingLines(told.report),
    ...placeLines(told, {
      written: pointsOf(told.report) - failedOf(told.report),
      failed: merged.failed,
      firstFailure: merged.firstFailure,
    }),
    ...merged.missing > 0 ? goOn : [],
  ];
  return [...lines, ...last].join("\n") + "\n";
}

/** Points whose last word is a failure, as far as this process knows; some may have a row. */
function failedOf({ merged, failedBefore, failedNow }: SweepReport): number {
  return Math.max(merged?.failed ?? 0, failedBefore + failedNow);
}

/** Whether a run that is over has all it should have. */
export function isWhole(report: SweepReport): boolean {
  return report.merged?.missing === 0 && failedOf(report) === 0;
}

/** Points that were to be made again, as their series are gone, and could not be. */
function standingLines(report: SweepReport): string[] {
  const standing = failedOf(report) - (report.merged?.failed ?? 0);
  if (standing === 0) return [];
  const first = report.firstFailure;
  return [
    `${formatCount(standing, "point")} failed; the row from before stands, the series is gone` +
    (first === undefined ? "" : `: ${failureText(first)}`),
  ];
}

/** What a merge found, for whoever merges and does not report. */
export function mergedLines(merged: Merged): string[] {
  return [...totalLines(merged), ...doubtLines(merged)];
}

/** What all rows amount to. */
function totalLines(merged: Merged | undefined): string[] {
  return merged?.total === undefined ? [] : [merged.total.text()];
}

/** What must be known of the rows before they are trusted. */
function doubtLines(merged: Merged | undefined): string[] {
  const lines: string[] = [];
  for (const { column, count } of merged?.doubtful ?? []) {
    if (count > 0) lines.push(`${formatCount(count, "point")} with ${column.doubtful!.text}`);
  }
  const { conflicting = 0, missing = 0 } = merged ?? {};
  if (missing > 0) {
    lines.push(
      `${formatCount(missing, "point")} without a row: what was written of them is in no ledger ` +
        "any more",
    );
  }
  if (conflicting > 0) {
    lines.push(
      `${formatCount(conflicting, "row")} came out with other numbers when computed again: ` +
        "this machine and the one before do not agree, trust neither",
    );
  }
  return lines;
}

/** What there is to find of a run that is complete. */
export interface Found {
  /** Series that were written. */
  readonly written: number;
  readonly failed: number;
  /** Undefined when no point failed. */
  readonly firstFailure: PointFailure | undefined;
  /** Whether failures.csv has them; a point that has a row from before is not in it. */
  readonly hasFile?: boolean;
}

/** Where the results of a run are that is complete. */
export function placeLines(
  { plan, directory }: Pick<Told, "plan" | "directory">,
  { written, failed, firstFailure, hasFile = true }: Found,
): string[] {
  const told = hasFile ? `: ${directory}/failures.csv` : "; the row from before stands";
  const lines = firstFailure === undefined
    ? []
    : [`${formatCount(failed, "point")} failed${told}`, failureText(firstFailure, failed - 1)];
  lines.push(`results: ${directory}/results.csv`);
  if (plan.series !== null && written > 0) {
    const [beginning] = plan.series.split("{");
    const folder = beginning!.slice(0, beginning!.lastIndexOf("/") + 1);
    lines.push(`series:  ${directory}/${folder} (${formatCount(written, "file")})`);
  }
  return lines;
}

function summary(told: Told): string {
  const { workers, cpus, plan, report } = told;
  const { speedUp, utilisation } = parallelism(told);
  const { merged, before: old, now } = report;
  const points = merged === undefined
    ? `stopped: ${old + now} of ${formatCount(told.expected, "point")}`
    : formatCount(merged.rows, "point");
  if (report.now === 0 && report.merged !== undefined && report.ranks === undefined) {
    return `${points}, all done before (seed ${plan.seed})`;
  }
  const before = report.before > 0 ? ` (${report.before} done before)` : "";
  const crowd = workers.count > cpus
    ? `; ${workers.count} workers share ${formatCount(cpus, "CPU")}`
    : "";
  // Of several ranks each knows its own time alone.
  const part = report.ranks === undefined ? "" : `; this rank made ${now} of them`;
  return `${points}${before}${part} in ${formatDuration(report.wallMs)} with ` +
    `${formatCount(workers.count, "worker")} (${workers.reason}), seed ${plan.seed}: ` +
    `speed-up ${speedUp.toFixed(2)}, utilisation ${Math.round(utilisation * 100)} %${crowd}`;
}

/** How busy each worker was, of a run long enough to say so, and what held them back. */
export function workLines(told: Told): string[] {
  const { work } = told.report;
  if (work === undefined) return [];
  const lines = reasons(told);
  const busy = busyText(work.workers.map(({ busyMs }) => busyMs), work.wallMs);
  return [
    ...work.wallMs < SHORT_MS ? [] : [`workers busy: ${busy}`],
    ...lines.length === 0 ? [] : [`held back: ${lines.join("; ")}`],
  ];
}

function reasons({ workers, cpus, expected, report }: Told): string[] {
  const { work, before, now, wallMs, merged } = report;
  if (work === undefined) return [];
  const isStopped = merged === undefined;
  return heldBack({
    ...{ isStopped, workers: workers.count, cpus, work, wholeMs: wallMs },
    points: isStopped ? expected - before : now,
  });
}

/** The report as one JSON object. */
export function reportJson(told: Told): string {
  const { kernel, plan, directory, workers, report } = told;
  const { speedUp, utilisation } = parallelism(told);
  return JSON.stringify({
    kernel: kernel.name,
    version: kernel.version,
    directory,
    results: report.merged === undefined ? null : `${directory}/results.csv`,
    seed: plan.seed,
    points: pointsOf(report),
    expected: told.expected,
    done_before: report.before,
    done_now: report.now,
    failed: failedOf(report),
    complete: report.merged?.missing === 0,
    doubtful: Object.fromEntries(
      (report.merged?.doubtful ?? []).map(({ column, count }) => [column.name, count]),
    ),
    ...report.merged?.total && { total: report.merged.total.numbers() },
    workers: workers.count,
    workers_reason: workers.reason,
    wall_seconds: report.wallMs / 1000,
    cpu_seconds: report.cpuMs / 1000,
    speed_up: speedUp,
    utilisation,
    ...report.work && {
      busy_seconds: report.work.workers.map(({ busyMs }) => busyMs / 1000),
      idle_tail_seconds: Math.max(...report.work.workers.map(({ tailMs }) => tailMs)) / 1000,
      held_back: reasons(told),
    },
  }) + "\n";
}

/** Points that have a line in a ledger; all of them once the run is complete. */
function pointsOf({ merged, before, now }: SweepReport): number {
  return merged?.rows ?? before + now;
}
