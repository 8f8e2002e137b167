/** The distribution that the chain has in equilibrium. */
import type { Density } from "../kernel.ts";

/** exp(−beta x²) with its norm: a Gaussian of variance 1/(2 beta). */
export function density({ beta = NaN }: Readonly<Record<string, number>>): Density {
  return {
    text: "√(beta/π) exp(−beta x²)",
    at: (x) => Math.sqrt(beta / Math.PI) * Math.exp(-beta * x * x),
  };
}
