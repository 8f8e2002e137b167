/** Contours of a heat map at the ticks of its colour bar. */
import { contours } from "d3-contour";
import { line, type Point } from "d3-shape";
import type { Colours } from "./colour.ts";
import type { Ruler } from "./scale.ts";

/** Values, x fastest; NaN for none. */
interface Field {
  readonly values: Float64Array;
  readonly width: number;
  readonly height: number;
}

/** Cells beyond these in a direction are averaged first: contours of noise hide what they show. */
const MAX_CELLS = 40;

/** Paths of all levels, dark on light cells and light on dark ones. */
export function contourPaths(
  field: Field,
  colours: Colours,
  rulers: { readonly x: Ruler; readonly y: Ruler },
): string {
  const [low, high] = colours.domain;
  const by = { x: Math.ceil(field.width / MAX_CELLS), y: Math.ceil(field.height / MAX_CELLS) };
  const { values, width, height } = coarse(field, by);
  const middles = {
    x: middlesOf(rulers.x.centres, by.x),
    y: middlesOf(rulers.y.centres, by.y),
  };
  const filled = fillGaps({ values, width, height });
  if (low === high || filled === undefined) return "";
  // Between logarithms what is interpolated is a logarithm.
  const heights = colours.isLog ? filled.map(Math.log) : filled;
  const generator = contours().size([width, height]);
  const path = line().defined(([x]) => Number.isFinite(x));
  let body = "";
  for (const level of colours.levels) {
    const { coordinates } = generator.contour(heights, colours.isLog ? Math.log(level) : level);
    const points = coordinates.flat().flatMap((ring) => inside(ring, { values, width, height }));
    const data = path(points.map(([x, y]): Point => [
      at(middles.x, x - 0.5),
      at(middles.y, y - 0.5),
    ]));
    if (data === null || data === "") continue;
    const colour = colours.share(level) < 0.6 ? "#fff" : "#222";
    const short = data.replace(/\d+\.\d+/g, (text) => String(Math.round(Number(text) * 10) / 10));
    body += `<path d="${short}" fill="none" stroke="${colour}" stroke-width="1.2" ` +
      `stroke-opacity="0.85"/>\n`;
  }
  return body;
}

/** Means of blocks of so many cells. */
function coarse({ values, width, height }: Field, by: { x: number; y: number }): Field {
  const size = { width: Math.ceil(width / by.x), height: Math.ceil(height / by.y) };
  const means = new Float64Array(size.width * size.height);
  const counts = new Uint32Array(means.length);
  for (const [cell, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    const row = Math.floor(Math.floor(cell / width) / by.y);
    const block = row * size.width + Math.floor(cell % width / by.x);
    means[block]! += (value - means[block]!) / ++counts[block]!;
  }
  return { ...size, values: means.map((mean, block) => counts[block] === 0 ? NaN : mean) };
}

/** The middles of blocks of cells, from those of the cells. */
function middlesOf(centres: readonly number[], by: number): number[] {
  return Array.from({ length: Math.ceil(centres.length / by) }, (_, block) => {
    const last = Math.min((block + 1) * by, centres.length) - 1;
    return (centres[block * by]! + centres[last]!) / 2;
  });
}

const GAP: Point = [NaN, NaN];

/** A ring without what runs along the border or beside gaps: there is nothing to interpolate. */
function inside(ring: readonly Point[], { values, width, height }: Field): Point[] {
  const isKnown = (column: number, row: number) => !Number.isNaN(values[row * width + column]!);
  const isInside = ([x, y]: Point) => {
    if (!(x >= 0.5 && y >= 0.5 && x <= width - 0.5 && y <= height - 0.5)) return false;
    const [left, right] = [Math.floor(x - 0.5), Math.ceil(x - 0.5)];
    const [low, high] = [Math.floor(y - 0.5), Math.ceil(y - 0.5)];
    return isKnown(left, low) && isKnown(right, low) && isKnown(left, high) && isKnown(right, high);
  };
  return [...ring.map((point) => isInside(point) ? point : GAP), GAP];
}

/** The pixel at a place between the middles of cells. */
function at(centres: readonly number[], place: number): number {
  if (!Number.isFinite(place)) return NaN;
  const low = Math.min(Math.floor(place), centres.length - 2);
  return centres[low]! + (centres[low + 1]! - centres[low]!) * (place - low);
}

/** Gaps get the mean of their neighbours, again and again; no contour is shown there. */
function fillGaps({ values, width, height }: Field): Float64Array | undefined {
  let filled = values.slice();
  for (let left = filled.filter(Number.isNaN).length; left > 0;) {
    const next = filled.slice();
    for (const [cell, value] of filled.entries()) {
      if (!Number.isNaN(value)) continue;
      const [x, y] = [cell % width, Math.floor(cell / width)];
      const near = [
        ...(x > 0 ? [filled[cell - 1]!] : []),
        ...(x < width - 1 ? [filled[cell + 1]!] : []),
        ...(y > 0 ? [filled[cell - width]!] : []),
        ...(y < height - 1 ? [filled[cell + width]!] : []),
      ].filter((value) => !Number.isNaN(value));
      if (near.length > 0) next[cell] = near.reduce((sum, value) => sum + value, 0) / near.length;
    }
    filled = next;
    const now = filled.filter(Number.isNaN).length;
    if (now === left) return undefined;
    left = now;
  }
  return filled;
}
