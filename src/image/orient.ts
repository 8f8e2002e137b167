/** Turns a picture the right way up. */
import type { Image } from "./image.ts";

/** What an orientation asks for: first the axes are swapped, then mirrored. */
interface Turn {
  readonly swap: boolean;
  readonly mirrorX: boolean;
  readonly mirrorY: boolean;
}

/** Orientations 1 to 8 of Exif 2.32, section 4.6.4 (where row 0 and column 0 are to be seen). */
const TURNS: readonly Turn[] = [
  { swap: false, mirrorX: false, mirrorY: false }, // 1: top, left
  { swap: false, mirrorX: true, mirrorY: false }, // 2: top, right
  { swap: false, mirrorX: true, mirrorY: true }, // 3: bottom, right
  { swap: false, mirrorX: false, mirrorY: true }, // 4: bottom, left
  { swap: true, mirrorX: false, mirrorY: false }, // 5: left, top
  { swap: true, mirrorX: true, mirrorY: false }, // 6: right, top
  { swap: true, mirrorX: true, mirrorY: true }, // 7: right, bottom
  { swap: true, mirrorX: false, mirrorY: true }, // 8: left, bottom
];

/** The picture as its EXIF orientation, 1 to 8, wants it seen. */
export function orient(image: Image, orientation: number): Image {
  const turn = TURNS[orientation - 1];
  if (turn === undefined) throw new RangeError(`No orientation ${orientation}`);
  if (orientation === 1) return image;
  const { width, height, grey, maximum } = image;
  const [toWidth, toHeight] = turn.swap ? [height, width] : [width, height];
  const turned = new Float64Array(grey.length);
  // The source index of the upper left corner, and its steps to the right and downwards.
  const right = (turn.swap ? width : 1) * (turn.mirrorX ? -1 : 1);
  const down = (turn.swap ? 1 : width) * (turn.mirrorY ? -1 : 1);
  const start = (turn.mirrorX ? -right * (toWidth - 1) : 0) +
    (turn.mirrorY ? -down * (toHeight - 1) : 0);
  for (let y = 0, to = 0; y < toHeight; y++) {
    for (let x = 0, from = start + y * down; x < toWidth; x++, from += right) {
      turned[to++] = grey[from]!;
    }
  }
  return { width: toWidth, height: toHeight, grey: turned, maximum };
}
