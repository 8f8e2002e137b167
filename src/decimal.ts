/** Exact decimal numbers: axis values are counted in them, so that 0.3 is 0.3. */

/** mantissa · 10^exponent */
export interface Decimal {
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** Digits, and places before or after the point, beyond which text is no number of this world. */
const MAX_DIGITS = 2000;

const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/** Reads `-1.5e3`; undefined when the text is no finite decimal number that a double can hold. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = PATTERN.exec(text.trim());
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  const digits = whole + fraction;
  const exponent = Number(power) - fraction.length;
  if (digits === "" || digits.length > MAX_DIGITS || Math.abs(exponent) > MAX_DIGITS) {
    return undefined;
  }
  const magnitude = BigInt(digits);
  const decimal = { mantissa: sign === "-" ? -magnitude : magnitude, exponent };
  return Number.isFinite(toNumber(decimal)) ? decimal : undefined;
}

/** The double nearest to a decimal. */
export function toNumber({ mantissa, exponent }: Decimal): number {
  const digits = Number(mantissa);
  // Up to here both numbers are exact, and one division of exact numbers rounds once.
  if (exponent <= 0 && exponent >= -22 && Number.isSafeInteger(digits)) {
    return digits / Number(`1e${-exponent}`);
  }
  return Number(`${mantissa}e${exponent}`);
}

/** start + index · step */
export function stepFrom(start: Decimal, step: Decimal, index: number): Decimal {
  const exponent = Math.min(start.exponent, step.exponent);
  return {
    mantissa: scaledTo(start, exponent) + BigInt(index) * scaledTo(step, exponent),
    exponent,
  };
}

/** a − b */
export function difference(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  return { mantissa: scaledTo(a, exponent) - scaledTo(b, exponent), exponent };
}

/** ⌊a / b⌋ for a, b of the same sign; negative when the signs differ. */
export function wholeQuotient(a: Decimal, b: Decimal): bigint {
  const exponent = Math.min(a.exponent, b.exponent);
  const numerator = scaledTo(a, exponent);
  const denominator = scaledTo(b, exponent);
  if (numerator !== 0n && (numerator < 0n) !== (denominator < 0n)) return -1n;
  return numerator / denominator;
}

/** Whether a decimal is a whole number. */
export function isWhole({ mantissa, exponent }: Decimal): boolean {
  return exponent >= 0 || mantissa % 10n ** BigInt(-exponent) === 0n;
}

/** The shortest way to write a decimal without a power of ten: `-0.25`. */
export function formatDecimal({ mantissa, exponent }: Decimal): string {
  if (exponent >= 0) return String(mantissa * 10n ** BigInt(exponent));
  const sign = mantissa < 0n ? "-" : "";
  const digits = String(mantissa < 0n ? -mantissa : mantissa).padStart(1 - exponent, "0");
  const fraction = digits.slice(exponent).replace(/0+$/, "");
  return sign + digits.slice(0, exponent) + (fraction === "" ? "" : "." + fraction);
}

/** The mantissa of a decimal written with a smaller exponent. */
export function scaledTo({ mantissa, exponent }: Decimal, smaller: number): bigint {
  return mantissa * 10n ** BigInt(exponent - smaller);
}
