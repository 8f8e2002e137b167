/** One point from its series: the trace, its distribution, and how long it remembers. */
import { join } from "@std/path/posix/join";
import { line, type Point } from "d3-shape";
import type { Density, Entry } from "../../wasm/kernel.ts";
import { UsageError } from "../errors.ts";
import { formatCount } from "../format/quantity.ts";
import { makeGrid } from "../grid.ts";
import type { Run } from "../run_ledgers.ts";
import { seriesNamer } from "../template.ts";
import { pointWriter } from "../value_text.ts";
import { type Box, frame, heading } from "./frame.ts";
import { BLUE, RED, shortened } from "./line_plot.ts";
import type { Picture } from "./picture.ts";
import { pointRuler, refuseHuge } from "./scale.ts";
import { px, svgOf, textAt } from "./svg.ts";

/** Steps of a series that are read. */
const MAX_STEPS = 1e6;
/** Multiplications that the autocorrelation may cost, and its longest lag. */
const MAX_PRODUCTS = 2e8;
const MAX_LAG = 1000;
/** The autocorrelation is shown until it has been below this. */
const FORGOTTEN = 0.02;
const WIDTH = 720;
const TRACE_HEIGHT = 170;
const LOWER_HEIGHT = 230;

/** What is known of a point's series. */
interface Chain {
  readonly values: Float64Array;
  /** Whether there is more in the file. */
  readonly isCut: boolean;
  /** The first values, which belong to no distribution yet. */
  readonly leftOut: number;
  readonly column: string;
}

/**
 * Draws the series of a point.
 *
 * @throws {UsageError} when the run has no such point, or the point no series of numbers
 */
export function drawChain(run: Run, kernel: Entry, typed: string): Picture {
  const plan = run.manifest.plans.at(-1)!;
  const grid = makeGrid(plan);
  const index = Number(typed);
  if (!/^\d+$/.test(typed) || index >= grid.size) {
    throw new UsageError(
      `Cannot use --point "${typed}": expected a whole number from 0 to ${grid.size - 1}`,
    );
  }
  const { series } = kernel.descriptor;
  if (series?.content !== "text" || plan.series === null) {
    throw new UsageError(
      `Cannot use --point ${typed}: the run has no series of numbers` +
        (series?.content === "text" ? ", expected one without --series none" : ""),
    );
  }
  const numbers = new Float64Array(plan.parameters.length);
  grid.decode(index, numbers);
  const named = Object.fromEntries(plan.parameters.map((name, i) => [name, numbers[i]!]));
  const name = seriesNamer(plan.series, plan)(numbers, run.identities.id(numbers));
  const leftOut = series.leftOut === undefined ? 0 : named[series.leftOut]!;
  const chain = readChain(join(run.directory, name), name, leftOut);
  refuseHuge(chain.column, chain.values);
  const texts = pointWriter(plan)(numbers);
  const about = plan.parameters.map((name, i) => `${name} = ${texts[i]}`).join(", ");
  const title = `${plan.kernel}: point ${index}`;
  const lines = [`${about}, seed ${plan.seed}`];
  if (chain.leftOut > 0) {
    lines.push(`grey: the first ${formatCount(chain.leftOut, "step")}, left out below`);
  }
  if (chain.isCut) lines.push(`the first ${formatCount(chain.values.length, "step")} of ${name}`);
  return draw(chain, kernel.density?.(named), { title, lines });
}

/** The first column of a series. */
function readChain(path: string, name: string, leftOut: number): Chain {
  const values = new Float64Array(MAX_STEPS);
  let count = 0;
  let column: string | undefined;
  let rest = "";
  const decoder = new TextDecoder();
  const take = (text: string): void => {
    const cell = text.slice(0, text.indexOf(",") < 0 ? undefined : text.indexOf(","));
    if (column === undefined) column = cell;
    else if (cell !== "" && count < MAX_STEPS) values[count++] = Number(cell);
  };
  let isCut = false;
  try {
    using file = Deno.openSync(path, { read: true });
    const buffer = new Uint8Array(1 << 16);
    for (let read = file.readSync(buffer); read !== null; read = file.readSync(buffer)) {
      const lines = (rest + decoder.decode(buffer.subarray(0, read))).split("\n");
      rest = lines.pop()!;
      for (const line of lines) take(line);
      isCut = count === MAX_STEPS;
      if (isCut) break;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError(
      `Cannot read "${name}": it is not there, expected the series of a point that is done`,
      { cause: error },
    );
  }
  if (count === 0) {
    throw new UsageError(`Cannot read "${name}": it has no lines, expected a series`);
  }
  return {
    ...{ values: values.subarray(0, count), isCut, column: column ?? "x" },
    leftOut: leftOut < count ? leftOut : 0,
  };
}

/** Three panels. */
function draw(
  chain: Chain,
  density: Density | undefined,
  { title, lines }: { title: string; lines: readonly string[] },
): Picture {
  const { body: head, height: top } = heading(title, lines, WIDTH);
  const kept = chain.values.subarray(chain.leftOut);
  const trace = { left: 70, top: top + 10, width: WIDTH - 90, height: TRACE_HEIGHT };
  const lower = trace.top + TRACE_HEIGHT + 62;
  const half = (WIDTH - 70 - 20 - 80) / 2;
  const boxes = [
    { left: 70, top: lower, width: half, height: LOWER_HEIGHT },
    { left: 70 + half + 80, top: lower, width: half, height: LOWER_HEIGHT },
  ] as const;
  const height = lower + LOWER_HEIGHT + 50;
  const body = head + tracePanel(chain, trace) +
    histogramPanel(kept, density, chain.column, boxes[0]) +
    memoryPanel(kept, chain.column, boxes[1]);
  const svg = svgOf(WIDTH, height, title, body);
  return { width: WIDTH, height, title, svg, zones: [] };
}

/** The values in order; of many, the range in each pixel. */
function tracePanel({ values, leftOut, column }: Chain, box: Box): string {
  const last = Math.max(1, values.length - 1);
  const x = pointRuler([0, last], spanX(box), { isLog: false, isUpright: false });
  const y = pointRuler(extremes(values), spanY(box), { isLog: false, isUpright: true });
  const buckets = Math.min(values.length, Math.floor(box.width * 2));
  const points: Point[] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor(bucket * values.length / buckets);
    const to = Math.floor((bucket + 1) * values.length / buckets);
    const [low, high] = extremes(values.subarray(from, to));
    points.push([x.scale(from), y.scale(low)]);
    if (high > low) points.push([x.scale(from), y.scale(high)]);
  }
  let body = "";
  if (leftOut > 0) {
    const end = x.scale(leftOut);
    body += `<rect x="${px(box.left)}" y="${px(box.top)}" width="${px(end - box.left)}" ` +
      `height="${px(box.height)}" fill="#eee"/>\n`;
  }
  body += pathOf(points, BLUE, 0.7);
  return body + frame(box, { x, y }, { xLabel: "step", yLabel: column });
}

