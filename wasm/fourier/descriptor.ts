/** What the Fourier kernel is: its parameters, columns and picture. */
import type { Descriptor } from "../kernel.ts";

export const fourier: Descriptor = {
  name: "fourier",
  version: 3,
  doc: "images through a circular filter in the Fourier plane",
  source: "J. W. Goodman, Introduction to Fourier Optics (spatial filtering); transform: " +
    "C. Temperton, J. Comput. Phys. 52, 1 (1983) and L. Bluestein, IEEE Trans. Audio " +
    "Electroacoust. 18, 451 (1970)",
  parameters: [
    { name: "image", doc: "JPEG or PNG file", kind: "file", greyBy: "grey" },
    {
      name: "operation",
      doc: "keep what is inside the circle, outside, outside after noise, or drop the phase",
      kind: "choice",
      choices: ["lowpass", "highpass", "noise", "autocorrelation"],
      default: 0,
    },
    {
      name: "radius",
      doc: "of the circle around zero frequency",
      unit: "bins, or cycles a pixel with --units cycles",
      kind: "real",
      minimum: 0,
      idle: { of: "operation", at: ["autocorrelation"] },
    },
    {
      name: "units",
      doc: "bins: u^2 + v^2 <= radius^2; cycles: (u/width)^2 + (v/height)^2 <= radius^2",
      kind: "choice",
      choices: ["bins", "cycles"],
      default: 0,
      idle: { of: "operation", at: ["autocorrelation"] },
    },
    {
      name: "noise",
      doc: "share of pixels that salt-and-pepper noise replaces",
      kind: "real",
      minimum: 0,
      maximum: 1,
      default: 0.1,
      idle: { of: "operation", at: ["lowpass", "highpass", "autocorrelation"] },
    },
    {
      name: "grey",
      doc: "how colours become grey: luma of ITU-R BT.601, or the average",
      kind: "choice",
      choices: ["luma", "average"],
      default: 0,
    },
    {
      name: "observe",
      doc: "what the picture shows: the real amplitude, the intensity, or as the operation wants",
      kind: "choice",
      choices: ["auto", "real", "intensity"],
      default: 0,
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
    { name: "width", doc: "of the image", unit: "pixels", isGiven: true },
    { name: "height", doc: "of the image", unit: "pixels", isGiven: true },
    { name: "energy_kept", doc: "share of the spectral energy inside the mask" },
    { name: "rms_change", doc: "root mean square of result minus what was filtered", unit: "grey" },
    { name: "min", doc: "smallest value of the result, before rounding", unit: "grey" },
    { name: "max", doc: "largest value of the result, before rounding", unit: "grey" },
  ],
  series: {
    template: "{stem}_{operation}_r{radius}.png",
    doc: "what is observed, as an 8-bit grey PNG",
    content: "picture",
  },
  lanes: 1,
};
