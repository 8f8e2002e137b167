/** `plot DIR`: a picture of a run's results. */
import { formatHelp } from "../src/cli/help.ts";
import { type Option, parseOptions } from "../src/cli/options.ts";
import { UsageError } from "../src/errors.ts";
import type { Plan } from "../src/plan.ts";
import { drawChain } from "../src/plot/chain.ts";
import { drawFigure, figureOf } from "../src/plot/draw.ts";
import { placeFor } from "../src/plot/save.ts";
import { textPlot } from "../src/plot/text_plot.ts";
import { refuseOwnFile } from "../src/taken.ts";
import type { Command, Surroundings } from "./command.ts";
import { absolute, openTypedRun } from "./run_directory.ts";

const OPTIONS: readonly Option[] = [
  {
    name: "out",
    value: "FILE",
    doc: "the picture: its ending says how, .svg, .png or .html (default: text)",
  },
  { name: "x", value: "NAME", doc: "the parameter along the picture" },
  { name: "y", value: "NAME", doc: "the parameter upwards" },
  { name: "facet", value: "NAME", doc: "the parameter with a panel a value" },
  {
    name: "color",
    value: "COLUMN",
    doc: "the column that is shown (default: the first that varies)",
  },
  { name: "fix", value: "NAME=VALUE", repeated: true, doc: "points with this value alone" },
  {
    name: "point",
    value: "INDEX",
    doc: "one point from its series: trace, distribution, autocorrelation",
  },
  { name: "help", doc: "this page" },
];

export const plot: Command = {
  async run(argv, { print, report, program, columns, directory }) {
    const { words, values } = parseOptions(OPTIONS, argv);
    if (values.has("help")) {
      print(formatHelp({
        usage: `${program} plot DIR [-o FILE] [options]`,
        doc: "Draws the results of a run: one axis as a line with error bars, two as a heat map " +
          "with contours, three as a row of heat maps. Further axes are held at their first " +
          "value unless --fix says another; replicas are averaged. Points without a number are " +
          "hatched.",
        sections: [{ title: "options", options: OPTIONS }],
        examples: [
          { command: `${program} plot scan -o scan.svg`, doc: "the first column that varies" },
          {
            command: `${program} plot scan -o tau.html --color tau --x beta --y h --fix m=1`,
            doc: "another, for a browser",
          },
        ],
      }, columns));
      return 0;
    }
    const option = (name: string) => values.get(name)?.[0];
    const out = option("out");
    const path = out === undefined ? "" : absolute(out, directory);
    const place = out === undefined ? undefined : placeFor(path, out);
    const { run, kernel } = await openTypedRun("plot", words, directory);
    if (out !== undefined) {
      const plan = run.manifest.plans.at(-1)!;
      await refuseOwnFile(plan, { directory: run.directory, path, typed: out });
    }
    const index = option("point");
    if (index !== undefined) {
      if (place === undefined) {
        throw new UsageError(`Cannot draw point ${index} as text: expected -o FILE with --point`);
      }
      await place.save(drawChain(run, kernel, index));
      print(`${out}\n`);
      return 0;
    }
    const figure = await figureOf(run, kernel, {
      ...{ x: option("x"), y: option("y"), facet: option("facet"), color: option("color") },
      fix: values.get("fix") ?? [],
    });
    for (const remark of figure.remarks) report(`${remark}\n`);
    if (place === undefined) {
      print(textPlot(figure, columns));
      return 0;
    }
    await place.save(drawFigure(figure));
    print(`${out}\n`);
    return 0;
  },
};

/** What is drawn when a run is complete. */
export interface PlotLater {
  readonly plan: Plan;
  /** Of the run. */
  readonly directory: string;
  readonly file: string;
  readonly isQuiet: boolean;
}

/** What draws a run to a file that was seen to be one, for a command that runs it first. */
export async function plotTo(
  { plan, directory: ofRun, file, isQuiet }: PlotLater,
  { directory, report }: Surroundings,
): Promise<(typedDirectory: string) => Promise<void>> {
  const path = absolute(file, directory);
  const place = placeFor(path, file);
  await refuseOwnFile(plan, { directory: ofRun, path, typed: file });
  return async (typedDirectory) => {
    const { run, kernel } = await openTypedRun("plot", [typedDirectory], directory);
    const figure = await figureOf(run, kernel, { fix: [] });
    await place.save(drawFigure(figure));
    if (isQuiet) return;
    for (const remark of figure.remarks) report(`${remark}\n`);
    report(`plot:    ${file}\n`);
  };
}
