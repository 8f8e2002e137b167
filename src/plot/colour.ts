/** Colours: viridis, which eyes of every kind see from dark to light, and its bar. */
import { type Scale, scaleLinear, scaleLog } from "d3-scale";
import { interpolateViridis } from "d3-scale-chromatic";
import { px, textAt, textWidth } from "./svg.ts";
import { isSkewed, roundTicks, type Tick } from "./scale.ts";

const STEPS = 64;
const BAR_WIDTH = 14;

/** Numbers as colours. */
export interface Colours {
  readonly isLog: boolean;
  /** The smallest and the largest number. */
  readonly domain: readonly [low: number, high: number];
  /** From 0, the darkest, to 1. */
  share(value: number): number;
  colour(value: number): string;
  /** Round numbers between the two, for contours. */
  readonly levels: readonly number[];
}

/** Colours from the smallest to the largest of some numbers. */
export function coloursOf(values: Float64Array): Colours {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) [low, high] = [0, 1];
  const isLog = isSkewed(values);
  const scale = scaleOf(isLog, low, high, [0, 1]);
  const share = (value: number) => low === high ? 0.5 : Math.min(1, Math.max(0, scale(value)));
  const marks = low === high ? [] : roundTicks(
    scaleOf(isLog, low, high, [300, 0]),
    { from: 300, to: 0 },
    isLog,
    true,
  ).filter(({ text }) => text !== "");
  const inverse = scaleOf(isLog, low, high, [300, 0]);
  return {
    ...{ isLog, domain: [low, high] as const, share },
    colour: (value) => hex(interpolateViridis(share(value))),
    levels: marks.map(({ at }) => Number(inverse.invert(at).toPrecision(12))),
  };
}

function scaleOf(isLog: boolean, low: number, high: number, range: readonly number[]): Scale {
  return (isLog ? scaleLog : scaleLinear)([low, high], range);
}

/** A bar of colours with its ticks and name, `left` … on the right of the picture. */
export function colourBar(
  colours: Colours,
  label: string,
  { left, top, height }: { left: number; top: number; height: number },
): { body: string; width: number } {
  const { domain: [low, high], isLog } = colours;
  const bottom = top + height;
  let body = "";
  for (let i = 0; i < STEPS; i++) {
    const y = top + height * (STEPS - 1 - i) / STEPS;
    const colour = hex(interpolateViridis(low === high ? 0.5 : i / (STEPS - 1)));
    // A little overlap, so that no seam shows.
    body += `<rect x="${px(left)}" y="${px(y)}" width="${BAR_WIDTH}" ` +
      `height="${px(height / STEPS + (i === 0 ? 0 : 0.5))}" fill="${colour}"/>\n`;
  }
  const ticks: readonly Tick[] = low === high
    ? [{ at: (top + bottom) / 2, text: String(Number(low.toPrecision(6))) }]
    : roundTicks(
      scaleOf(isLog, low, high, [bottom, top]),
      { from: bottom, to: top },
      isLog,
      true,
    );
  const right = left + BAR_WIDTH;
  let widest = 0;
  for (const { at, text } of ticks) {
    if (text === "" && !isLog) continue;
    body += `<path d="M${px(right)} ${px(at)}h${text === "" ? 3 : 5}" stroke="#222"/>\n`;
    if (text !== "") body += textAt(text, { x: right + 8, y: at + 4 });
    widest = Math.max(widest, textWidth(text));
  }
  const x = right + 8 + widest + 18;
  body += textAt(label, { x, y: (top + bottom) / 2, anchor: "middle", turn: -90 });
  return { body, width: x + 6 - left };
}

/** `rgb(68, 1, 84)` as `#440154`. */
function hex(colour: string): string {
  const parts = colour.match(/\d+/g);
  if (colour.startsWith("#") || parts === null) return colour;
  return "#" + parts.map((part) => Number(part).toString(16).padStart(2, "0")).join("");
}
