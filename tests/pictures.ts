/** The test images, and ways to spoil them. */
import { crc32 } from "../src/checksum.ts";
import { root } from "./project.ts";

/** What other programs read from a test image; tests/images/README.md says how it was made. */
export interface Expected {
  readonly width: number;
  readonly height: number;
  readonly maximum: number;
  readonly luma?: number;
  readonly average?: number;
  readonly every97th?: readonly number[];
}

const folder = new URL("tests/images/", root);

/** Every picture that can be read, by file name, with what has to come out. */
export const expectedImages = new Map<string, Expected>(
  Object.entries(JSON.parse(Deno.readTextFileSync(new URL("expected.json", folder)))),
);

export function readPicture(name: string): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(new URL(name, folder));
}

/** The bytes of all parts in a row. */
export function join(...parts: readonly Iterable<number>[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** EXIF data with nothing but an orientation, in either byte order. */
export function exifOf(orientation: number, order: "little" | "big"): Uint8Array<ArrayBuffer> {
  const little = order === "little";
  const view = new DataView(new ArrayBuffer(26));
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, 1, little);
  view.setUint16(10, 0x0112, little);
  view.setUint16(12, 3, little);
  view.setUint32(14, 1, little);
  view.setUint16(18, orientation, little);
  return new Uint8Array(view.buffer);
}

/** A JPEG with EXIF data put after its start. */
export function jpegWithExif(jpeg: Uint8Array, exif: Uint8Array): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode("Exif\0\0");
  const length = 2 + name.length + exif.length;
  return join(jpeg.subarray(0, 2), [0xff, 0xe1, length >> 8, length & 255], name, exif, [
    ...jpeg.subarray(2),
  ]);
}

/** A PNG with a chunk put after its header. */
export function pngWithChunk(
  png: Uint8Array,
  { type, body }: { type: string; body: Uint8Array },
): Uint8Array<ArrayBuffer> {
  const afterHeader = 8 + 12 + 13;
  return join(png.subarray(0, afterHeader), chunkOf(type, body), png.subarray(afterHeader));
}

/** A PNG chunk with its length and check value. */
export function chunkOf(type: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const named = join(new TextEncoder().encode(type), body);
  return join(bigEndian(body.length), named, bigEndian(crc32(named)));
}

/** A PNG of the given header, palette and rows as they stand before compression. */
export async function pngOf(
  header: { width: number; height: number; depth: number; type: number; interlace?: number },
  rows: Uint8Array<ArrayBuffer>,
  ...chunks: readonly Uint8Array[]
): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, depth, type, interlace = 0 } = header;
  const body = join(bigEndian(width), bigEndian(height), [depth, type, 0, 0, interlace]);
  const compressed = new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"));
  return join(
    readPicture("grey_8.png").subarray(0, 8),
    chunkOf("IHDR", body),
    ...chunks,
    chunkOf("IDAT", new Uint8Array(await new Response(compressed).arrayBuffer())),
    chunkOf("IEND", new Uint8Array()),
  );
}

/** The index of the first of two bytes in a file. */
export function indexOfPair(bytes: Uint8Array, pair: readonly [number, number]): number {
  return bytes.findIndex((byte, i) => byte === pair[0] && bytes[i + 1] === pair[1]);
}

function bigEndian(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** A PNG whose chunks have right check values again, as far as it still has chunks. */
export function mendCheckValues(png: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const mended = png.slice();
  if (mended[0] !== 0x89) return mended;
  const view = new DataView(mended.buffer);
  for (let at = 8; at + 12 <= mended.length;) {
    const end = at + 12 + view.getUint32(at);
    if (end > mended.length) break;
    view.setUint32(end - 4, crc32(mended, at + 4, end - 4));
    at = end;
  }
  return mended;
}
