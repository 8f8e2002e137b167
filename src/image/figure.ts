/**
 * Draws pictures side by side with their titles as one PNG, the bytes of which are the same on
 * every machine: all arithmetic is of whole numbers, and the letters are the project's own.
 */
import { encodePng } from "./encode_png.ts";
import { ADVANCE, hasInk, LETTER_HEIGHT, LETTER_WIDTH } from "./font.ts";

/** A picture of a figure. */
export interface Panel {
  /** ASCII; other characters are drawn as question marks. */
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** height × width values in row-major order, 0 is black. */
  readonly grey: Uint8Array;
}

/** Panels of one figure. */
export const MAX_PANELS = 16;
/** Pixels of the longest side: panels with a longer one are reduced, with a short one enlarged. */
const MAX_SIDE = 512;
const MIN_SIDE = 256;

const COLUMNS = 2;
/** Pixels around and between panels with their titles. */
const MARGIN = 24;
const FRAME = 1;
/** Pixels from the lowest part of a title to the frame below it. */
const TITLE_GAP = 6;
/** Pixels a pixel of the font. */
const TEXT_SCALE = 2;
/** However narrow a panel is, its title has room for 24 letters. */
const MIN_CELL_WIDTH = 24 * ADVANCE * TEXT_SCALE;

const WHITE = 255;
const BLACK = 0;
const FRAME_GREY = 128;

/** Sizes are multiplied by `enlarge` and divided by `reduce`, of which one at least is 1. */
interface Scale {
  readonly enlarge: number;
  readonly reduce: number;
}

