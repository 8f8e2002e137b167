/** From a filtered image to 8-bit grey values. */

/** Adding and taking away 2^52 leaves the nearest whole number, of two the even one. */
const TO_WHOLE = 2 ** 52;
const WHITE = 255;

/** Values as they are, of `white` the whitest: rounded half to even, clipped to 0…255. */
export function observeReal(values: Float64Array, white: number): Uint8Array {
  const scale = WHITE / white;
  const grey = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    grey[i] = Math.min(WHITE, Math.max(0, values[i]! * scale)) + TO_WHOLE - TO_WHOLE;
  }
  return grey;
}

/** Squares, the largest of which is white; all black when every value is 0. */
export function observeIntensity(values: Float64Array, largest: number): Uint8Array {
  const grey = new Uint8Array(values.length);
  const most = largest * largest;
  if (!(most > 0)) return grey;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    grey[i] = value * value / most * WHITE + TO_WHOLE - TO_WHOLE;
  }
  return grey;
}
