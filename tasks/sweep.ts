/** `sweep [KERNEL]`: every combination of the axes' values, one row each. */
import { isAbsolute } from "@std/path/posix/is-absolute";
import { join } from "@std/path/posix/join";
import { formatHelp } from "../src/cli/help.ts";
import { type Option, type Options, parseOptions } from "../src/cli/options.ts";
import { wholeNumber } from "../src/cli/values.ts";
import { UsageError } from "../src/errors.ts";
import { dryRun } from "../src/dry_run.ts";
import { estimateSeries, tooLargeByDefault } from "../src/estimate.ts";
import { findKernel, kernels } from "../src/kernels.ts";
import { defaultWorkers } from "../src/nodes/workers.ts";
import { planDigest } from "../src/plan.ts";
import { makePlan, type Request } from "../src/planner.ts";
import { reportJson, reportText } from "../src/report.ts";
import { runSweep } from "../src/sweep.ts";
import type { Descriptor, Entry } from "../wasm/kernel.ts";
import type { Command, Surroundings } from "./command.ts";

const DEFAULT_KERNEL = "metropolis";
/** Workers that one process may have. */
const MAX_WORKERS = 1024;

const GRID_OPTIONS: readonly Option[] = [
  {
    name: "axis",
    value: "NAME=VALUES",
    repeated: true,
    doc: "the same as --NAME VALUES, for any name",
  },
  {
    name: "zip",
    value: "NAME,NAME",
    repeated: true,
    doc: "let these axes advance together instead of multiplying them",
  },
  { name: "seed", value: "N", doc: "seed of all random numbers (default 1)" },
];

const RUN_OPTIONS: readonly Option[] = [
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
  { name: "workers", value: "N", doc: "threads (default: the CPUs granted to this process)" },
  { name: "dry-run", doc: "say what would be run, and write nothing" },
  { name: "quiet", doc: "no report" },
  { name: "json", doc: "the report as one JSON object on standard output" },
  { name: "help", doc: "this page" },
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
    if (options.words.length > 1) {
      throw new UsageError(
        `Cannot use "${options.words[1]}": expected one kernel at most, and values behind options`,
      );
    }
    return await runPlan(kernel, options, argv, surroundings);
  },
};

/** Plans, checks what was planned, runs it and reports. */
async function runPlan(
  kernel: Entry,
  options: Options,
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { values } = options;
  const notices: string[] = [];
  const plan = makePlan(kernel.descriptor, requestOf(kernel.descriptor, options), notices);
  const typedDirectory = values.get("out")?.[0] ??
    `runs/${plan.kernel}-${(await planDigest(plan)).slice(0, 8)}`;
  if (typedDirectory === "") throw new UsageError("Cannot use -o: the name is empty");
  const workers = workersOf(values.get("workers")?.[0], surroundings);
  const estimate = estimateSeries(kernel.descriptor, plan);
  const warning = values.has("series") ? undefined : tooLargeByDefault(estimate);
  if (values.has("dry-run")) {
    surroundings.print(dryRun({ plan, directory: typedDirectory, estimate, warning, notices }));
    return 0;
  }
  if (warning !== undefined) throw new UsageError(warning);
  const isQuiet = values.has("quiet");
  if (!isQuiet) { for (const notice of notices) surroundings.report(notice + "\n"); }
  const report = await runSweep({
    kernel,
    plan,
    directory: absolute(typedDirectory, surroundings.directory),
    workers: workers.count,
    argv: ["sweep", ...argv],
  });
  const told = {
    kernel: kernel.descriptor,
    plan,
    directory: typedDirectory,
    workers,
    cpus: navigator.hardwareConcurrency,
    report,
  };
  if (values.has("json")) surroundings.print(reportJson(told));
  if (!isQuiet && !values.has("json")) surroundings.report(reportText(told));
  return report.merged?.failed === 0 ? 0 : 1;
}

/** The kernel named by the first word, before the options that depend on it are read. */
function kernelOf(argv: readonly string[]): Entry {
  const [first] = argv;
  return findKernel(first === undefined || first.startsWith("-") ? DEFAULT_KERNEL : first);
}

function optionsOf(kernel: Descriptor): Option[] {
  return [...parameterOptions(kernel), ...GRID_OPTIONS, ...RUN_OPTIONS];
}

function parameterOptions({ parameters }: Descriptor): Option[] {
  return parameters.map(({ name, doc, default: fallback }) => {
    const value = fallback === undefined
      ? "needed"
      : `default ${
        typeof fallback === "number" ? fallback : `${fallback.of} / ${fallback.dividedBy}`
      }`;
    return { name, value: "VALUES", repeated: true, doc: `${doc} (${value})` };
  });
}

function requestOf(kernel: Descriptor, { values }: Options): Request {
  const axes = new Map<string, string[]>();
  for (const { name } of kernel.parameters) {
    const typed = values.get(name);
    if (typed !== undefined) axes.set(name, [...typed]);
  }
  for (const typed of values.get("axis") ?? []) {
    const [name = "", expression] = splitOnce(typed, "=");
    const known = kernel.parameters.map(({ name }) => name);
    if (expression === undefined || !known.includes(name)) {
      throw new UsageError(
        `Cannot use --axis "${typed}": expected NAME=VALUES with a name out of ${known.join(", ")}`,
      );
    }
    axes.set(name, [...axes.get(name) ?? [], expression]);
  }
  return {
    axes,
    zip: (values.get("zip") ?? []).map((names) => names.split(",").map((name) => name.trim())),
    seed: wholeNumber("seed", values.get("seed")?.[0] ?? "1", { minimum: 0 }),
    series: values.get("series")?.[0],
  };
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

function workersOf(typed: string | undefined, { environment }: Surroundings) {
  if (typed === undefined) return defaultWorkers(environment, navigator.hardwareConcurrency);
  const count = wholeNumber("workers", typed, { minimum: 1, maximum: MAX_WORKERS });
  return { count, reason: "--workers" };
}

function absolute(path: string, base: string): string {
  return isAbsolute(path) ? path : join(base, path);
}

function helpPage(kernel: Descriptor, { program, columns }: Surroundings): string {
  return formatHelp({
    usage: `${program} sweep [KERNEL] --NAME VALUES … [options]`,
    doc:
      `Runs a kernel (${Object.keys(kernels).join(", ")}; default ${DEFAULT_KERNEL}) for every ` +
      "combination of the values of its parameters. VALUES are numbers (1,2), a range " +
      "start:stop:step with the stop included (0.1:1:0.1), whole numbers a:b, or " +
      "lin:start:stop:count; options repeat. The same command again does only what is missing.",
    sections: [
      { title: `parameters of ${kernel.name}`, options: parameterOptions(kernel) },
      { title: "grid", options: GRID_OPTIONS },
      { title: "run", options: RUN_OPTIONS },
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