interface Place {
  readonly left: number;
  readonly top: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Canvas extends Size {
  readonly grey: Uint8Array<ArrayBuffer>;
}

/**
 * A grey PNG with the panels in two columns on white, each framed and below its title, all at one
 * scale: enlarged by a whole number, or reduced by one, to the means of boxes rounded half to even.
 * Boxes at the right and lower edges may be smaller. Titles without room end in an ellipsis. The
 * PNG is there until the next one is made.
 *
 * @throws {RangeError} for no panels, more than `MAX_PANELS`, sizes that do not fit the values
 */
export function drawFigure(panels: readonly Panel[]): Uint8Array<ArrayBuffer> {
  check(panels);
  const scale = scaleOf(panels);
  const sizes = panels.map((panel) => scaledSize(panel, scale));
  const cell = cellOf(sizes);
  const columns = Math.min(COLUMNS, panels.length);
  const rows = Math.ceil(panels.length / columns);
  const width = MARGIN + columns * (cell.width + MARGIN);
  const height = MARGIN + rows * (cell.height + MARGIN);
  const canvas = { width, height, grey: new Uint8Array(width * height).fill(WHITE) };
  for (const [i, panel] of panels.entries()) {
    const left = MARGIN + i % columns * (cell.width + MARGIN);
    const top = MARGIN + Math.floor(i / columns) * (cell.height + MARGIN);
    const title = shorten(panel.title, cell.width);
    drawText(canvas, { left: left + halfOf(cell.width - textWidth(title.length)), top }, title);
    const size = sizes[i]!;
    const place = {
      left: left + halfOf(cell.width - size.width),
      top: top + LETTER_HEIGHT * TEXT_SCALE + TITLE_GAP + FRAME,
    };
    drawFrame(canvas, place, size);
    if (scale.reduce > 1) drawReduced(canvas, place, panel, scale.reduce);
    else drawEnlarged(canvas, place, panel, scale.enlarge);
  }
  return encodePng(width, height, canvas.grey);
}

function check(panels: readonly Panel[]): void {
  if (panels.length === 0 || panels.length > MAX_PANELS) {
    throw new RangeError(
      `Cannot draw ${panels.length} panels: expected from 1 to ${MAX_PANELS} a figure`,
    );
  }
  for (const { title, width, height, grey } of panels) {
    const isSize = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
    if (!isSize || grey.length !== width * height) {
      throw new RangeError(
        `Cannot draw "${title}": ${grey.length} values for ${width}×${height} pixels, expected ` +
          "one a pixel",
      );
    }
  }
}

/** The scale at which the longest side of all is from `MIN_SIDE` to `MAX_SIDE`. */
function scaleOf(panels: readonly Panel[]): Scale {
  const longest = Math.max(...panels.map(({ width, height }) => Math.max(width, height)));
  return {
    enlarge: longest < MIN_SIDE ? Math.floor(MAX_SIDE / longest) : 1,
    reduce: Math.ceil(longest / MAX_SIDE),
  };
}

function scaledSize({ width, height }: Size, { enlarge, reduce }: Scale): Size {
  const scaled = (length: number) => Math.ceil(length / reduce) * enlarge;
  return { width: scaled(width), height: scaled(height) };
}

/** The room of a panel with its frame and its title. */
function cellOf(sizes: readonly Size[]): Size {
  const widest = Math.max(...sizes.map(({ width }) => width));
  const highest = Math.max(...sizes.map(({ height }) => height));
  return {
    width: Math.max(MIN_CELL_WIDTH, widest + 2 * FRAME),
    height: LETTER_HEIGHT * TEXT_SCALE + TITLE_GAP + highest + 2 * FRAME,
  };
}

/** The characters of a title, as many as fit. */
function shorten(title: string, width: number): string[] {
  const characters = [...title];
  if (textWidth(characters.length) <= width) return characters;
  const room = Math.floor((width + (ADVANCE - LETTER_WIDTH) * TEXT_SCALE) / (ADVANCE * TEXT_SCALE));
  return [...characters.slice(0, room - 1).join("").trimEnd(), "…"];
}

/** Pixels of so many letters; the gap after the last one does not count. */
function textWidth(count: number): number {
  return Math.max(0, count * ADVANCE - (ADVANCE - LETTER_WIDTH)) * TEXT_SCALE;
}

function drawText(canvas: Canvas, { left, top }: Place, characters: readonly string[]): void {
  for (const [i, character] of characters.entries()) {
    for (let row = 0; row < LETTER_HEIGHT; row++) {
      for (let column = 0; column < LETTER_WIDTH; column++) {
        if (!hasInk(character, column, row)) continue;
        const place = {
          left: left + (i * ADVANCE + column) * TEXT_SCALE,
          top: top + row * TEXT_SCALE,
        };
        fill(canvas, place, { width: TEXT_SCALE, height: TEXT_SCALE }, BLACK);
      }
    }
  }
}

/** A frame around what will be drawn at a place: the panel covers what is inside. */
function drawFrame(canvas: Canvas, { left, top }: Place, { width, height }: Size): void {
  const size = { width: width + 2 * FRAME, height: height + 2 * FRAME };
  fill(canvas, { left: left - FRAME, top: top - FRAME }, size, FRAME_GREY);
}

function drawEnlarged(
  canvas: Canvas,
  { left, top }: Place,
  { width, height, grey }: Panel,
  factor: number,
): void {
  for (let y = 0; y < height; y++) {
    const row = (top + y * factor) * canvas.width + left;
    for (let x = 0; x < width; x++) {
      const at = row + x * factor;
      canvas.grey.fill(grey[y * width + x]!, at, at + factor);
    }
    for (let copy = 1; copy < factor; copy++) {
      canvas.grey.copyWithin(row + copy * canvas.width, row, row + width * factor);
    }
  }
}

function drawReduced(
  canvas: Canvas,
  { left, top }: Place,
  { width, height, grey }: Panel,
  factor: number,
): void {
  for (let fromY = 0, y = top; fromY < height; fromY += factor, y++) {
    const toY = Math.min(fromY + factor, height);
    for (let fromX = 0, x = left; fromX < width; fromX += factor, x++) {
      const toX = Math.min(fromX + factor, width);
      let sum = 0;
      for (let row = fromY * width; row < toY * width; row += width) {
        for (let i = row + fromX; i < row + toX; i++) sum += grey[i]!;
      }
      canvas.grey[y * canvas.width + x] = divideToEven(sum, (toY - fromY) * (toX - fromX));
    }
  }
}

function fill(canvas: Canvas, { left, top }: Place, { width, height }: Size, value: number): void {
  for (let y = top; y < top + height; y++) {
    const at = y * canvas.width + left;
    canvas.grey.fill(value, at, at + width);
  }
}

/** Quotient of whole numbers, halves to the even one. The sum of a box is far below 2⁵³. */
function divideToEven(sum: number, count: number): number {
  const remainder = sum % count;
  const quotient = (sum - remainder) / count;
  const isUp = 2 * remainder > count || (2 * remainder === count && quotient % 2 === 1);
  return isUp ? quotient + 1 : quotient;
}

function halfOf(length: number): number {
  return Math.floor(length / 2);
}
