/** Pieces of SVG as text, and how wide a text will be. */

/** Families in the order of preference: widths are reckoned for the first. */
const FONT = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif";
/** Size of most text, in pixels. */
export const TEXT_SIZE = 12;
/** Widths of the characters 32…126 of DejaVu Sans, in hundredths of the size. */
const WIDTHS = [
  ...[32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64],
  ...[64, 64, 64, 64, 34, 34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66],
  ...[56, 86, 75, 79, 60, 79, 69, 63, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39, 84, 50, 50, 61],
  ...[63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63, 59, 82],
  ...[59, 59, 52, 64, 34, 64, 84],
];
/** Of any other character. */
const OTHER_WIDTH = 70;

/** About the width of a text in pixels. */
export function textWidth(text: string, size = TEXT_SIZE): number {
  let width = 0;
  for (const character of text) width += WIDTHS[character.codePointAt(0)! - 32] ?? OTHER_WIDTH;
  return width * size / 100;
}

/** Where a text stands. */
export interface Placed {
  readonly x: number;
  readonly y: number;
  readonly anchor?: "start" | "middle" | "end";
  readonly size?: number;
  readonly bold?: boolean;
  /** Degrees by which it is turned, clockwise. */
  readonly turn?: number;
  readonly colour?: string;
}

/** A text; `y` is its base line. */
export function textAt(text: string, place: Placed): string {
  const { x, y, anchor = "start", size = TEXT_SIZE, bold, turn, colour } = place;
  return `<text x="${px(x)}" y="${px(y)}"` +
    (anchor === "start" ? "" : ` text-anchor="${anchor}"`) +
    (size === TEXT_SIZE ? "" : ` font-size="${size}"`) +
    (bold === true ? ` font-weight="bold"` : "") +
    (colour === undefined ? "" : ` fill="${colour}"`) +
    (turn === undefined ? "" : ` transform="rotate(${turn} ${px(x)} ${px(y)})"`) +
    `>${escaped(text)}</text>\n`;
}

/** A whole picture on white. */
export function svgOf(width: number, height: number, title: string, body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(height)}" ` +
    `viewBox="0 0 ${px(width)} ${px(height)}" font-family="${FONT}" font-size="${TEXT_SIZE}" ` +
    `fill="#222" role="img">\n<title>${escaped(title)}</title>\n` +
    `<rect width="100%" height="100%" fill="#fff"/>\n${body}</svg>\n`;
}

/** A length with as many decimals as can be seen. */
export function px(length: number): string {
  return String(Math.round(length * 100) / 100);
}

/** Text as it stands in SVG and HTML. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
