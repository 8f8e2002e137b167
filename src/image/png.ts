/**
 * Decodes PNG row by row as its data are inflated, so that a file can claim no more memory than its
 * picture has.
 */
import {
  checkSize,
  damaged,
  type GreyRule,
  type Image,
  truncated,
  type Weights,
  weightsOf,
} from "./image.ts";
import { type PngChunks, type PngHeader, readPngChunks } from "./png_chunks.ts";
import { type Pass, passesOf, unfilter } from "./png_rows.ts";

/** Deflate makes at most 258 bytes of two bits. */
const MAX_INFLATION = 1032;
/** Compressed bytes inflated at once, so that they become at most 17 MB. */
const SLICE_BYTES = 2 ** 14;

/**
 * The picture as stored, and its EXIF data.
 *
 * @throws {SyntaxError} as `decodeImage()` does
 */
export async function decodePng(
  bytes: Uint8Array<ArrayBuffer>,
  rule: GreyRule,
): Promise<{ image: Image; exif: Uint8Array | undefined }> {
  const chunks = readPngChunks(bytes);
  const { header, data, exif } = chunks;
  const { width, height } = header;
  checkSize({ width, height });
  const passes = passesOf(header);
  const neededBytes = passes.reduce((sum, { rows, rowBytes }) => sum + rows * (rowBytes + 1), 0);
  const storedBytes = data.reduce((sum, part) => sum + part.length, 0);
  if (neededBytes > storedBytes * MAX_INFLATION) throw truncated();
  const grey = new Float64Array(width * height);
  const rows = new Rows(header, passes, greyWriter(chunks, weightsOf(rule), grey));
  await inflate(data, rows);
  return { image: { width, height, grey, maximum: header.depth === 16 ? 65535 : 255 }, exif };
}

