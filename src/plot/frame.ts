/** What surrounds the data of every picture: title, frame, ticks, names of the axes. */
import type { Ruler } from "./scale.ts";
import { px, textAt, textWidth } from "./svg.ts";

/** The rectangle in which data are drawn, in pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Length of a tick with a text, and of one without. */
const TICK = 5;
const MINOR_TICK = 3;
/** Sine of the angle of names that stand aslant. */
const SLANT_DEGREES = 40;
const SINE = Math.sin(SLANT_DEGREES * Math.PI / 180);
/** Height of the title and of a line below it. */
export const TITLE_HEIGHT = 30;
const LINE_HEIGHT = 17;

/** The title, and lines about what is shown. */
export function heading(
  title: string,
  lines: readonly string[],
  width: number,
): { body: string; height: number } {
  const kept = lines.flatMap((line) => wrapped(line, width - 24));
  let body = textAt(title, { x: 12, y: 22, size: 15, bold: true });
  for (const [i, line] of kept.entries()) {
    body += textAt(line, { x: 12, y: TITLE_HEIGHT + 11 + i * LINE_HEIGHT, colour: "#555" });
  }
  return { body, height: TITLE_HEIGHT + kept.length * LINE_HEIGHT };
}

/** A text in lines of a width. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** The frame of a box with the ticks of both axes; names where they are given. */
export function frame(
  { left, top, width, height }: Box,
  { x, y }: { readonly x: Ruler; readonly y: Ruler },
  { xLabel, yLabel }: { readonly xLabel: string; readonly yLabel: string },
): string {
  const bottom = top + height;
  let body = `<rect x="${px(left)}" y="${px(top)}" width="${px(width)}" height="${px(height)}" ` +
    `fill="none" stroke="#222"/>\n`;
  for (const { at, text } of x.ticks) {
    const length = text === "" ? MINOR_TICK : TICK;
    body += `<path d="M${px(at)} ${px(bottom)}v${length}" stroke="#222"/>\n`;
    if (text === "") continue;
    body += x.isAslant
      ? textAt(text, { x: at + 4, y: bottom + 15, anchor: "end", turn: -SLANT_DEGREES })
      : textAt(text, { x: at, y: bottom + 19, anchor: "middle" });
  }
  for (const { at, text } of y.ticks) {
    const length = text === "" ? MINOR_TICK : TICK;
    body += `<path d="M${px(left)} ${px(at)}h${-length}" stroke="#222"/>\n`;
    if (text !== "" && yLabel !== "") {
      body += textAt(text, { x: left - 8, y: at + 4, anchor: "end" });
    }
  }
  const middle = left + width / 2;
  body += textAt(fitting(xLabel, width), {
    x: middle,
    y: bottom + xTickHeight(x) + 17,
    anchor: "middle",
  });
  if (yLabel !== "") {
    const at = { x: left - yTickWidth(y) - 16, y: top + height / 2 };
    body += textAt(fitting(yLabel, height), { ...at, anchor: "middle", turn: -90 });
  }
  return body;
}

/** A label without its unit where both have no room. */
function fitting(label: string, room: number): string {
  return textWidth(label) <= room ? label : label.split(" (")[0]!;
}

/** Pixels below a box that the texts of its ticks take. */
export function xTickHeight({ ticks, isAslant }: Ruler): number {
  if (!isAslant) return 22;
  return 18 + SINE * Math.max(...ticks.map(({ text }) => textWidth(text)));
}

/** Pixels beside a box that the texts of its ticks take. */
export function yTickWidth({ ticks }: Ruler): number {
  return 8 + Math.max(0, ...ticks.map(({ text }) => textWidth(text)));
}
