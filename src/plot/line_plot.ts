/** One axis: a line with error bars, or a bar a name. */
import { line, type Point } from "d3-shape";
import { frame, heading, xTickHeight, yTickWidth } from "./frame.ts";
import type { Cells } from "./gather.ts";
import type { Style, Words } from "./figure.ts";
import { finite, valueWithError } from "./heat_map.ts";
import type { Picture, Zone } from "./picture.ts";
import { cellRuler, isLogarithmic, isSkewed, pointRuler } from "./scale.ts";
import { px, svgOf, textAt } from "./svg.ts";

/** Blue and red that eyes of every kind tell apart (Okabe and Ito). */
export const BLUE = "#0072b2";
export const RED = "#d55e00";
const WIDTH = 600;
const PLOT_HEIGHT = 320;
/** Half the width of the end of an error bar. */
const CAP = 3;
/** More points than these have no dots and bars but a band. */
const MAX_DOTS = 80;

/** Draws the cells of one axis. */
export function linePlot(cells: Cells, words: Words, style: Style = {}): Picture {
  const { x: bins, values, errors, missing } = cells;
  const ends = [...values].flatMap((value, i) => {
    const error = Number.isFinite(errors[i]!) ? errors[i]! : 0;
    return [value - error, value + error];
  });
  const known = [...finite(ends), ...style.reference === undefined ? [] : [style.reference.value]];
  const isLog = isSkewed(values) && known.every((end) => end > 0);
  const { body: head, height: headHeight } = heading(words.title, words.lines, WIDTH);
  const top = headHeight + 12;
  const bottom = top + PLOT_HEIGHT;
  const y = pointRuler(known, { from: bottom, to: top }, { isLog, isUpright: true });
  const left = 12 + 14 + yTickWidth(y) + 6;
  const span = { from: left, to: WIDTH - 20 };
  const isLogX = style.isLog ?? isLogarithmic(bins.centres);
  const x = bins.isNumeric && (bins.count > 12 || style.isBand === true)
    ? pointRuler(bins.centres, span, { isLog: isLogX, isUpright: false })
    : cellRuler(bins, span, false);
  const points = [...values].map((value, i): Point => [
    x.centres[i]!,
    Number.isFinite(value) ? y.scale(value) : NaN,
  ]);
  const isDense = style.isBand ?? bins.count > MAX_DOTS;
  let body = head;
  if (isDense) body += band(cells, x.centres, y.scale);
  const path = line().defined(([, y]) => Number.isFinite(y))(points);
  if (bins.isNumeric && path !== null) {
    body += `<path d="${shortened(path)}" fill="none" stroke="${BLUE}" stroke-width="1.5"/>\n`;
  }
  if (style.reference !== undefined) {
    const at = y.scale(style.reference.value);
    body += `<path d="M${px(left)} ${px(at)}H${px(span.to)}" stroke="${RED}" ` +
      `stroke-dasharray="6 4"/>\n` +
      textAt(style.reference.text, { x: span.to - 6, y: at - 5, anchor: "end", colour: RED });
  }
  let hasGap = false;
  for (const [i, [atX, atY]] of points.entries()) {
    if (!Number.isFinite(atY)) {
      if (missing[i] !== 1) continue;
      hasGap = true;
      body += cross(atX, bottom - 8);
      continue;
    }
    const isAlone = !Number.isFinite(points[i - 1]?.[1] ?? NaN) &&
      !Number.isFinite(points[i + 1]?.[1] ?? NaN);
    if (isDense && !isAlone) continue;
    if (Number.isFinite(errors[i]!)) {
      body += errorBar(atX, y.scale(values[i]! + errors[i]!), y.scale(values[i]! - errors[i]!));
    }
    body += `<circle cx="${px(atX)}" cy="${px(atY)}" r="3" fill="${BLUE}"/>\n`;
  }
  const box = { left, top, width: span.to - span.from, height: PLOT_HEIGHT };
  body += frame(box, { x, y }, { xLabel: words.xLabel, yLabel: words.colourLabel });
  let height = bottom + xTickHeight(x) + 30;
  if (hasGap) {
    body += cross(24, height - 1) + textAt("no number here", { x: 36, y: height + 3 });
    height += 18;
  }
  const zone = zoneOf(cells, words, x.centres, { left, right: span.to, top, bottom });
  const svg = svgOf(WIDTH, height, words.title, body);
  return { width: WIDTH, height, title: words.title, svg, zones: [zone] };
}

function errorBar(x: number, high: number, low: number): string {
  return `<path d="M${px(x)} ${px(high)}V${px(low)}M${px(x - CAP)} ${px(high)}h${2 * CAP}` +
    `M${px(x - CAP)} ${px(low)}h${2 * CAP}" stroke="${BLUE}" fill="none"/>\n`;
}

/** Where a point has no number. */
function cross(x: number, y: number): string {
  return `<path d="M${px(x - 4)} ${px(y - 4)}l8 8m0 -8l-8 8" stroke="${RED}" ` +
    `stroke-width="2"/>\n`;
}

/** The errors of many points as one band. */
function band({ values, errors }: Cells, x: readonly number[], scale: (y: number) => number) {
  const upper: string[] = [];
  const lower: string[] = [];
  for (const [i, value] of values.entries()) {
    const error = errors[i]!;
    const high = scale(value + error);
    const low = scale(value - error);
    if (!Number.isFinite(high) || !Number.isFinite(low)) continue;
    upper.push(`${px(x[i]!)} ${px(high)}`);
    lower.push(`${px(x[i]!)} ${px(low)}`);
  }
  if (upper.length === 0) return "";
  return `<path d="M${upper.join("L")}L${lower.reverse().join("L")}Z" fill="${BLUE}" ` +
    `fill-opacity="0.25"/>\n`;
}

/** A path with two decimals. */
export function shortened(path: string): string {
  return path.replace(/\d+\.\d+/g, (text) => String(Math.round(Number(text) * 100) / 100));
}

/** A stripe a point. */
function zoneOf(
  { x, values, errors, missing }: Cells,
  words: Words,
  centres: readonly number[],
  { left, right, top, bottom }: { left: number; right: number; top: number; bottom: number },
): Zone {
  const middles = centres.slice(1).map((centre, i) => (centre + centres[i]!) / 2);
  return {
    xEdges: [left, ...middles, right].map((edge) => Math.round(edge * 100) / 100),
    yEdges: [top, bottom],
    xTexts: x.texts.map((text) => `${x.name} ${text}`),
    yTexts: [""],
    texts: [...values].map((value, i) =>
      Number.isFinite(value)
        ? `${words.colourLabel} ${valueWithError(value, errors[i]!)}`
        : missing[i] === 1
        ? "missing"
        : ""
    ),
  };
}
