/**
 * Logarithmic spacing in integer arithmetic: the engine's Math.pow may differ in the last bit from
 * one machine to the next, these do not.
 */
import { type Decimal, toNumber } from "./decimal.ts";
import { ratio } from "./ratio.ts";

/** Binary places of the fixed-point numbers: far more than a double's 53 bits. */
const PLACES = 192n;
const ONE = 1n << PLACES;
/** The exponential's argument is halved so often, and its result squared as often. */
const HALVINGS = 8n;

/** Logarithms of 2 and 10, made when a logarithmic axis first asks: most scans have none. */
let logarithms: { readonly of2: bigint; readonly of10: bigint } | undefined;

function constants(): NonNullable<typeof logarithms> {
  if (logarithms === undefined) {
    const of2 = 2n * inverseHyperbolicTangent(1n, 3n);
    logarithms = { of2, of10: 3n * of2 + logarithmOfRatio(10n, 8n) };
  }
  return logarithms;
}

/**
 * The double nearest to 10^(start + index · (stop − start) / steps); a whole power is exact.
 */
export function powerOfTen(start: Decimal, stop: Decimal, index: number, steps: number): number {
  const exponent = between(start, stop, index, steps);
  if (exponent.numerator % exponent.denominator === 0n) {
    return Number(`1e${exponent.numerator / exponent.denominator}`);
  }
  return exponential(constants().of10 * exponent.numerator / exponent.denominator);
}

/** The double nearest to start · (stop / start)^(index / steps), for start and stop above 0. */
export function geometric(start: Decimal, stop: Decimal, index: number, steps: number): number {
  if (index === 0) return toNumber(start);
  if (index === steps) return toNumber(stop);
  const first = logarithm(start);
  const last = logarithm(stop);
  return exponential(first + (last - first) * BigInt(index) / BigInt(steps));
}

function between(start: Decimal, stop: Decimal, index: number, steps: number) {
  const exponent = Math.min(start.exponent, stop.exponent, 0);
  const scaled = ({ mantissa, exponent: own }: Decimal) => mantissa * 10n ** BigInt(own - exponent);
  const [a, b] = [scaled(start), scaled(stop)];
  return {
    numerator: a * BigInt(steps) + (b - a) * BigInt(index),
    denominator: BigInt(steps) * 10n ** BigInt(-exponent),
  };
}

/** log x as a fixed-point number, for x > 0. */
function logarithm({ mantissa, exponent }: Decimal): bigint {
  const { of2, of10 } = constants();
  const bits = BigInt(mantissa.toString(2).length - 1);
  return logarithmOfRatio(mantissa, 1n << bits) + bits * of2 + BigInt(exponent) * of10;
}

/** log(a / b) for a / b from 1 to 2: twice the inverse hyperbolic tangent of (a − b)/(a + b). */
function logarithmOfRatio(a: bigint, b: bigint): bigint {
  return 2n * inverseHyperbolicTangent(a - b, a + b);
}

/** z + z³/3 + z⁵/5 + … for z = a / b up to 1/3. */
function inverseHyperbolicTangent(a: bigint, b: bigint): bigint {
  const z = (a << PLACES) / b;
  const square = z * z >> PLACES;
  let sum = 0n;
  let power = z;
  for (let n = 1n; power !== 0n; n += 2n) {
    sum += power / n;
    power = power * square >> PLACES;
  }
  return sum;
}

/** The double nearest to e^y, y a fixed-point number. */
function exponential(y: bigint): number {
  const { of2 } = constants();
  const twos = (y + (of2 >> 1n)) / of2 - (y + (of2 >> 1n) < 0n ? 1n : 0n);
  const rest = (y - twos * of2) >> HALVINGS;
  let sum = ONE;
  let term = ONE;
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    term = (term * rest >> PLACES) / n;
    sum += term;
  }
  for (let i = 0n; i < HALVINGS; i++) sum = sum * sum >> PLACES;
  return twos >= 0n ? ratio(sum << twos, 0, ONE) : ratio(sum, 0, ONE << -twos);
}
