/** `--dry-run`: what would be run, in words. */
import type { SeriesEstimate } from "./estimate.ts";
import { formatBytes, formatCount } from "./format/quantity.ts";
import { formatNumber } from "./format/number.ts";
import { gridSize, makeGrid } from "./grid.ts";
import type { Plan } from "./plan.ts";
import { describeAxis } from "./plan_difference.ts";

/** What a dry run tells of. */
export interface Rehearsal {
  readonly plan: Plan;
  readonly directory: string;
  readonly estimate: SeriesEstimate;
  readonly warning: string | undefined;
  readonly notices: readonly string[];
}

/** Points shown from each end of the grid. */
const SHOWN = 3;

/** Count, axes, first and last points, files and bytes. */
export function dryRun({ plan, directory, estimate, warning, notices }: Rehearsal): string {
  const size = gridSize(plan);
  const lines = [...notices, `${plan.kernel} ${plan.version}: ${formatCount(size, "point")}`];
  for (const axis of plan.axes) lines.push(`  ${axis.name}: ${describeAxis(axis)}`);
  const grid = makeGrid(plan);
  const values = new Float64Array(plan.parameters.length);
  const show = (index: number) => {
    grid.decode(index, values);
    const cells = plan.parameters.map((name, slot) => `${name}=${formatNumber(values[slot]!)}`);
    lines.push(`  ${index}: ${cells.join(" ")}`);
  };
  lines.push("points:");
  for (let i = 0; i < Math.min(SHOWN, size); i++) show(i);
  if (size > 2 * SHOWN) lines.push("  …");
  for (let i = Math.max(SHOWN, size - SHOWN); i < size; i++) show(i);
  if (plan.series === null) lines.push("series: none");
  else {
    lines.push(
      `series: ${plan.series}, ${formatCount(estimate.files, "file")}, ` +
        `about ${formatBytes(estimate.bytes)}`,
    );
  }
  lines.push(`directory: ${directory}`);
  if (warning !== undefined) lines.push(`warning: ${warning}`);
  return lines.join("\n") + "\n";
}
