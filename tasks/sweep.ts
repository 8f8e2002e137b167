/** `sweep [KERNEL]`: every combination of the axes' values, one row each. */
import { formatHelp } from "../src/cli/help.ts";
import { type Option, type Options, parseOptions } from "../src/cli/options.ts";
import { UsageError } from "../src/errors.ts";
import { estimateSeries, type SeriesEstimate, tooLargeByDefault } from "../src/estimate.ts";
import { Inputs } from "../src/frozen_input.ts";
import { countPoints, type PointCount } from "../src/grid_scan.ts";
import { findKernel, kernels } from "../src/kernels.ts";
import { type Plan, planDigest } from "../src/plan.ts";
import { type Manifest, readManifest } from "../src/manifest.ts";
import { makePlan } from "../src/planner.ts";
import { makeIdentities, makeSalts } from "../src/point.ts";
import { setAside } from "../src/run_start.ts";
import { countDone } from "../src/sweep.ts";
import type { Descriptor, Entry } from "../wasm/kernel.ts";
import type { Command, Surroundings } from "./command.ts";
import { GRID_OPTIONS, parameterOptions, requestOf } from "./grid_options.ts";
import { absolute } from "./run_directory.ts";
import { carryOut, readRunOptions, RUN_OPTIONS } from "./run_options.ts";

const DEFAULT_KERNEL = "metropolis";
/** How long points are counted before a run, and for a dry one. */
const SCAN_MS = 50;
/** Points that a dry run shows from each end of the grid. */
const SHOWN_POINTS = 3;
const DRY_SCAN_MS = 1000;

const VALUES_HELP = `Runs a kernel (KERNELS; default ${DEFAULT_KERNEL}) for every combination of the
  values of its parameters. VALUES are numbers (1,2), a range start:stop:step with the stop included
  (0.1:1:0.1), whole numbers a:b, lin:start:stop:count, geom:start:stop:count, log:a:b:count (powers
  of ten), @file (a value a line), @file.csv:column or @- (standard input); options repeat. The same
  command again does only what is missing.`;

const SWEEP_OPTIONS: readonly Option[] = [
  {
    name: "out",
    value: "DIR",
    doc: "run directory (default runs/KERNEL-HASH: the same command finds its run again)",
  },
  {
    name: "series",
    value: "TEMPLATE",
    doc: "names of the series files below DIR, such as data/b{beta}_h{h:.2f}.dat; none for none",
  },
  { name: "fresh", doc: "begin anew, and keep what the directory holds under another name" },
  { name: "dry-run", doc: "say what would be run, and write nothing" },
  ...RUN_OPTIONS,
];

export const sweep: Command = {
  name: "sweep",
  doc: "run a kernel for every combination of parameter values",

  async run(argv, surroundings) {
    const kernel = kernelOf(argv);
    const options = parseOptions(optionsOf(kernel.descriptor), argv);
    if (options.values.has("help")) {
      surroundings.print(helpPage(kernel.descriptor, surroundings));
      return 0;
    }
    const [stray] = options.words.slice(isKernelName(argv[0]) ? 1 : 0);
    if (stray !== undefined) {
      throw new UsageError(
        `Cannot use "${stray}": values stand behind their option, expected such as --beta 1,2 or ` +
          "--beta 1 --beta 2",
      );
    }
    return await runPlan(kernel, options, argv, surroundings);
  },
};

/** A plan with all that was found out before anything runs. */
interface Prepared {
  readonly kernel: Entry;
  readonly plan: Plan;
  readonly points: PointCount;
  readonly series: SeriesEstimate;
  /** As typed or made up, and as the system needs it. */
  readonly typedDirectory: string;
  readonly directory: string;
  readonly inputs: Inputs;
  readonly notices: readonly string[];
}

/** Plans, checks what was planned, runs it and reports. */
async function runPlan(
  kernel: Entry,
  options: Options,
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { values } = options;
  const isDry = values.has("dry-run");
  const prepared = await prepare(kernel, options, surroundings);
  const warning = values.has("series") ? undefined : tooLargeByDefault(prepared.series);
  readRunOptions(options, prepared.points.count, surroundings);
  if (isDry) {
    surroundings.print(await rehearse(prepared, warning));
    return 0;
  }
  if (warning !== undefined) throw new UsageError(warning);
  const { plan, points, typedDirectory, directory, inputs } = prepared;
  if (!values.has("quiet") && !values.has("json")) {
    for (const notice of prepared.notices) surroundings.report(notice + "\n");
  }
  if (values.has("fresh")) {
    const kept = setAside(directory);
    if (kept !== undefined) surroundings.report(`what was there is kept in ${kept}\n`);
  }
  const running = {
    ...{ kernel, plan, directory, typedDirectory, inputs, points: points.count },
    argv: ["sweep", ...argv],
  };
  return await carryOut(running, options, surroundings);
}

