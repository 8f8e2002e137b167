/** The end report: what was done, how parallel it was, where the results are. */
import type { Descriptor } from "../wasm/kernel.ts";
import { formatCount, formatDuration } from "./format/quantity.ts";
import type { WorkerCount } from "./nodes/workers.ts";
import type { Plan } from "./plan.ts";
import type { SweepReport } from "./sweep.ts";

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
  const { plan, directory, report } = told;
  const lines = [summary(told)];
  for (const { column, count } of report.merged?.doubtful ?? []) {
    if (count > 0) lines.push(`${formatCount(count, "point")} with ${column.doubtful!.text}`);
  }
  const { failed = 0, conflicting = 0 } = report.merged ?? {};
  if (conflicting > 0) {
    lines.push(
      `${formatCount(conflicting, "row")} came out with other numbers when computed again: ` +
        "this machine and the one before do not agree, trust neither",
    );
  }
  if (failed > 0) {
    lines.push(`${formatCount(failed, "point")} failed: ${directory}/failures.csv`);
  }
  if (report.merged === undefined) {
    lines.push(...told.goOn);
    return lines.join("\n") + "\n";
  }
  if (report.merged.total !== undefined) lines.unshift(report.merged.total.text());
  lines.push(`results: ${directory}/results.csv`);
  if (plan.series !== null) {
    const folder = plan.series.includes("/") ? plan.series.split("{")[0]!.split("/")[0] + "/" : "";
    lines.push(`series:  ${directory}/${folder} (${formatCount(pointsOf(report), "file")})`);
  }
  return lines.join("\n") + "\n";
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
  return `${points}${before} in ${formatDuration(report.wallMs)} with ` +
    `${formatCount(workers.count, "worker")} (${workers.reason}), seed ${plan.seed}: ` +
    `speed-up ${speedUp.toFixed(2)}, utilisation ${Math.round(utilisation * 100)} %${crowd}`;
}

/** The report as one JSON object. */
export function reportJson(told: Told): string {
  const { kernel, plan, directory, workers, report } = told;
  const { speedUp, utilisation } = parallelism(told);
  return JSON.stringify({
    kernel: kernel.name,
    version: kernel.version,
    directory,
    results: `${directory}/results.csv`,
    seed: plan.seed,
    points: pointsOf(report),
    done_before: report.before,
    done_now: report.now,
    failed: report.merged?.failed ?? report.failedNow,
    complete: report.merged !== undefined,
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
  }) + "\n";
}

/** Points that have a line in a ledger; all of them once the run is complete. */
function pointsOf({ merged, before, now }: SweepReport): number {
  return merged?.rows ?? before + now;
}
