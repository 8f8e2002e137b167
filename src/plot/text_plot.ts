/** A small plot in characters, for a terminal or a log. */
import { coloursOf } from "./colour.ts";
import type { Figure } from "./figure.ts";
import type { Cells } from "./gather.ts";
import { isLogarithmic, isSkewed, shortNumber } from "./scale.ts";

/** From the smallest numbers to the largest; a cell without a number; one that is not asked for. */
const SHADES = ["░", "▒", "▓", "█"] as const;
const MISSING = "×";
const NOTHING = " ";
/** Characters at most: wide, and high for a line and for a map. */
const MAX_WIDTH = 100;
const LINE_HEIGHT = 12;
const MAP_HEIGHT = 24;
const MAX_LABEL = 16;
/** Dots of a braille character, in the order of their bits: left column and right one. */
const DOTS = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]] as const;
const BRAILLE = 0x2800;

/** The figure in lines of at most so many characters. */
export function textPlot({ cells, words }: Figure, columns: number): string {
  const width = Math.max(20, Math.min(columns, MAX_WIDTH) - 1);
  const body = cells.y === undefined ? lineRows(cells, width) : mapRows(cells, words, width);
  const [first = ""] = words.lines;
  const heads = [words.title, first].map((text) => cut(text, width));
  return [...heads, ...body].map((line) => line.trimEnd()).join("\n") + "\n";
}

/** Every panel, one below the other. */
function mapRows(cells: Cells, words: Figure["words"], width: number): string[] {
  const { x, facet, values } = cells;
  const y = cells.y!;
  const colours = coloursOf(values);
  const label = Math.min(MAX_LABEL, Math.max(y.name.length, ...y.texts.map((text) => text.length)));
  const room = width - label - 3;
  const wide = x.count * 2 <= room ? 2 : 1;
  const across = Math.min(x.count, Math.floor(room / wide));
  const high = Math.min(y.count, MAP_HEIGHT);
  const shade = (cell: number) => {
    const value = values[cell]!;
    if (!Number.isFinite(value)) return cells.missing[cell] === 1 ? MISSING : NOTHING;
    return SHADES[Math.min(SHADES.length - 1, Math.floor(colours.share(value) * SHADES.length))]!;
  };
  const rows: string[] = [];
  for (let panel = 0; panel < (facet?.count ?? 1); panel++) {
    if (facet !== undefined) rows.push(`${words.facetLabel} = ${facet.texts[panel]}`);
    rows.push(y.name.slice(0, label).padStart(label));
    for (let row = high - 1; row >= 0; row--) {
      const j = Math.floor((row + 0.5) * y.count / high);
      let text = `${cut(y.texts[j]!, label).padStart(label)} │`;
      for (let column = 0; column < across; column++) {
        const i = Math.floor((column + 0.5) * x.count / across);
        text += shade((panel * y.count + j) * x.count + i).repeat(wide);
      }
      rows.push(`${text}│`);
    }
    rows.push(footer(x.texts[0]!, x.name, x.texts.at(-1)!, across * wide, label + 2));
  }
  const [low, high_] = colours.domain;
  const legend = `${words.colourLabel}: ${shortNumber(digits(low))} ${SHADES.join("")} ` +
    shortNumber(digits(high_)) + (colours.isLog ? " (logarithmic)" : "");
  const hasGap = values.some((value, cell) => cells.missing[cell] === 1 && !Number.isFinite(value));
  rows.push(cut(legend + (hasGap ? `, ${MISSING} no number` : ""), width));
  return rows;
}

/** Dots at the values. */
function lineRows({ x, values }: Cells, width: number): string[] {
  const known = values.filter(Number.isFinite);
  const isLog = isSkewed(values);
  const height = (value: number) => isLog ? Math.log(value) : value;
  const low = known.reduce((low, value) => Math.min(low, value), Infinity);
  const high = known.reduce((high, value) => Math.max(high, value), -Infinity);
  if (known.length === 0) return ["no number to show"];
  const labels = endLabels(high, low);
  const label = Math.max(...labels.map((text) => text.length));
  const across = width - label - 3;
  const bits = Array.from({ length: LINE_HEIGHT }, () => new Uint8Array(across));
  const isLogX = x.isNumeric && isLogarithmic(x.centres);
  const places = x.centres.map((centre) => isLogX ? Math.log(centre) : centre);
  const [first, last] = [places[0]!, places.at(-1)!];
  const dot = (atX: number, atY: number) => {
    const [column, row] = [Math.round(atX), Math.round(atY)];
    bits[row >> 2]![column >> 1]! |= DOTS[column % 2]![row % 4]!;
  };
  let before: readonly [number, number] | undefined;
  for (const [i, value] of values.entries()) {
    const shareX = first === last ? 0.5 : (places[i]! - first) / (last - first);
    const shareY = low === high
      ? 0.5
      : (height(value) - height(low)) / (height(high) - height(low));
    const at = [shareX * (across * 2 - 1), (1 - shareY) * (LINE_HEIGHT * 4 - 1)] as const;
    if (!Number.isFinite(value)) before = undefined;
    else {
      const [fromX, fromY] = before ?? at;
      const steps = Math.ceil(Math.max(Math.abs(at[0] - fromX), Math.abs(at[1] - fromY), 1));
      for (let step = 0; step <= steps && x.isNumeric; step++) {
        const share = step / steps;
        dot(fromX + (at[0] - fromX) * share, fromY + (at[1] - fromY) * share);
      }
      dot(...at);
      before = at;
    }
  }
  const rows = bits.map((line, row) => {
    const text = row === 0 ? labels[0]! : row === LINE_HEIGHT - 1 ? labels[1]! : "";
    const dots = String.fromCharCode(...[...line].map((bits) => bits === 0 ? 32 : BRAILLE + bits));
    return `${text.padStart(label)} │${dots}│`;
  });
  return [...rows, footer(x.texts[0]!, x.name, x.texts.at(-1)!, across, label + 2)];
}

/** The ends of an axis and its name between them, as far as there is room. */
function footer(first: string, name: string, last: string, width: number, indent: number): string {
  const space = " ".repeat(indent);
  const full = first.length + name.length + last.length + 2;
  if (full > width) return `${space}${name}: ${first} … ${last}`;
  const left = Math.max(first.length + 1, Math.floor((width - name.length) / 2));
  const middle = first.padEnd(left) + name;
  return space + middle + last.padStart(width - middle.length);
}

function digits(value: number): number {
  return Number(value.toPrecision(4));
}

/** Both ends of an axis, with the digits that tell them apart. */
function endLabels(high: number, low: number): string[] {
  const at = (value: number, digits: number) => Number(value.toPrecision(digits));
  let count = 4;
  while (high !== low && at(high, count) === at(low, count)) count++;
  return [high, low].map((value) =>
    count === 4 ? shortNumber(digits(value)) : String(at(value, count))
  );
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