/** Shares of values as a density, with the exact one. */
function histogramPanel(
  values: Float64Array,
  density: Density | undefined,
  column: string,
  box: Box,
): string {
  const [low, high] = extremes(values);
  const span = high - low || 1;
  const bins = Math.min(60, Math.max(5, Math.ceil(Math.sqrt(values.length) / 2)));
  const heights = new Float64Array(bins);
  for (const value of values) {
    heights[Math.min(bins - 1, Math.floor((value - low) / span * bins))]! += bins /
      (values.length * span);
  }
  const curve = density === undefined
    ? []
    : Array.from({ length: 121 }, (_, i) => low - span * 0.04 + span * 1.08 * i / 120);
  const most = Math.max(...heights, ...curve.map((x) => density!.at(x)));
  const x = pointRuler([low, low + span], spanX(box), { isLog: false, isUpright: false });
  const y = pointRuler([0, most * 1.12], spanY(box), { isLog: false, isUpright: true });
  const foot = y.scale(0);
  let body = "";
  for (const [i, value] of heights.entries()) {
    const [from, to] = [x.scale(low + i * span / bins), x.scale(low + (i + 1) * span / bins)];
    const at = y.scale(value);
    body += `<rect x="${px(from)}" y="${px(at)}" width="${px(to - from)}" ` +
      `height="${px(foot - at)}" fill="${BLUE}" fill-opacity="0.45" ` +
      // Else there are light seams between them.
      `shape-rendering="crispEdges"/>\n`;
  }
  if (density !== undefined) {
    body += pathOf(curve.map((at): Point => [x.scale(at), y.scale(density.at(at))]), RED, 2) +
      textAt(density.text, { x: box.left + 6, y: box.top + 15, colour: RED });
  }
  return body + frame(box, { x, y }, { xLabel: column, yLabel: "density" });
}

/** The autocorrelation of the values themselves. */
function memoryPanel(values: Float64Array, column: string, box: Box): string {
  const yLabel = `autocorrelation of ${column}`;
  const rho = autocorrelation(values);
  const x = pointRuler([0, Math.max(1, rho.length - 1)], spanX(box), {
    ...{ isLog: false, isUpright: false },
  });
  const y = pointRuler([Math.min(0, ...rho), 1], spanY(box), { isLog: false, isUpright: true });
  const zero = y.scale(0);
  const body = `<path d="M${px(box.left)} ${px(zero)}h${px(box.width)}" stroke="#999"/>\n` +
    pathOf(rho.map((value, lag): Point => [x.scale(lag), y.scale(value)]), BLUE, 1.5);
  const note = rho.length < 2 ? textAt("it never moved", { x: box.left + 8, y: box.top + 18 }) : "";
  return body + note + frame(box, { x, y }, { xLabel: "lag (steps)", yLabel });
}

/** ρ(0), ρ(1), … until it has been forgotten for a while; ρ(0) alone for values that never vary. */
export function autocorrelation(values: Float64Array): number[] {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const centred = values.map((value) => value - mean);
  const covariance = (lag: number) => {
    let sum = 0;
    for (let i = lag; i < count; i++) sum += centred[i]! * centred[i - lag]!;
    return sum / count;
  };
  const variance = covariance(0);
  const rho = [1];
  if (!(variance > 0)) return rho;
  const longest = Math.min(MAX_LAG, Math.floor(count / 4), Math.floor(MAX_PRODUCTS / count));
  let end = longest;
  for (let lag = 1; lag <= end; lag++) {
    const value = covariance(lag) / variance;
    rho.push(value);
    if (value < FORGOTTEN && end === longest) end = Math.min(longest, lag * 2 + 5);
  }
  return rho;
}

function pathOf(points: Point[], colour: string, width: number): string {
  return `<path d="${shortened(line()(points) ?? "")}" fill="none" stroke="${colour}" ` +
    `stroke-width="${width}" stroke-linejoin="round"/>\n`;
}

function extremes(values: Float64Array): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function spanX({ left, width }: Box) {
  return { from: left, to: left + width };
}

function spanY({ top, height }: Box) {
  return { from: top + height, to: top };
}
