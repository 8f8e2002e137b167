/** A task of some twenty milliseconds that only computes: the start of a series. */
export function busy(start: number): number {
  let sum = 0;
  for (let i = 1; i < 2e7; i++) sum += 1 / (i + start);
  return sum;
}