/** Feeds rows with what a zlib stream holds, and not a byte more than they need. */
async function inflate(data: readonly Uint8Array<ArrayBuffer>[], rows: Rows): Promise<void> {
  const slices = ReadableStream.from(slicesOf(data));
  try {
    for await (const part of slices.pipeThrough(new DecompressionStream("deflate"))) {
      rows.push(part);
      if (rows.isComplete) return;
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    throw Object.assign(damaged("its compressed data are wrong"), { cause: error });
  }
  throw truncated();
}

function* slicesOf(parts: readonly Uint8Array<ArrayBuffer>[]): Generator<Uint8Array<ArrayBuffer>> {
  for (const part of parts) {
    for (let at = 0; at < part.length; at += SLICE_BYTES) {
      yield part.subarray(at, at + SLICE_BYTES);
    }
  }
}

/** Writes a row of samples into the grey values. */
type Writer = (row: Uint8Array, pass: Pass, y: number) => void;

/** Cuts a stream of bytes into rows and undoes their filters. */
class Rows {
  readonly #passes: readonly Pass[];
  readonly #write: Writer;
  /** Bytes from a sample to that of the pixel on its left. */
  readonly #distance: number;
  #pass = 0;
  #y = 0;
  /** The row that is being filled, its filter first, and the one above it. */
  #row = new Uint8Array();
  #above = new Uint8Array();
  #filledBytes = 0;

  constructor(header: PngHeader, passes: readonly Pass[], write: Writer) {
    this.#passes = passes;
    this.#write = write;
    this.#distance = Math.ceil(header.depth * header.samples / 8);
    this.#startPass();
  }

  get isComplete(): boolean {
    return this.#pass === this.#passes.length;
  }

  /** Takes the next bytes; those after the last row are ignored. */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.isComplete;) {
      const part = bytes.subarray(at, at + this.#row.length - this.#filledBytes);
      this.#row.set(part, this.#filledBytes);
      this.#filledBytes += part.length;
      at += part.length;
      if (this.#filledBytes === this.#row.length) this.#finishRow();
    }
  }

  #finishRow(): void {
    const pass = this.#passes[this.#pass]!;
    const row = this.#row.subarray(1);
    unfilter(this.#row[0]!, { row, above: this.#above.subarray(1), distance: this.#distance });
    this.#write(row, pass, pass.y + this.#y * pass.stepY);
    [this.#row, this.#above] = [this.#above, this.#row];
    this.#filledBytes = 0;
    this.#y++;
    if (this.#y === pass.rows) {
      this.#pass++;
      this.#startPass();
    }
  }

  #startPass(): void {
    const length = (this.#passes[this.#pass]?.rowBytes ?? 0) + 1;
    this.#row = new Uint8Array(length);
    this.#above = new Uint8Array(length);
    this.#y = 0;
  }
}

/** What turns the samples of this kind of picture into grey values. */
function greyWriter(
  { header, palette }: PngChunks,
  weights: Weights,
  grey: Float64Array,
): Writer {
  const { width, depth, isIndexed, isColour } = header;
  if (depth < 8 || isIndexed) {
    const table = isIndexed ? paletteTable(palette, weights) : levelTable(depth);
    return tableWriter({ width, depth, table, grey });
  }
  return isColour
    ? colourWriter(header, weights, grey)
    : depth === 8
    ? byteWriter(header, grey)
    : wordWriter(header, grey);
}

/** The grey values of the colours of a palette. */
function paletteTable(palette: Uint8Array | undefined, weights: Weights): Float64Array {
  if (palette === undefined) throw damaged("it has no palette");
  const { red, green, blue, sum } = weights;
  return Float64Array.from({ length: palette.length / 3 }, (_, i) => {
    const at = 3 * i;
    return (red * palette[at]! + green * palette[at + 1]! + blue * palette[at + 2]!) / sum;
  });
}

/** The grey values of the levels of a small depth: 255 is white at every depth. */
function levelTable(depth: number): Float64Array {
  const levels = 2 ** depth;
  return Float64Array.from({ length: levels }, (_, level) => level * 255 / (levels - 1));
}

function tableWriter(
  { width, depth, table, grey }: {
    width: number;
    depth: number;
    table: Float64Array;
    grey: Float64Array;
  },
): Writer {
  const mask = 2 ** depth - 1;
  return (row, { x, stepX, columns }, y) => {
    for (let i = 0, to = y * width + x; i < columns; i++, to += stepX) {
      const bit = i * depth;
      const value = table[row[bit >> 3]! >> 8 - depth - (bit & 7) & mask];
      if (value === undefined) throw damaged("its palette lacks a colour");
      grey[to] = value;
    }
  };
}

/** Grey with or without alpha, a byte each. */
function byteWriter({ width, samples }: PngHeader, grey: Float64Array): Writer {
  return (row, { x, stepX, columns }, y) => {
    for (let i = 0, at = 0, to = y * width + x; i < columns; i++, at += samples, to += stepX) {
      grey[to] = row[at]!;
    }
  };
}

/** Grey with or without alpha, two bytes each, the high one first. */
function wordWriter({ width, samples }: PngHeader, grey: Float64Array): Writer {
  return (row, { x, stepX, columns }, y) => {
    for (let i = 0, at = 0, to = y * width + x; i < columns; i++, at += 2 * samples, to += stepX) {
      grey[to] = row[at]! << 8 | row[at + 1]!;
    }
  };
}

/** Colour with or without alpha, of one or two bytes a sample. */
function colourWriter(
  { width, depth, samples }: PngHeader,
  { red, green, blue, sum }: Weights,
  grey: Float64Array,
): Writer {
  if (depth === 8) {
    return (row, { x, stepX, columns }, y) => {
      for (let i = 0, at = 0, to = y * width + x; i < columns; i++, at += samples, to += stepX) {
        grey[to] = (red * row[at]! + green * row[at + 1]! + blue * row[at + 2]!) / sum;
      }
    };
  }
  const word = (row: Uint8Array, at: number) => row[at]! << 8 | row[at + 1]!;
  return (row, { x, stepX, columns }, y) => {
    for (let i = 0, at = 0, to = y * width + x; i < columns; i++, at += 2 * samples, to += stepX) {
      grey[to] = (red * word(row, at) + green * word(row, at + 2) + blue * word(row, at + 4)) / sum;
    }
  };
}
