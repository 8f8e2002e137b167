/** Pictures that are kept as references; run as a program, this makes them anew. */
import { gridiron, inFolder } from "./program.ts";

/** A picture, how it is made, and texts that must be in it. */
interface Plot {
  readonly name: string;
  readonly sweep: readonly string[];
  readonly plot: readonly string[];
  readonly texts: readonly string[];
}

const SHORT = ["--iterations", "500", "--series", "none"];
const CHART = new URL("../examples/photos/chart.png", import.meta.url).pathname;

export const PLOTS: readonly Plot[] = [
  {
    name: "line with errors",
    sweep: ["sweep", "--beta", "0.1:2:0.1", ...SHORT],
    plot: ["--color", "mean_x2"],
    texts: ["beta (1/energy)", "mean_x2 (energy)"],
  },
  {
    name: "map with logarithmic axes",
    sweep: ["sweep", "--beta", "0.1,0.2,0.5,1,2,5,10", "--h", "0.25,0.5,1,2,4", ...SHORT],
    plot: [],
    texts: ["beta (1/energy)", "h (length)", "acceptance", "0.25", "10"],
  },
  {
    name: "row of maps",
    sweep: ["sweep", "--beta", "1:5", "--m", "0:4", "--h", "0.5,1,2", ...SHORT],
    plot: ["--color", "tau"],
    texts: ["h = 0.5", "h = 2", "m (length)", "tau (steps)"],
  },
  {
    name: "map with names",
    sweep: [
      ...["fourier", CHART, "--radius", "5,10,20", "--operation", "lowpass,highpass,noise"],
      ...["--series", "none"],
    ],
    plot: [],
    texts: ["operation", "highpass", "energy_kept"],
  },
  {
    name: "convergence",
    sweep: ["pi", "--samples", "3e7"],
    plot: [],
    texts: ["samples", "π"],
  },
  {
    name: "chain",
    sweep: ["sweep", "--beta", "1", "--m", "5", "--h", "0.5", "--iterations", "3000"],
    plot: ["--point", "0"],
    texts: ["lag (steps)", "step", "√(beta/π) exp(−beta x²)"],
  },
];

/** Pixels by which a number may differ. */
const TOLERANCE = 0.5;

/** What differs between two drawings, if anything does: numbers may by half a pixel. */
export function sameDrawing(one: string, other: string): string | undefined {
  const number = /-?\d+(\.\d+)?/g;
  const [a, b] = [one.split("\n"), other.split("\n")];
  if (a.length !== b.length) return `${a.length} lines, expected ${b.length}`;
  for (const [i, line] of a.entries()) {
    const wanted = b[i]!;
    if (line === wanted) continue;
    const near = line.replace(number, "#") === wanted.replace(number, "#") &&
      !line.startsWith("<text") && line.match(number)!.every((text, j) =>
        Math.abs(Number(text) - Number(wanted.match(number)![j])) <= TOLERANCE
      );
    if (!near) {
      return `line ${i + 1}: ${line}, expected ${wanted}`;
    }
  }
  return undefined;
}

if (import.meta.main) {
  for (const { name, sweep, plot } of PLOTS) {
    await inFolder(async (folder) => {
      await gridiron(folder, [...sweep, "-o", "run"]);
      await gridiron(folder, ["plot", "run", "-o", "p.svg", ...plot]);
      const path = new URL(`plots/${name.replaceAll(" ", "_")}.svg`, import.meta.url);
      await Deno.copyFile(`${folder}/p.svg`, path);
    });
  }
}
