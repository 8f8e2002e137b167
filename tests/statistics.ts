/** The statistics that tests by theory need, written out plainly. */

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The sample variance: the sum of squares over one less than their number. */
export function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}

/** Pearson's correlation of pairs. */
export function correlation(pairs: readonly (readonly [number, number])[]): number {
  const first = pairs.map(([a]) => a);
  const second = pairs.map(([, b]) => b);
  const [middleA, middleB] = [mean(first), mean(second)];
  const covariance = pairs.reduce((sum, [a, b]) => sum + (a - middleA) * (b - middleB), 0) /
    (pairs.length - 1);
  return covariance / Math.sqrt(variance(first) * variance(second));
}

/**
 * The cumulative standard normal distribution, to 1e-15.
 *
 * Source: G. Marsaglia, J. Stat. Softw. 11(4) (2004): 1/2 + φ(x) (x + x³/3 + x⁵/(3·5) + …).
 */
export function normalCdf(x: number): number {
  if (Math.abs(x) > 9) return x > 0 ? 1 : 0;
  let sum = x;
  let term = x;
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= x * x / odd;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
}

/** χ² of numbers against the uniform distribution in [0, 1], over bins of equal width. */
export function chiSquareOfUniform(values: readonly number[], bins: number): number {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[Math.min(Math.floor(value * bins), bins - 1)]!++;
  const expected = values.length / bins;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/**
 * The probability that χ² with so many degrees of freedom is larger, to 0.001 for 9 or more.
 *
 * Source: E. B. Wilson and M. M. Hilferty, PNAS 17, 684 (1931): (χ²/k)^⅓ is nearly normal, with
 * mean 1 − 2/(9k) and variance 2/(9k).
 */
export function chiSquareTail(chiSquare: number, degrees: number): number {
  const spread = 2 / (9 * degrees);
  return normalCdf((1 - spread - Math.cbrt(chiSquare / degrees)) / Math.sqrt(spread));
}
