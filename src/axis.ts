/** Axes: the expressions that people type for a list of values, and the values themselves. */
import {
  type Decimal,
  difference,
  formatDecimal,
  isWhole,
  parseDecimal,
  stepFrom,
  toNumber,
  wholeQuotient,
} from "./decimal.ts";
import { UsageError } from "./errors.ts";
import { type ReadInput, readValues } from "./input.ts";
import { geometric, powerOfTen } from "./powers.ts";
import { type Range, sizeOf, valueReader, type Values } from "./values.ts";

/** A parameter with its values. */
export interface Axis {
  readonly name: string;
  /** The expressions as the user typed them. */
  readonly typed: readonly string[];
  readonly values: Values;
  /** Of files: the path that each value stands for. */
  readonly texts?: readonly string[];
}

const ONE: Decimal = { mantissa: 1n, exponent: 0 };

/** Values an axis may have. */
export const MAX_VALUES = 1e9;
/** Values an axis may hold as a list; beyond, it must be one range. */
const MAX_LISTED = 1e6;
/** A single range longer than this is not written out. */
const LONG_RANGE = 1e5;
/** Values of a logarithmic axis: each takes ten microseconds to make. */
const MAX_LOGARITHMIC = 1e5;
/** Powers of ten that a double can be. */
const MAX_POWER = 307;

/**
 * The axis that the expressions give one after the other: numbers, `a,b,c`, `start:stop:step` (stop
 * included), `a:b` (integers), `lin:start:stop:count` and `geom:start:stop:count` (both ends),
 * `log:a:b:count` (powers of ten from 10^a to 10^b), `@file`. Repeated values stay.
 *
 * ```ts
 * import { parseAxis } from "./axis.ts";
 * import { assertEquals } from "@std/assert";
 * const noFiles = () => "";
 * assertEquals(parseAxis("beta", ["0.1:0.3:0.1", "5"], noFiles).values, [0.1, 0.2, 0.3, 5]);
 * ```
 *
 * @param read gives the text of a file, or of standard input
 * @throws {UsageError} for anything else, and for more than 10⁹ values
 */
export function parseAxis(name: string, typed: readonly string[], read: ReadInput): Axis {
  const parts = typed.flatMap((expression) => parseExpression(name, expression, read));
  return { name, typed, values: joined(name, parts) };
}

/**
 * A line for each range `start:stop:step` whose steps lead past its stop: whoever typed the stop
 * most often means to have it.
 */
export function missedStops(name: string, typed: readonly string[]): string[] {
  const pieces = typed.filter((text) => !text.startsWith("@")).flatMap((text) => text.split(","));
  return pieces.flatMap((piece) => {
    const [start, stop, step] = piece.split(":").map(parseDecimal);
    if (start === undefined || stop === undefined || step === undefined) return [];
    const last = stepFrom(start, step, Number(wholeQuotient(difference(stop, start), step)));
    if (difference(stop, last).mantissa === 0n) return [];
    return [
      `--${name} ends at ${formatDecimal(last)}: the steps from ${formatDecimal(start)} miss ` +
      formatDecimal(stop),
    ];
  });
}

/** Pieces as one list; a long range stays what it is. */
function joined(name: string, parts: readonly Values[]): Values {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && sizeOf(only) > LONG_RANGE) return only;
  const count = parts.reduce((sum, part) => sum + sizeOf(part), 0);
  if (count > MAX_LISTED) {
    throw new UsageError(
      `Cannot list --${name}: ${count} values in several pieces, expected at most ${MAX_LISTED}, ` +
        "or one range start:stop:step",
    );
  }
  const values: number[] = [];
  for (const part of parts) {
    const value = valueReader(part);
    for (let i = 0; i < sizeOf(part); i++) values.push(value(i));
  }
  return values;
}

