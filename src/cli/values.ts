/** Values of options: whole numbers within bounds. */
import { isWhole, parseDecimal, wholeQuotient } from "../decimal.ts";
import { UsageError } from "../errors.ts";

const ONE = { mantissa: 1n, exponent: 0 };

/** Reads `10`, `1e6`; refuses what is no whole number from `minimum` to `maximum`. */
export function wholeNumber(
  name: string,
  text: string,
  { minimum, maximum = Number.MAX_SAFE_INTEGER }: { minimum: number; maximum?: number },
): number {
  const decimal = parseDecimal(text);
  if (decimal !== undefined && isWhole(decimal)) {
    const value = wholeQuotient(decimal, ONE);
    if (value >= BigInt(minimum) && value <= BigInt(maximum)) return Number(value);
  }
  const bounds = maximum === Number.MAX_SAFE_INTEGER ? "on, below 2^53" : `to ${maximum}`;
  throw new UsageError(
    `Cannot use --${name} "${text}": expected a whole number from ${minimum} ${bounds}`,
  );
}
