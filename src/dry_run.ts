/** `--dry-run`: what would be run, in words. */
import type { SeriesEstimate } from "./estimate.ts";
import { formatBytes, formatCount, formatDuration } from "./format/quantity.ts";
import { makeGrid } from "./grid.ts";
import type { PointCount } from "./grid_scan.ts";
import { idText } from "./id.ts";
import type { Plan } from "./plan.ts";
import { describeAxis } from "./plan_difference.ts";
import type { Identities } from "./point.ts";
import { seriesNamer } from "./template.ts";
import { pointWriter, valueWriter } from "./value_text.ts";

/** What a dry run tells of. */
export interface Rehearsal {
  readonly plan: Plan;
  readonly points: PointCount;
  readonly identities: Identities;
  /** As the user typed it. */
  readonly directory: string;
  readonly series: SeriesEstimate;
  /** Mean duration of a point; undefined when none was found to measure. */
  readonly pointMs: number | undefined;
  readonly workers: number;
  /** Points that the directory has already; undefined when there is none. */
  readonly done: number | undefined;
  /** Lines about what was changed, and what would be refused. */
  readonly notices: readonly string[];
}

/** Count, axes, first and last points, files, bytes, time, what is done. */
export function dryRun(rehearsal: Rehearsal): string {
  const { plan, points, directory, series, pointMs, workers, done, notices } = rehearsal;
  const about = points.isExact ? "" : "about ";
  const lines = [`${plan.kernel} ${plan.version}: ${about}${formatCount(points.count, "point")}`];
  for (const axis of plan.axes) {
    lines.push(`  ${axis.name}: ${describeAxis(axis, valueWriter(plan, axis.name))}`);
  }
  for (const names of plan.zip) lines.push(`  side by side: ${names.join(", ")}`);
  if (plan.where !== null) lines.push(`  where: ${plan.where}`);
  lines.push(`seed: ${plan.seed}`, "points:", ...pointLines(rehearsal));
  lines.push(
    plan.series === null
      ? "series: none"
      : `series: ${plan.series}, ${about}${formatCount(series.files, "file")}` +
        (series.bytes > 0 ? `, about ${formatBytes(series.bytes)}` : ""),
  );
  lines.push(
    pointMs === undefined ? "time: unknown" : "time: about " +
      `${formatDuration(points.count * pointMs / workers)} with ${formatCount(workers, "worker")}`,
    `directory: ${directory}${done === undefined ? "" : `, ${formatCount(done, "point")} done`}`,
    ...notices,
  );
  return lines.join("\n") + "\n";
}

/** The first and last points: index, id, values of the axes, file. */
function pointLines({ plan, points, identities }: Rehearsal): string[] {
  const grid = makeGrid(plan);
  const values = new Float64Array(plan.parameters.length);
  const name = plan.series === null ? undefined : seriesNamer(plan.series, plan);
  const write = pointWriter(plan);
  const describe = (index: number) => {
    grid.decode(index, values);
    const id = identities.id(values);
    const written = write(values);
    const cells = plan.axes.map(({ name }) => `${name}=${written[plan.parameters.indexOf(name)]}`);
    const file = name === undefined ? "" : ` → ${name(values, id)}`;
    return `  ${index}: ${cells.join(" ")} id ${idText(id)}${file}`;
  };
  const { first, last } = points;
  const gap = points.count > first.length + last.length ? ["  …"] : [];
  return [...first.map(describe), ...gap, ...last.map(describe)];
}