/** The pieces that one expression lists. */
function parseExpression(name: string, expression: string, read: ReadInput): Values[] {
  if (expression.startsWith("@")) {
    return [readValues(expression.slice(1), read).map(({ value }) => toNumber(value))];
  }
  return expression.split(",").map((piece) => {
    const text = piece.trim();
    if (text === "") {
      throw new UsageError(
        `Cannot read --${name} "${expression}": a value is missing, expected numbers such as ` +
          `--${name} 1,2 or --${name} 0.1:1:0.1`,
      );
    }
    const [kind, ...rest] = text.split(":");
    if (kind === "lin" || kind === "log" || kind === "geom") {
      return parseSpaced(name, text, kind, rest);
    }
    if (rest.length > 0) return parseRange(name, text, [kind!, ...rest]);
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

/** `lin:start:stop:count`, `log:…`, `geom:…` */
function parseSpaced(
  name: string,
  text: string,
  kind: "lin" | "log" | "geom",
  fields: readonly string[],
): Values {
  if (fields.length !== 3) {
    const example = { lin: "lin:0:1:11", log: "log:-3:0:4", geom: "geom:1e-3:1:4" }[kind];
    throw new UsageError(
      `Cannot read --${name} "${text}": expected ${kind}:start:stop:count, such as ${example}`,
    );
  }
  const [start, stop, count] = fields.map((field) => readNumber(name, text, field)) as [
    Decimal,
    Decimal,
    Decimal,
  ];
  if (!isWhole(count) || count.mantissa <= 0n) {
    throw new UsageError(
      `Cannot read --${name} "${text}": the count is ${fields[2]}, expected a whole number above 0`,
    );
  }
  const wanted = countOf(name, text, wholeQuotient(count, ONE));
  if (kind !== "lin") return logarithmic(name, text, { kind, start, stop, count: wanted });
  if (wanted === 1) return [toNumber(start)];
  const distance = difference(stop, start);
  if (!Number.isFinite(toNumber(distance))) {
    throw new UsageError(
      `Cannot read --${name} "${text}": its ends are further apart than a double can tell, ` +
        "expected nearer ones",
    );
  }
  return evenlySpaced(name, text, {
    start: formatDecimal(start),
    step: formatDecimal(distance),
    over: wanted - 1,
    count: wanted,
  });
}

/** Values whose logarithms are evenly spaced. */
function logarithmic(
  name: string,
  text: string,
  { kind, start, stop, count }: {
    kind: "log" | "geom";
    start: Decimal;
    stop: Decimal;
    count: number;
  },
): number[] {
  const refuse = (what: string): never => {
    throw new UsageError(`Cannot read --${name} "${text}": ${what}`);
  };
  if (count > MAX_LOGARITHMIC) refuse(`${count} values, expected at most ${MAX_LOGARITHMIC}`);
  const bounds = [toNumber(start), toNumber(stop)];
  if (kind === "geom" && bounds.some((bound) => !(bound > 0))) {
    refuse("both ends of a geometric axis are above 0, expected such as geom:1e-3:1:4");
  }
  if (kind === "log" && bounds.some((bound) => Math.abs(bound) > MAX_POWER)) {
    refuse(`these are powers of ten, expected from -${MAX_POWER} to ${MAX_POWER}`);
  }
  const spaced = kind === "log" ? powerOfTen : geometric;
  const steps = Math.max(count - 1, 1);
  const values = Array.from({ length: count }, (_, i) => spaced(start, stop, i, steps));
  if (values.some((value, i) => i > 0 && value === values[i - 1])) {
    refuse("neighbouring values are the same double, expected fewer of them");
  }
  return values;
}

/** Refuses a range whose neighbours can be the same double: they would be one point twice. */
function evenlySpaced(name: string, text: string, range: Range): Range {
  const value = valueReader(range);
  const last = range.count - 1;
  const largest = Math.max(Math.abs(value(0)), Math.abs(value(last)));
  const step = Math.abs(toNumber(parseDecimal(range.step)!) / range.over);
  // A step of at least the distance of doubles at the largest value keeps all of them apart.
  if (last > 0 && step < distanceOfDoubles(largest)) {
    throw new UsageError(
      `Cannot read --${name} "${text}": neighbouring values are the same double, ` +
        "expected a larger step",
    );
  }
  return range;
}

/** The distance from a positive double to the next larger one. */
function distanceOfDoubles(value: number): number {
  const bits = new BigUint64Array(new Float64Array([value]).buffer);
  bits[0]! += 1n;
  return new Float64Array(bits.buffer)[0]! - value;
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
