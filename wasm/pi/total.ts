/** What all streams of a job amount to: an estimate of π and its standard error. */
import type { Total } from "../kernel.ts";

/** Sums the rows `drawn, inside`. */
export function openTotal(): Total {
  let samples = 0;
  let count = 0;
  return {
    add([drawn, inside]) {
      samples += drawn!;
      count += inside!;
    },
    exact: { value: Math.PI, text: "π" },
    numbers: () => ({ samples, count, ...estimatePi(samples, count) }),
    text() {
      const { estimate, standard_error: error } = estimatePi(samples, count);
      return `π = ${textWithError(estimate, error)}, ` +
        `${(Math.abs(estimate - Math.PI) / error).toFixed(2)} standard errors from π`;
    },
  };
}

/**
 * π from the share of points inside: 4 p with the error of a binomial, 4 √(p (1 − p) / n). When all
 * points fell on one side, the error is that of half a point on the other.
 */
export function estimatePi(
  samples: number,
  count: number,
): { estimate: number; standard_error: number } {
  const share = count / samples;
  const likely = Math.min(Math.max(share, 0.5 / samples), 1 - 0.5 / samples);
  return {
    estimate: 4 * share,
    standard_error: 4 * Math.sqrt(likely * (1 - likely) / samples),
  };
}

/** A value with the digits that mean something, and its error with two: `3.14161 ± 0.00016`. */
function textWithError(value: number, error: number): string {
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(error)));
  return `${value.toFixed(decimals)} ± ${error.toFixed(decimals)}`;
}
