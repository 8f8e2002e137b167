/** Values of options: whole numbers within bounds. */
import { UsageError } from "../errors.ts";

/** Reads `10`, `1e6`; refuses what is no whole number from `minimum` to `maximum`. */
export function wholeNumber(
  name: string,
  text: string,
  { minimum, maximum = Number.MAX_SAFE_INTEGER }: { minimum: number; maximum?: number },
): number {
  const value = /^\d+(\.\d+)?([eE]\+?\d{1,3})?$/.test(text.trim()) ? Number(text) : NaN;
  if (Number.isSafeInteger(value) && value >= minimum && value <= maximum) return value;
  const bounds = maximum === Number.MAX_SAFE_INTEGER ? "below 2^53" : `up to ${maximum}`;
  throw new UsageError(
    `Cannot use --${name} "${text}": expected a whole number from ${minimum}, ${bounds}`,
  );
}
