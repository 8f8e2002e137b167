/** Two axes: a heat map with contours, or a row of them, one a value of a third axis. */
import { encodeColourPng } from "../image/encode_png.ts";
import type { Bins } from "./bins.ts";
import { colourBar, type Colours, coloursOf } from "./colour.ts";
import { contourPaths } from "./contour_lines.ts";
import { type Box, frame, heading, xTickHeight, yTickWidth } from "./frame.ts";
import type { Words } from "./figure.ts";
import type { Cells } from "./gather.ts";
import type { Picture, Zone } from "./picture.ts";
import { cellRuler, type Ruler } from "./scale.ts";
import { px, svgOf, textAt } from "./svg.ts";

/** Sides of the only panel, and of one of several. */
const SINGLE = { width: 420, height: 340 };
const ONE_OF_MANY = { width: 200, height: 200 };
const PANELS_A_ROW = 4;
const PANEL_GAP = 18;
const PANEL_TITLE = 22;
/** More cells than these are drawn as an image. */
const MAX_RECTANGLES = 2500;
/** Contours of fewer cells than these would say nothing. */
const MIN_CONTOUR_CELLS = 4;

/** Pixels by which cells overlap. */
const SEAM = 0.4;

/** A cell without a number. */
const HATCH = `<pattern id="missing" width="6" height="6" patternUnits="userSpaceOnUse" ` +
  `patternTransform="rotate(45)"><rect width="6" height="6" fill="#fff"/>` +
  `<path d="M0 0V6" stroke="#c33" stroke-width="2.5"/></pattern>`;
const HATCH_COLOUR = [204, 51, 51] as const;

/** Draws the cells. */
export function heatMap(cells: Cells, words: Words): Picture {
  const { x, facet, values } = cells;
  const y = cells.y!;
  const panels = facet?.count ?? 1;
  const size = panels === 1 ? SINGLE : ONE_OF_MANY;
  const columns = Math.min(panels, PANELS_A_ROW);
  const colours = coloursOf(values);
  const sampleY = cellRuler(y, { from: size.height, to: 0 }, true);
  const left = 12 + 14 + yTickWidth(sampleY) + 6;
  const panelTitle = panels > 1 || facet !== undefined ? PANEL_TITLE : 0;
  const right = left + columns * size.width + (columns - 1) * PANEL_GAP + 16;
  const width = right + 110;
  const { body: head, height: top } = heading(words.title, words.lines, width);
  const sampleX = cellRuler(x, { from: 0, to: size.width }, false);
  const rowHeight = panelTitle + size.height + xTickHeight(sampleX) + 28;
  const rows = Math.ceil(panels / columns);
  const zones: Zone[] = [];
  let body = `<defs>${HATCH}</defs>\n${head}`;
  for (let panel = 0; panel < panels; panel++) {
    const column = panel % columns;
    const box: Box = {
      left: left + column * (size.width + PANEL_GAP),
      top: top + 8 + Math.floor(panel / columns) * rowHeight + panelTitle,
      ...size,
    };
    const rulers = {
      x: cellRuler(x, { from: box.left, to: box.left + box.width }, false),
      y: cellRuler(y, { from: box.top + box.height, to: box.top }, true),
    };
    if (facet !== undefined) {
      const name = `${words.facetLabel} = ${facet.texts[panel]}`;
      body += textAt(name, { x: box.left + box.width / 2, y: box.top - 7, anchor: "middle" });
    }
    body += panelBody(cells, panel, { box, rulers, colours });
    body += frame(box, rulers, {
      xLabel: words.xLabel,
      yLabel: column === 0 ? words.yLabel : "",
    });
    zones.push(zoneOf(cells, panel, { rulers, words }));
  }
  const bar = { left: right, top: top + 8 + panelTitle, height: size.height };
  const { body: bars, width: barWidth } = colourBar(colours, words.colourLabel, bar);
  body += bars;
  const full = {
    width: Math.max(width, right + barWidth + 10),
    height: top + 8 + rows * rowHeight,
  };
  const legend = missingLegend(cells, { x: 12, y: full.height + 10 });
  const height = full.height + (legend === "" ? 4 : 24);
  const svg = svgOf(full.width, height, words.title, body + legend);
  return { width: full.width, height, title: words.title, svg, zones };
}

interface Panel {
  readonly box: Box;
  readonly rulers: { readonly x: Ruler; readonly y: Ruler };
  readonly colours: Colours;
}

function panelBody(cells: Cells, panel: number, { box, rulers, colours }: Panel): string {
  const { x, values, missing } = cells;
  const y = cells.y!;
  const size = x.count * y.count;
  const own = values.subarray(panel * size, (panel + 1) * size);
  const gone = missing.subarray(panel * size, (panel + 1) * size);
  const isMany = size > MAX_RECTANGLES;
  let body = isMany ? raster(cells, own, gone, { box, rulers, colours }) : "";
  let hatched = "";
  for (let cell = 0; cell < size && !isMany; cell++) {
    const [i, j] = [cell % x.count, Math.floor(cell / x.count)];
    const value = own[cell]!;
    if (Number.isFinite(value)) body += rectangle(rulers, i, j, colours.colour(value));
    else if (gone[cell] === 1) hatched += rectangle(rulers, i, j, "url(#missing)");
  }
  const hasContours = x.isNumeric && y.isNumeric && x.count >= MIN_CONTOUR_CELLS &&
    y.count >= MIN_CONTOUR_CELLS;
  if (hasContours) {
    body += contourPaths({ values: own, width: x.count, height: y.count }, colours, rulers);
  }
  return body + hatched;
}

