/** The rows of a PNG as they come out of its zlib stream: passes, filters and samples. */
import { damaged } from "./image.ts";
import type { PngHeader } from "./png_chunks.ts";

/** A subset of the pixels that is stored as a small picture of its own. */
export interface Pass {
  /** Pixel (column, row) of the pass is pixel (x + column · stepX, y + row · stepY). */
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly columns: number;
  readonly rows: number;
  /** Bytes of a row without the one that names its filter. */
  readonly rowBytes: number;
}

/** Adam7: x, y, stepX and stepY of each pass (PNG third edition, section 8.2). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The passes that have any pixels, in order; a picture that is not interlaced is one. */
export function passesOf(header: PngHeader): Pass[] {
  const { width, height, depth, samples } = header;
  return (header.isInterlaced ? ADAM7 : [[0, 0, 1, 1]] as const).map(([x, y, stepX, stepY]) => {
    const columns = Math.ceil((width - x) / stepX);
    const rows = Math.ceil((height - y) / stepY);
    return {
      x,
      y,
      stepX,
      stepY,
      columns,
      rows,
      rowBytes: Math.ceil(columns * depth * samples / 8),
    };
  }).filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/**
 * Undoes a row's filter in place (section 9.2).
 *
 * @param row the row without its filter byte
 * @param above the row above it as it was before filtering; zeros above the first
 * @param distance bytes from a sample to that of the pixel on its left, at least 1
 * @throws {SyntaxError} for an unknown filter
 */
export function unfilter(
  filter: number,
  { row, above, distance }: { row: Uint8Array; above: Uint8Array; distance: number },
): void {
  const length = row.length;
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = distance; i < length; i++) row[i] = row[i]! + row[i - distance]!;
      return;
    case 2:
      for (let i = 0; i < length; i++) row[i] = row[i]! + above[i]!;
      return;
    case 3:
      for (let i = 0; i < distance; i++) row[i] = row[i]! + (above[i]! >> 1);
      for (let i = distance; i < length; i++) {
        row[i] = row[i]! + (row[i - distance]! + above[i]! >> 1);
      }
      return;
    case 4:
      for (let i = 0; i < distance; i++) row[i] = row[i]! + above[i]!;
      for (let i = distance; i < length; i++) {
        row[i] = row[i]! + paeth(row[i - distance]!, above[i]!, above[i - distance]!);
      }
      return;
    default:
      throw damaged(`its filter ${filter} is unknown`);
  }
}

/** Whichever of left, above and upper left is nearest to left + above − upper left. */
function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
