/**
 * A line of a ledger: `[index,row,ms,worker,id,series,check]`, JSON to the eye, fixed enough to be
 * written and read as bytes.
 *
 * row is the list of columns (null for a missing number) or `{"error":…}`; id the first 64 bits of
 * the point's id in hex; series null or `[bytes,XXH64 in hex]`; check the CRC-32 of all before it.
 */
import { crc32 } from "./checksum.ts";

/** What is written of a point. */
export interface Entry {
  readonly index: number;
  readonly row: Float64Array | Error;
  readonly milliseconds: number;
  readonly worker: number;
  readonly idCheck: string;
  readonly series: { readonly bytes: number; readonly checksum: string } | undefined;
}

/** What is read from a line, as places in the buffer. */
export interface Line {
  index: number;
  failed: boolean;
  /** The row or the error, between its brackets. */
  rowStart: number;
  rowEnd: number;
  /** The 16 hex digits of the id. */
  idStart: number;
  /** Bytes of the series; −1 for none. */
  seriesBytes: number;
}

/** The longest line: a row of 64 columns or an error message cut to fit. */
export const MAX_LINE_BYTES = 4096;
const MAX_MESSAGE_CHARACTERS = 500;
/** `,"01234567"]` */
const TAIL_BYTES = 12;

const COMMA = 0x2c;
const QUOTE = 0x22;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const LINE_FEED = 10;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Lines of a batch of points, in a buffer that is used again. */
export class LineWriter {
  #buffer: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(sizeBytes: number) {
    this.#buffer = new Uint8Array(sizeBytes);
  }

  /** Whether so many lines will fit. */
  hasRoomFor(lines: number): boolean {
    return this.#length + lines * MAX_LINE_BYTES <= this.#buffer.length;
  }

  write({ index, row, milliseconds, worker, idCheck, series }: Entry): void {
    const text = `[${index},${rowText(row)},${milliseconds.toFixed(2)},${worker},"${idCheck}",` +
      (series === undefined ? "null" : `[${series.bytes},"${series.checksum}"]`);
    this.#length += writeChecked(this.#buffer, this.#length, text);
  }

  /** A note between the lines of points. */
  note(note: Readonly<Record<string, unknown>>): void {
    const bytes = noteLine(note);
    if (this.#length + bytes.length > this.#buffer.length) {
      const larger = new Uint8Array(2 * (this.#length + bytes.length));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** The lines so far, copied out. */
  take(): Uint8Array<ArrayBuffer> {
    const lines = this.#buffer.slice(0, this.#length);
    this.#length = 0;
    return lines;
  }
}

/** Any other line of a ledger, such as its first: an object with a check value. */
export function noteLine(note: Readonly<Record<string, unknown>>): Uint8Array {
  const text = `["note",${JSON.stringify(note)}`;
  const bytes = new Uint8Array(text.length * 3 + TAIL_BYTES + 1);
  return bytes.subarray(0, writeChecked(bytes, 0, text));
}

/** The object in a note line; undefined when the line is something else or damaged. */
export function readNote(line: Uint8Array): Record<string, unknown> | undefined {
  if (!isIntact(line, 0, line.length)) return undefined;
  const parsed = JSON.parse(decoder.decode(line)) as unknown[];
  return parsed[0] === "note" ? parsed[1] as Record<string, unknown> : undefined;
}

/** Whether the bytes `start`…`end` − 1 (without the line feed) are a line as it was written. */
export function isIntact(bytes: Uint8Array, start: number, end: number): boolean {
  const body = end - TAIL_BYTES;
  if (
    body <= start || bytes[body] !== COMMA || bytes[body + 1] !== QUOTE ||
    bytes[end - 2] !== QUOTE || bytes[end - 1] !== CLOSING_BRACKET
  ) return false;
  let check = 0;
  for (let i = body + 2; i < end - 2; i++) {
    const digit = digitValue(bytes[i]!);
    if (digit < 0) return false;
    check = check * 16 + digit;
  }
  return check === crc32(bytes, start, body);
}

/** A line to read points into. */
export function emptyLine(): Line {
  return { index: 0, failed: false, rowStart: 0, rowEnd: 0, idStart: 0, seriesBytes: -1 };
}

/** The points of whole lines, as they were written just now; the same object for each. */
export function* pointsIn(lines: Uint8Array): Generator<Line> {
  const line = emptyLine();
  for (let start = 0; start < lines.length;) {
    const end = lines.indexOf(LINE_FEED, start);
    if (readPoint(lines, start, end, line)) yield line;
    start = end + 1;
  }
}

/** Reads an intact line of a point into `line`; false for a note. */
export function readPoint(bytes: Uint8Array, start: number, end: number, line: Line): boolean {
  let at = start + 1;
  let index = 0;
  for (; bytes[at]! >= 0x30 && bytes[at]! <= 0x39; at++) index = index * 10 + (bytes[at]! - 0x30);
  if (at === start + 1) return false;
  line.index = index;
  line.failed = bytes[at + 1] === 0x7b;
  line.rowStart = at + 2;
  readSeries(bytes, end - TAIL_BYTES, line);
  // Backwards over the series, the id, worker and milliseconds.
  const before = (place: number) => commaBefore(bytes, place);
  const series = before(line.seriesBytes < 0 ? end - TAIL_BYTES : before(end - TAIL_BYTES));
  const id = before(series);
  line.idStart = id + 2;
  line.rowEnd = before(before(id)) - 1;
  return true;
}

/** What the line of a point that failed says of it. */
export function readError({ rowStart, rowEnd }: Line, bytes: Uint8Array): string {
  return JSON.parse(`{${decoder.decode(bytes.subarray(rowStart, rowEnd))}}`).error;
}

/** The place of the last comma before another; three times as fast as `lastIndexOf` this near. */
function commaBefore(bytes: Uint8Array, place: number): number {
  let at = place - 1;
  while (at >= 0 && bytes[at] !== COMMA) at--;
  return at;
}

/** The series of a line, from its end: `null` or `[bytes,"checksum"]`. */
function readSeries(bytes: Uint8Array, end: number, line: Line): void {
  line.seriesBytes = -1;
  if (bytes[end - 1] !== CLOSING_BRACKET) return;
  let at = end - 1 - 18 - 2;
  let size = 0;
  for (let unit = 1; bytes[at]! !== OPENING_BRACKET; at--, unit *= 10) {
    size += (bytes[at]! - 0x30) * unit;
  }
  line.seriesBytes = size;
}

function writeChecked(buffer: Uint8Array, at: number, text: string): number {
  const { written } = encoder.encodeInto(text, buffer.subarray(at));
  const tail = at + written;
  const check = crc32(buffer, at, tail);
  buffer[tail] = COMMA;
  buffer[tail + 1] = QUOTE;
  for (let i = 0; i < 8; i++) buffer[tail + 2 + i] = digitByte((check >>> (28 - 4 * i)) & 15);
  buffer[tail + TAIL_BYTES - 2] = QUOTE;
  buffer[tail + TAIL_BYTES - 1] = CLOSING_BRACKET;
  buffer[tail + TAIL_BYTES] = LINE_FEED;
  return written + TAIL_BYTES + 1;
}

/** A row as it stands in a line: a list, or an object with the error. */
export function rowText(row: Float64Array | Error): string {
  if (row instanceof Error) {
    return JSON.stringify({ error: row.message.slice(0, MAX_MESSAGE_CHARACTERS) });
  }
  let text = "[";
  for (let i = 0; i < row.length; i++) text += (i === 0 ? "" : ",") + cellText(row[i]!);
  return text + "]";
}

/** JSON has no infinities: they travel as words that tables understand. */
function cellText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "null" : value > 0 ? '"inf"' : '"-inf"';
}

/** The hex digit of 0…15. */
function digitByte(value: number): number {
  return value < 10 ? 0x30 + value : 0x57 + value;
}

/** The number that a hex digit is; −1 for any other byte. */
function digitValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
}