function rectangle({ x, y }: Panel["rulers"], i: number, j: number, fill: string): string {
  const [left, right] = [x.edges[i]!, x.edges[i + 1]!];
  const [bottom, top] = [y.edges[j]!, y.edges[j + 1]!];
  // A little below the neighbours that are drawn later, as rounding would leave white seams.
  return `<rect x="${px(left)}" y="${px(top - SEAM)}" width="${px(right - left + SEAM)}" ` +
    `height="${px(bottom - top + SEAM)}" fill="${fill}" shape-rendering="crispEdges"/>\n`;
}

/** Many cells as an image: a pixel a cell where all are alike, else two pixels of it a pixel. */
function raster(
  { x }: Cells,
  values: Float64Array,
  missing: Uint8Array,
  { box, rulers, colours }: Panel,
): string {
  const isEven = areEven(rulers.x.edges) && areEven(rulers.y.edges);
  const [width, height] = isEven
    ? [x.count, values.length / x.count]
    : [box.width * 2, box.height * 2];
  const columns = cellsOfPixels(rulers.x.edges, { from: box.left, length: box.width }, width);
  const rows = cellsOfPixels(rulers.y.edges, { from: box.top, length: box.height }, height);
  const palette = new Map<number, readonly number[]>();
  const stripes = isEven ? 2 : 8;
  const rgb = new Uint8Array(width * height * 3).fill(255);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const cell = rows[row]! * x.count + columns[column]!;
      const value = values[cell]!;
      const at = (row * width + column) * 3;
      if (Number.isFinite(value)) {
        const shade = Math.round(colours.share(value) * 255);
        let colour = palette.get(shade);
        if (colour === undefined) {
          const text = colours.colour(value);
          colour = [1, 3, 5].map((from) => parseInt(text.slice(from, from + 2), 16));
          palette.set(shade, colour);
        }
        rgb.set(colour, at);
      } else if (missing[cell] === 1 && (row + column) % stripes < stripes / 2) {
        rgb.set(HATCH_COLOUR, at);
      }
    }
  }
  const png = encodeColourPng(width, height, rgb).toBase64();
  return `<image x="${px(box.left)}" y="${px(box.top)}" width="${px(box.width)}" ` +
    `height="${px(box.height)}" preserveAspectRatio="none" image-rendering="optimizeSpeed" ` +
    `style="image-rendering:pixelated" href="data:image/png;base64,${png}"/>\n`;
}

/** Whether cells are equally wide, so that none is off by half of one. */
function areEven(edges: readonly number[]): boolean {
  const mean = (edges.at(-1)! - edges[0]!) / (edges.length - 1);
  return edges.every((edge, i) => Math.abs(edge - edges[0]! - i * mean) < Math.abs(mean) / 2);
}

/** The cell under the middle of each of so many pixels. */
function cellsOfPixels(
  edges: readonly number[],
  { from, length }: { from: number; length: number },
  count: number,
): Uint32Array {
  const cells = new Uint32Array(count);
  const isRising = edges[1]! > edges[0]!;
  for (let i = 0; i < count; i++) {
    const at = from + (i + 0.5) * length / count;
    let [low, high] = [0, edges.length - 2];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (isRising ? edges[middle]! <= at : edges[middle]! >= at) low = middle;
      else high = middle - 1;
    }
    cells[i] = low;
  }
  return cells;
}

/** What the cells of a panel say. */
function zoneOf(
  { x, y, facet, values, errors, missing }: Cells,
  panel: number,
  { rulers, words }: { rulers: Panel["rulers"]; words: Words },
): Zone {
  const size = x.count * y!.count;
  const own = facet === undefined ? "" : `${facet.name} ${facet.texts[panel]}\n`;
  return {
    xEdges: rulers.x.edges.map(round),
    yEdges: rulers.y.edges.map(round),
    xTexts: x.texts.map((text) => `${own}${x.name} ${text}`),
    yTexts: y!.texts.map((text) => `${y!.name} ${text}`),
    texts: Array.from({ length: size }, (_, i) => {
      const cell = panel * size + i;
      if (!Number.isFinite(values[cell]!)) return missing[cell] === 1 ? "missing" : "";
      return `${words.colourLabel} ${valueWithError(values[cell]!, errors[cell]!)}`;
    }),
  };
}

/** `0.5012 ± 0.0031`. */
export function valueWithError(value: number, error: number): string {
  const text = String(Number(value.toPrecision(5)));
  return Number.isFinite(error) ? `${text} ± ${Number(error.toPrecision(2))}` : text;
}

function round(length: number): number {
  return Math.round(length * 100) / 100;
}

/** What the hatching means, when there is any. */
function missingLegend({ values, missing }: Cells, { x, y }: { x: number; y: number }): string {
  if (!missing.some((is, cell) => is === 1 && !Number.isFinite(values[cell]!))) return "";
  return `<rect x="${x}" y="${px(y - 11)}" width="22" height="14" fill="url(#missing)" ` +
    `stroke="#222" stroke-width="0.5"/>\n` + textAt("no number here", { x: x + 30, y });
}

export function* finite(values: Iterable<number>): Generator<number> {
  for (const value of values) if (Number.isFinite(value)) yield value;
}

/** Names of the bins of an axis, when several values share one. */
export function binned(bins: Bins | undefined): string | undefined {
  if (bins === undefined || bins.values <= bins.count) return undefined;
  return `${bins.name}: ${bins.values} values in ${bins.count} bins`;
}
