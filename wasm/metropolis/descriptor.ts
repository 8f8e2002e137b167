/** What the Metropolis kernel is: its parameters, columns and series. */
import type { Descriptor } from "../kernel.ts";

/** Lengths beyond these have fourth powers that a double cannot hold: errors would be missing. */
const LARGEST = 1e70;
const SMALLEST = 1e-70;

export const metropolis: Descriptor = {
  name: "metropolis",
  version: 1,
  doc: "Metropolis Monte Carlo of one particle with energy H(x) = x² at inverse temperature beta",
  source: "N. Metropolis et al., J. Chem. Phys. 21, 1087 (1953); errors by binning: " +
    "H. Flyvbjerg and H. G. Petersen, J. Chem. Phys. 91, 461 (1989), plateau after " +
    "R. M. Lee et al., Phys. Rev. E 83, 066706 (2011)",
  parameters: [
    {
      name: "beta",
      doc: "inverse temperature: x' is accepted with probability min(1, exp(-beta (x'^2 - x^2)))",
      unit: "1/energy",
      kind: "real",
      above: 0,
      minimum: 1e-140,
    },
    {
      ...{ name: "m", doc: "x before the first step", unit: "length", kind: "real" },
      ...{ minimum: -LARGEST, maximum: LARGEST, default: 1 },
    },
    {
      name: "h",
      doc: "half width of the proposal: x' is uniform in [x - h, x + h)",
      unit: "length",
      kind: "real",
      above: 0,
      minimum: SMALLEST,
      maximum: LARGEST,
      default: 1,
    },
    { name: "iterations", doc: "steps of the chain", kind: "integer", minimum: 1, default: 100000 },
    {
      name: "burn_in",
      doc: "steps left out of the columns, though not of the series",
      kind: "integer",
      minimum: 0,
      lessThan: "iterations",
      default: { of: "iterations", dividedBy: 10 },
    },
    {
      name: "replica",
      doc: "number of an independent repetition",
      kind: "integer",
      minimum: 0,
      default: 0,
    },
  ],
  columns: [
    { name: "acceptance", doc: "share of proposals accepted" },
    { name: "mean_x", doc: "mean of x", unit: "length" },
    { name: "mean_x_err", doc: "standard error of mean_x", unit: "length" },
    { name: "mean_x2", doc: "mean of x^2, that is of the energy", unit: "energy" },
    { name: "mean_x2_err", doc: "standard error of mean_x2", unit: "energy" },
    {
      name: "tau",
      doc: "integrated autocorrelation time of x^2, 1 + 2 sum of rho(t)",
      unit: "steps",
    },
    {
      name: "n_eff",
      doc: "effective number of independent samples of x^2: measured steps / tau",
      doubtful: {
        rules: [
          { product: ["n_eff"], below: 50 },
          // No more samples are independent than there were moves: else tau came out too small.
          { product: ["tau", "acceptance"], below: 1 },
        ],
        text: "fewer than 50 autocorrelation times after burn-in, or a tau too short for one " +
          "move: the errors there are not to be trusted, raise --iterations",
      },
    },
  ],
  series: {
    template: "mc_data/b{beta}_m{m}_h{h}.dat",
    doc: "the chain as CSV: header x,accept, then a line a step, burn-in included",
    content: "text",
    leftOut: "burn_in",
    size: { of: "iterations", bytesEach: 22 },
  },
  lanes: 1,
};
