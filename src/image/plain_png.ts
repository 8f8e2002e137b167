/** Writes PNG plainly and slowly: what the tests hold `encodePng()` to, byte for byte. */
import { crc32 } from "../checksum.ts";
import { deflate } from "./plain_deflate.ts";

/** Filters of PNG third edition, section 9.2: the first row has none above it. */
const SUB = 1;
const UP = 2;

/** A picture of one grey or of red, green and blue a pixel. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly samples: 1 | 3;
  readonly bytes: Uint8Array;
}

export function plainPng(picture: Pixels): Uint8Array {
  const { width, height, samples } = picture;
  const header = [...bigEndian(width), ...bigEndian(height), 8, samples === 1 ? 0 : 2, 0, 0, 0];
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk("IHDR", header),
    ...chunk("IDAT", deflate(filter(picture))),
    ...chunk("IEND", []),
  ]);
}

/** The rows, each after the number of its filter. */
function filter({ width, height, samples, bytes }: Pixels): Uint8Array {
  const rowBytes = width * samples;
  const rows = new Uint8Array((rowBytes + 1) * height);
  for (let y = 0, to = 0; y < height; y++) {
    rows[to++] = y === 0 ? SUB : UP;
    for (let x = 0; x < rowBytes; x++) {
      const at = y * rowBytes + x;
      const left = x < samples ? 0 : bytes[at - samples]!;
      rows[to++] = bytes[at]! - (y === 0 ? left : bytes[at - rowBytes]!);
    }
  }
  return rows;
}

function* chunk(type: string, body: Iterable<number>): Generator<number> {
  const named = Uint8Array.from([...new TextEncoder().encode(type), ...body]);
  yield* bigEndian(named.length - 4);
  yield* named;
  yield* bigEndian(crc32(named));
}

function bigEndian(value: number): number[] {
  return [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255];
}
