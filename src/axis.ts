/** Axes: the expressions that people type for a list of values, and the values themselves. */
import {
  type Decimal,
  difference,
  formatDecimal,
  isWhole,
  parseDecimal,
  scaledTo,
  stepFrom,
  toNumber,
  wholeQuotient,
} from "./decimal.ts";
import { UsageError } from "./errors.ts";

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

/** A parameter with its values. */
export interface Axis {
  readonly name: string;
  /** The expressions as the user typed them. */
  readonly typed: readonly string[];
  readonly values: Values;
}

const ONE: Decimal = { mantissa: 1n, exponent: 0 };

/** Values an axis may have. */
export const MAX_VALUES = 1e9;
/** Values an axis may hold as a list; beyond, it must be one range. */
const MAX_LISTED = 1e6;
/** A single range longer than this is not written out. */
const LONG_RANGE = 1e5;

/**
 * The axis that the expressions give one after the other: numbers, `a,b,c`, `start:stop:step` (stop
 * included), `a:b` (integers), `lin:start:stop:count` (both ends). Repeated values stay.
 *
 * ```ts
 * import { parseAxis } from "./axis.ts";
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseAxis("beta", ["0.1:0.3:0.1", "5"]).values, [0.1, 0.2, 0.3, 5]);
 * ```
 *
 * @throws {UsageError} for anything else, and for more than 10⁹ values
 */
export function parseAxis(name: string, typed: readonly string[]): Axis {
  const parts = typed.flatMap((expression) => parseExpression(name, expression));
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && sizeOf(only) > LONG_RANGE) {
    return { name, typed, values: only };
  }
  const count = parts.reduce((sum, part) => sum + sizeOf(part), 0);
  if (count > MAX_LISTED) {
    throw new UsageError(
      `Cannot list --${name}: ${count} values in several pieces, expected at most ${MAX_LISTED}, ` +
        "or one range start:stop:step",
    );
  }
  const values: number[] = [];
  for (const part of parts) {
    const read = valueReader(part);
    for (let i = 0; i < sizeOf(part); i++) values.push(read(i));
  }
  return { name, typed, values };
}

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
  const last = first + (count - 1) * each;
  // Whole numbers below 2^53 over a power of ten up to 10^22: one rounding, so the nearest double.
  if (
    exponent <= 0 && exponent >= -22 && Number.isSafeInteger(first) && Number.isSafeInteger(last) &&
    Number.isSafeInteger(each)
  ) {
    const unit = Number(`1e${-exponent}`);
    return (index) => (first + index * each) / unit;
  }
  return (index) => toNumber(stepFrom(start, step, index));
}

/** The double nearest to numerator · 10^exponent / denominator, with denominator > 0. */
function ratio(numerator: bigint, exponent: number, denominator: bigint): number {
  if (exponent < 0) denominator *= 10n ** BigInt(-exponent);
  else numerator *= 10n ** BigInt(exponent);
  if (numerator < 0n) return -ratio(-numerator, 0, denominator);
  // 66 bits or more of the quotient, the last one set when anything was cut off: rounding those to
  // 53 bits is rounding the exact quotient.
  const shift = Math.max(0, 66 + denominator.toString(2).length - numerator.toString(2).length);
  const scaled = numerator << BigInt(shift);
  const quotient = scaled / denominator;
  const sticky = quotient * denominator === scaled ? 0n : 1n;
  return Number(quotient | sticky) * 2 ** -shift;
}

/** The pieces that one expression lists. */
function parseExpression(name: string, expression: string): Values[] {
  return expression.split(",").map((piece) => {
    const text = piece.trim();
    if (text === "") {
      throw new UsageError(
        `Cannot read --${name} "${expression}": a value is missing, expected numbers such as ` +
          `--${name} 1,2 or --${name} 0.1:1:0.1`,
      );
    }
    const fields = text.split(":");
    if (fields[0] === "lin") return parseLinear(name, text, fields.slice(1));
    if (fields.length > 1) return parseRange(name, text, fields);
    return [toNumber(readNumber(name, text, text))];
  });
}

/** `start:stop:step` or `start:stop`. */
function parseRange(name: string, text: string, fields: readonly string[]): Values {
  if (fields.length > 3) {
    throw new UsageError(`Cannot read --${name} "${text}": expected start:stop or start:stop:step`);
  }
  const [start, stop, step] = fields.map((field) => readNumber(name, text, field));
  if (step === undefined && !(isWhole(start!) && isWhole(stop!))) {
    throw new UsageError(
      `Cannot read --${name} "${text}": a range without a step counts in whole numbers, ` +
        `expected a step, such as ${text}:0.1`,
    );
  }
  return makeRange(name, text, start!, stop!, step ?? ONE);
}

function makeRange(name: string, text: string, start: Decimal, stop: Decimal, step: Decimal) {
  if (step.mantissa === 0n) {
    throw new UsageError(`Cannot read --${name} "${text}": the step is 0, expected another`);
  }
  const last = wholeQuotient(difference(stop, start), step);
  if (last < 0n) {
    throw new UsageError(
      `Cannot read --${name} "${text}": steps of ${formatDecimal(step)} lead away from ` +
        `${formatDecimal(stop)}, expected a step of the other sign`,
    );
  }
  return evenlySpaced(name, text, {
    start: formatDecimal(start),
    step: formatDecimal(step),
    over: 1,
    count: countOf(name, text, last + 1n),
  });
}

/** `lin:start:stop:count` */
function parseLinear(name: string, text: string, fields: readonly string[]): Values {
  if (fields.length !== 3) {
    throw new UsageError(
      `Cannot read --${name} "${text}": expected lin:start:stop:count, such as lin:0:1:11`,
    );
  }
  const [start, stop, count] = fields.map((field) => readNumber(name, text, field));
  if (!isWhole(count!) || count!.mantissa <= 0n) {
    throw new UsageError(
      `Cannot read --${name} "${text}": the count is ${fields[2]}, expected a whole number above 0`,
    );
  }
  const wanted = countOf(name, text, wholeQuotient(count!, ONE));
  if (wanted === 1) return [toNumber(start!)];
  return evenlySpaced(name, text, {
    start: formatDecimal(start!),
    step: formatDecimal(difference(stop!, start!)),
    over: wanted - 1,
    count: wanted,
  });
}

/** Refuses a range whose neighbours are the same double: they would be the same point twice. */
function evenlySpaced(name: string, text: string, range: Range): Range {
  const value = valueReader(range);
  const last = range.count - 1;
  if (last > 0 && (value(0) === value(1) || value(last - 1) === value(last))) {
    throw new UsageError(
      `Cannot read --${name} "${text}": neighbouring values are the same double, ` +
        "expected a larger step",
    );
  }
  return range;
}

function countOf(name: string, text: string, count: bigint): number {
  if (count > BigInt(MAX_VALUES)) {
    throw new UsageError(
      `Cannot list --${name} "${text}": ${count} values, expected at most ${MAX_VALUES}`,
    );
  }
  return Number(count);
}

function readNumber(name: string, text: string, field: string): Decimal {
  const decimal = parseDecimal(field);
  if (decimal === undefined) {
    const what = field === text ? "it" : `"${field}"`;
    throw new UsageError(
      `Cannot read --${name} "${text}": ${what} is not a finite number, ` +
        "expected values such as 0.5 or 1,2 or 0.1:1:0.1",
    );
  }
  return decimal;
}
