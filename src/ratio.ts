/** The double nearest to a ratio of whole numbers. */

/** numerator · 10^exponent / denominator, rounded once, ties to even; denominator > 0. */
export function ratio(numerator: bigint, exponent: number, denominator: bigint): number {
  if (exponent < 0) denominator *= 10n ** BigInt(-exponent);
  else numerator *= 10n ** BigInt(exponent);
  if (numerator < 0n) return -ratio(-numerator, 0, denominator);
  // 66 bits or more of the quotient, the last one set when anything was cut off: rounding those to
  // 53 bits is rounding the exact quotient.
  const shift = Math.max(0, 66 + bitLength(denominator) - bitLength(numerator));
  const scaled = numerator << BigInt(shift);
  const quotient = scaled / denominator;
  const sticky = quotient * denominator === scaled ? 0n : 1n;
  const rounded = Number(quotient | sticky);
  if (shift < 1000 || rounded * 2 ** -1000 >= 2 ** (shift - 1000 - 1022)) {
    return shift < 1000 ? rounded * 2 ** -shift : rounded * 2 ** -1000 * 2 ** (1000 - shift);
  }
  return subnormal(numerator, denominator);
}

/** Below 2^-1022 a double is a whole multiple of 2^-1074: rounded there, ties to even. */
function subnormal(numerator: bigint, denominator: bigint): number {
  const scaled = numerator << 1074n;
  const floor = scaled / denominator;
  const twiceRest = 2n * (scaled - floor * denominator);
  const isUp = twiceRest > denominator || (twiceRest === denominator && floor % 2n === 1n);
  return Number(floor + (isUp ? 1n : 0n)) * 2 ** -1074;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}
