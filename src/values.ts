/** The values of an axis: a list, or a range from which value i comes from i. */
import { parseDecimal, scaledTo, stepFrom, toNumber } from "./decimal.ts";
import { ratio } from "./ratio.ts";

/** Evenly spaced values that are computed when asked for; start and step are exact decimals. */
export interface Range {
  readonly start: string;
  readonly step: string;
  /** Value i is start + i · step / over. */
  readonly over: number;
  readonly count: number;
}

/** The values of an axis: a list, or a range too long to be one. */
export type Values = readonly number[] | Range;

/** How many values. */
export function sizeOf(values: Values): number {
  return "count" in values ? values.count : values.length;
}

/** What reads the value at an index, counted from 0; make it once, call it often. */
export function valueReader(values: Values): (index: number) => number {
  if (!("count" in values)) return (index) => values[index]!;
  const start = parseDecimal(values.start)!;
  const step = parseDecimal(values.step)!;
  const { over, count } = values;
  if (over !== 1) {
    const exponent = Math.min(start.exponent, step.exponent);
    const first = scaledTo(start, exponent) * BigInt(over);
    const each = scaledTo(step, exponent);
    return (index) => ratio(first + BigInt(index) * each, exponent, BigInt(over));
  }
  const exponent = Math.min(start.exponent, step.exponent);
  const first = Number(scaledTo(start, exponent));
  const each = Number(scaledTo(step, exponent));
  const length = (count - 1) * each;
  // Whole numbers below 2^53 over a power of ten up to 10^22: one rounding, so the nearest double.
  if (
    exponent <= 0 && exponent >= -22 &&
    [first, length, first + length].every(Number.isSafeInteger)
  ) {
    const unit = Number(`1e${-exponent}`);
    return (index) => (first + index * each) / unit;
  }
  return (index) => toNumber(stepFrom(start, step, index));
}
