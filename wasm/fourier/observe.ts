/** From numbers to 8-bit grey values, for figures. */

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
