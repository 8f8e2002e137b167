/** What the π kernel is: its parameters and columns. */
import type { Descriptor } from "../kernel.ts";

/** Samples that a double counts exactly. */
const MAX_SAMPLES = 2 ** 53;

export const pi: Descriptor = {
  name: "pi",
  version: 2,
  doc: "pi by Monte Carlo: points in a square, counted inside its inscribed circle",
  source: "generator xoshiro128++: D. Blackman and S. Vigna, ACM Trans. Math. Softw. 47, 36 " +
    "(2021), seeded for each block by Philox4x32-10: J. Salmon et al., SC '11",
  parameters: [
    {
      name: "samples",
      doc: "points of all streams together",
      kind: "integer",
      minimum: 1,
      maximum: MAX_SAMPLES,
      default: 1e9,
    },
    {
      name: "streams",
      doc: "parts into which the blocks of 2^20 samples are divided",
      kind: "integer",
      minimum: 1,
      default: 1,
    },
    {
      name: "stream",
      doc: "number of this part: a contiguous range of blocks",
      kind: "integer",
      minimum: 0,
      lessThan: "streams",
      default: 0,
    },
  ],
  columns: [
    { name: "drawn", doc: "points of this stream", isGiven: true },
    { name: "inside", doc: "of these, points inside the circle x^2 + y^2 < 1" },
  ],
  lanes: 1,
};