/** Reads the request and counts its points; nothing is written. */
async function prepare(
  kernel: Entry,
  options: Options,
  surroundings: Surroundings,
): Promise<Prepared> {
  const { values } = options;
  const isDry = values.has("dry-run");
  const out = values.get("out")?.[0];
  if (out === "") throw new UsageError("Cannot use -o: the name is empty, expected a folder");
  const base = surroundings.directory;
  const inputs = new Inputs({ base, directory: out && absolute(out, base) });
  const notices: string[] = [];
  const typed = requestOf(kernel.descriptor, options, inputs.read);
  // In a directory that holds a run already, its names of series stand.
  const there = out === undefined || values.has("fresh")
    ? undefined
    : await readManifest(absolute(out, base));
  const request = { ...typed, series: typed.series ?? seriesOf(there) };
  const plan = makePlan(kernel.descriptor, request, notices);
  const [scanMs, shown] = isDry ? [DRY_SCAN_MS, SHOWN_POINTS] : [SCAN_MS, 0];
  const points = await countPoints(plan, scanMs!, shown!);
  const typedDirectory = out ?? `runs/${plan.kernel}-${(await planDigest(plan)).slice(0, 8)}`;
  return {
    kernel,
    plan,
    points,
    series: estimateSeries(kernel.descriptor, plan, points.count),
    typedDirectory,
    directory: absolute(typedDirectory, base),
    inputs,
    notices: [...notices, ...inputs.notices],
  };
}

/** The text of a dry run: samples a few points for the time. */
async function rehearse(prepared: Prepared, warning: string | undefined): Promise<string> {
  const { kernel, plan, points, series, typedDirectory, directory, notices } = prepared;
  const { dryRun } = await import("../src/dry_run.ts");
  const { measurePoints } = await import("../src/sample.ts");
  const done = await countDone(directory, plan);
  return dryRun({
    plan,
    points,
    series,
    identities: makeIdentities(plan, await makeSalts(plan)),
    directory: typedDirectory,
    pointMs: await measurePoints(kernel, plan, [...points.first, ...points.last]),
    workers: Math.min(navigator.hardwareConcurrency, points.count),
    done: typeof done === "number" ? done : undefined,
    notices: [
      ...notices,
      ...typeof done === "string" ? [`warning: ${done}`] : [],
      ...warning === undefined ? [] : [`warning: ${warning}`],
    ],
  });
}

/** The kernel named by the first word, before the options that depend on it are read. */
function kernelOf(argv: readonly string[]): Entry {
  const [first] = argv;
  return findKernel(isKernelName(first) ? first : DEFAULT_KERNEL);
}

/** Whether the first word of a command line stands where the kernel's name does. */
function isKernelName(first: string | undefined): first is string {
  return first !== undefined && !first.startsWith("-");
}

function optionsOf(kernel: Descriptor): Option[] {
  return [...parameterOptions(kernel), ...GRID_OPTIONS, ...SWEEP_OPTIONS];
}

/** The template of a run's newest plan; undefined when there is no run. */
function seriesOf(manifest: Manifest | undefined): string | undefined {
  return manifest === undefined ? undefined : manifest.plans.at(-1)!.series ?? "none";
}

function helpPage(kernel: Descriptor, { program, columns }: Surroundings): string {
  return formatHelp({
    usage: `${program} sweep [KERNEL] --NAME VALUES … [options]`,
    doc: VALUES_HELP.replace("KERNELS", Object.keys(kernels).join(", ")),
    sections: [
      { title: `parameters of ${kernel.name}`, options: parameterOptions(kernel) },
      { title: "grid", options: GRID_OPTIONS },
      { title: "run", options: SWEEP_OPTIONS },
    ],
    examples: [
      { command: `${program} sweep --beta 1 --beta 2`, doc: "two points" },
      {
        command: `${program} sweep --beta 0.1:1:0.1 --h 0.5,1,2 -o scan`,
        doc: "thirty points into scan/",
      },
      {
        command: `${program} sweep --zip beta,m --beta 0.5,1,2 --m 1,1,2`,
        doc: "three points: axes side by side",
      },
      {
        command: `${program} sweep --beta 1 --iterations 1e6 --seed 2 --series none`,
        doc: "no chain file, other random numbers",
      },
    ],
  }, columns);
}
