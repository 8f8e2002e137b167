/** A picture in memory, and what every reader of pictures checks and makes of colours. */

/** A picture as the filters see it. */
export interface Image {
  readonly width: number;
  readonly height: number;
  /** height × width values in row-major order, each from 0 to `maximum`. */
  readonly grey: Float64Array<ArrayBuffer>;
  /** The value of white: 65535 for a PNG with 16 bits a sample, else 255. */
  readonly maximum: 255 | 65535;
}

/**
 * How a colour becomes grey: `luma` is that of ITU-R BT.601, (299 R + 587 G + 114 B) / 1000, and
 * `average` is (R + G + B) / 3; both of the values as stored (gamma and profiles are not undone),
 * neither rounded beyond the one division, so that a grey stays exactly what it is.
 */
export type GreyRule = "luma" | "average";

/** The weights of a rule: whole numbers, so that only the division by their sum can round. */
export interface Weights {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly sum: number;
}

/** Pixels of a picture: 8192 × 8192, half a gigabyte of grey values. */
export const MAX_PIXELS = 2 ** 26;

const WEIGHTS: Readonly<Record<GreyRule, Weights>> = {
  luma: { red: 299, green: 587, blue: 114, sum: 1000 },
  average: { red: 1, green: 1, blue: 1, sum: 3 },
};

export function weightsOf(rule: GreyRule): Weights {
  return WEIGHTS[rule];
}

/**
 * Refuses a size before any memory is taken for it.
 *
 * @throws {RangeError} for more pixels than `MAX_PIXELS`
 * @throws {SyntaxError} for none
 */
export function checkSize({ width, height }: { width: number; height: number }): void {
  if (width === 0 || height === 0) {
    throw new SyntaxError(`it is ${width}×${height} pixels, expected at least one`);
  }
  if (width * height > MAX_PIXELS) {
    throw new RangeError(`it is ${width}×${height} pixels, expected at most ${MAX_PIXELS}`);
  }
}

/** The error of a file that ends too early. */
export function truncated(): SyntaxError {
  return new SyntaxError("it is truncated");
}

/** The error of a file that contradicts itself, with what is wrong. */
export function damaged(what: string): SyntaxError {
  return new SyntaxError(`it is damaged: ${what}`);
}
