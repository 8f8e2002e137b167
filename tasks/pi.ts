/** `pi`: π from independent streams of random points. */
import { formatHelp } from "../src/cli/help.ts";
import { type Option, type Options, parseOptions } from "../src/cli/options.ts";
import { wholeNumber } from "../src/cli/values.ts";
import { UsageError } from "../src/errors.ts";
import { formatCount, formatDuration } from "../src/format/quantity.ts";
import { findKernel } from "../src/kernels.ts";
import type { Request } from "../src/planner.ts";
import { reportText, type Told, workLines } from "../src/report.ts";
import type { Command } from "./command.ts";
import { seedOf } from "./grid_options.ts";
import { PLAN_OPTIONS, runPlan } from "./plan_run.ts";
import type { Reports } from "./run_options.ts";

const DEFAULT_SAMPLES = "1e9";
/** Fixed, so that no machine's number of CPUs shows in the rows. */
const DEFAULT_STREAMS = 64;
/** Samples that a double counts exactly. */
const MAX_SAMPLES = 2 ** 53;
/** The unit of work that streams are made of; the kernel's own. */
const BLOCK_SAMPLES = 2 ** 20;

const PI_OPTIONS: readonly Option[] = [
  { name: "samples", value: "N", doc: `random points, such as 1e10 (default ${DEFAULT_SAMPLES})` },
  {
    name: "streams",
    value: "S",
    doc: `parts with a row each (default ${DEFAULT_STREAMS}): the sum does not depend on it`,
  },
  { name: "seed", value: "N", doc: "seed of all random numbers (default 1)" },
];

export const pi: Command = {
  async run(argv, surroundings) {
    const options = parseOptions([...PI_OPTIONS, ...PLAN_OPTIONS], argv);
    const { print, program, columns } = surroundings;
    if (options.values.has("help")) {
      print(formatHelp({
        usage: `${program} pi [--samples N] [--streams S] [--seed N] [options]`,
        doc:
          "Throws points into a square and counts those inside its inscribed circle. The count " +
          "depends on samples and seed alone, whatever the number of streams, workers and " +
          "nodes. The same command again does only what is missing.",
        sections: [
          { title: "samples", options: PI_OPTIONS },
          { title: "run", options: PLAN_OPTIONS },
        ],
        examples: [
          { command: `${program} pi --samples 1e10`, doc: "five digits" },
          {
            command: `${program} pi --samples 1e9 --streams 8 --json`,
            doc: "for a program to read",
          },
        ],
      }, columns));
      return 0;
    }
    const [stray] = options.words;
    if (stray !== undefined) {
      throw new UsageError(`Cannot use "${stray}": expected options only, such as --samples 1e10`);
    }
    const request = requestFrom(options);
    const kernel = findKernel("pi");
    const asked = { kernel, options, argv: ["pi", ...argv], request: () => request, reports };
    return await runPlan(asked, surroundings);
  },
};

/** A grid with a point for each stream. */
function requestFrom({ values }: Options): Request {
  const samples = wholeNumber("samples", values.get("samples")?.[0] ?? DEFAULT_SAMPLES, {
    minimum: 1,
    maximum: MAX_SAMPLES,
  });
  const blocks = Math.ceil(samples / BLOCK_SAMPLES);
  const typed = values.get("streams")?.[0];
  const streams = typed === undefined
    ? Math.min(DEFAULT_STREAMS, blocks)
    : wholeNumber("streams", typed, { minimum: 1 });
  if (streams > blocks) {
    throw new UsageError(
      `Cannot use --streams ${typed}: ${samples} samples make ${formatCount(blocks, "block")} of ` +
        `${BLOCK_SAMPLES}, expected at most ${formatCount(blocks, "stream")}`,
    );
  }
  return {
    axes: new Map([
      ["samples", [String(samples)]],
      ["streams", [String(streams)]],
      ["stream", [streams === 1 ? "0" : `0:${streams - 1}`]],
    ]),
    zip: [],
    points: undefined,
    replicas: undefined,
    where: undefined,
    seed: seedOf(values),
    series: undefined,
    read: () => {
      throw new Error("the streams are named by no file");
    },
  };
}

const reports: Reports = { text, json };

/** The estimate, and how it was made; a run without one says what any run would. */
function text(told: Told): string {
  const { plan, report, workers, directory } = told;
  if (report.merged?.total === undefined || report.now === 0) return reportText(told);
  const { merged, now, before, wallMs } = report;
  const { samples } = merged.total!.numbers();
  const perSecond = samples! * now / (now + before) / wallMs * 1000;
  return `${merged.total!.text()}\n` +
    `${samples} samples in ${formatCount(merged.rows, "stream")}` +
    (before > 0 ? ` (${before} done before)` : "") +
    ` in ${formatDuration(wallMs)} with ${formatCount(workers.count, "worker")} ` +
    `(${workers.reason}), seed ${plan.seed}: ${rateText(perSecond)} samples/s\n` +
    workLines(told).map((line) => `${line}\n`).join("") +
    `results: ${directory}/results.csv\n`;
}

/** Three digits: `1.61e9`. */
function rateText(value: number): string {
  return value.toPrecision(3).replace("e+", "e");
}

/** One object; without all streams there is no count. */
function json({ plan, report, workers, directory }: Told): string {
  const valuesOf = (name: string) =>
    plan.axes.find((axis) => axis.name === name)!.values as readonly number[];
  const numbers = report.merged?.total?.numbers();
  return JSON.stringify({
    samples: valuesOf("samples")[0],
    seed: plan.seed,
    count: numbers?.count ?? null,
    estimate: numbers?.estimate ?? null,
    standard_error: numbers?.standard_error ?? null,
    streams: valuesOf("streams")[0],
    workers: workers.count,
    seconds: report.wallMs / 1000,
    directory,
  }) + "\n";
}
