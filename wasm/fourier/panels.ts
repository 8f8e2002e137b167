/** What a filter did, in four pictures: image, spectrum, spectrum behind the mask, result. */
import type { Panel, Picture } from "../kernel.ts";
import { observeReal } from "./observe.ts";

/** What is kept of the spectrum. */
export interface Mask {
  readonly divisorU: number;
  readonly divisorV: number;
  readonly radius: number;
  /** The rest instead. */
  readonly outside: boolean;
  /** |F|² instead of F. */
  readonly squared: boolean;
}

/** What the pictures are made of. */
interface Scene {
  readonly picture: Picture;
  /** What was filtered: the picture, with noise where there was some. */
  readonly image: Float64Array;
  readonly observed: Uint8Array;
  /** |F|² within a mask for u = 0 … ⌊width/2⌋, row by row; a view until the next call. */
  readonly power: (mask: Mask) => Float64Array;
  readonly operation: string;
  readonly mask: Mask;
}

/** The four panels; both spectra have the same scale, and zero frequency in the middle. */
export function drawPanels(scene: Scene): Panel[] {
  const { picture, image, observed, power, operation, mask } = scene;
  const { width, height, maximum } = picture;
  const whole = logarithms(power({ ...mask, radius: Infinity, outside: false }));
  const most = whole.reduce((a, b) => Math.max(a, b), 0);
  const spectrum = (values: Float64Array) => centred(values, width, height, most);
  const before = spectrum(whole);
  const after = spectrum(logarithms(power(mask)));
  const panel = (title: string, grey: Uint8Array): Panel => ({ title, width, height, grey });
  return [
    panel(operation === "noise" ? "original with noise" : "original", observeReal(image, maximum)),
    panel("log power spectrum", before),
    panel(mask.squared ? "spectrum, phase removed" : "spectrum after the mask", after),
    panel(`result: ${operation}`, observed),
  ];
}

function logarithms(power: Float64Array): Float64Array {
  return power.map((value) => Math.log10(1 + value));
}

/** The whole plane out of its half, F(−u, −v) being the conjugate of F(u, v). */
function centred(half: Float64Array, width: number, height: number, most: number): Uint8Array {
  const columns = Math.floor(width / 2) + 1;
  const full = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    const v = y - Math.floor(height / 2);
    for (let x = 0; x < width; x++) {
      const u = x - Math.floor(width / 2);
      const row = u < 0 ? -v : v;
      full[y * width + x] = half[(row < 0 ? row + height : row) * columns + Math.abs(u)]!;
    }
  }
  return observeReal(full, most > 0 ? most : 1);
}
