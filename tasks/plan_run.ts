/** From a command line to a plan that is checked, rehearsed or carried out. */
import { addressOf } from "../src/address.ts";
import type { Option, Options } from "../src/cli/options.ts";
import { messageOf, UsageError } from "../src/errors.ts";
import { estimateSeries, type SeriesEstimate, tooLargeByDefault } from "../src/estimate.ts";
import { refuseMissing } from "../src/files.ts";
import { Inputs } from "../src/frozen_input.ts";
import { countPoints, type PointCount } from "../src/grid_scan.ts";
import type { ReadInput } from "../src/input.ts";
import { isRun, readManifest } from "../src/manifest.ts";
import type { Rank } from "../src/nodes/ranks.ts";
import { filesAxis, type Plan, planDigest } from "../src/plan.ts";
import { makePlan, type Request } from "../src/planner.ts";
import { makeIdentities, makeSalts } from "../src/point.ts";
import { setAside } from "../src/run_start.ts";
import { measurePoints } from "../src/sample.ts";
import { countDone } from "../src/sweep.ts";
import type { Entry } from "../wasm/kernel.ts";
import type { Surroundings } from "./command.ts";
import { absolute } from "./run_directory.ts";
import { carryOut, readRunOptions, type Reports, RUN_OPTIONS } from "./run_options.ts";

/** How long points are counted before a run, and for a dry one. */
const SCAN_MS = 50;
const DRY_SCAN_MS = 1000;
/** Points that a dry run shows from each end of the grid. */
const SHOWN_POINTS = 3;

/** The options of every command that begins a run. */
export const PLAN_OPTIONS: readonly Option[] = [
  {
    name: "out",
    value: "DIR",
    doc: "run directory (default runs/KERNEL-HASH: the same command finds its run again)",
  },
  { name: "fresh", doc: "begin anew, and keep what the directory holds under another name" },
  { name: "plot", value: "FILE", doc: "draw the results at the end: .svg, .png or .html" },
  { name: "dry-run", doc: "say what would be run, and write nothing" },
  ...RUN_OPTIONS,
];

/** What a command makes of its options. */
export interface Asked {
  readonly kernel: Entry;
  readonly options: Options;
  /** All words of the command line, the command's name first. */
  readonly argv: readonly string[];
  /** What is to be run; reads files through `read`. */
  request(read: ReadInput): Request;
  readonly reports?: Reports;
}

/** A plan with all that was found out before anything runs. */
interface Prepared {
  readonly plan: Plan;
  readonly points: PointCount;
  readonly series: SeriesEstimate;
  /** As typed or made up, and as the system needs it. */
  readonly typedDirectory: string;
  readonly directory: string;
  readonly inputs: Inputs;
  readonly notices: readonly string[];
}

/** Plans, checks what was planned, runs it and reports; returns the exit code. */
export async function runPlan(asked: Asked, surroundings: Surroundings): Promise<number> {
  const { kernel, options, argv, reports } = asked;
  const { values } = options;
  const prepared = await prepare(asked, surroundings);
  const warning = values.has("series") ? undefined : tooLargeByDefault(prepared.series);
  const { rank } = readRunOptions(options, prepared.points.count, surroundings);
  if (values.has("dry-run")) {
    const isSetAside = values.has("fresh") && isRun(prepared.directory);
    const done = isSetAside ? undefined : await countDone(prepared.directory, prepared.plan);
    surroundings.print(await rehearse(kernel, prepared, { done, warning }, surroundings));
    return 0;
  }
  if (warning !== undefined) throw new UsageError(warning);
  const { plan, points, typedDirectory, directory, inputs } = prepared;
  // Where `launch` started this rank, it draws as well, once all is done.
  const draw = values.has("launched") ? undefined : await plotLater(values, prepared, surroundings);
  if (!values.has("quiet") && !values.has("json")) {
    for (const notice of prepared.notices) surroundings.report(notice + "\n");
  }
  const isFresh = values.has("fresh") && mayBeFresh(rank, surroundings);
  if (isFresh) {
    const kept = await setAside(directory);
    if (kept !== undefined) surroundings.report(`what was there is kept in ${kept}\n`);
  }
  const running = {
    ...{ kernel, plan, directory, typedDirectory, inputs, argv, points: points.count },
    folder: surroundings.directory,
  };
  const code = await carryOut(running, options, surroundings, reports);
  try {
    await draw?.(typedDirectory);
  } catch (error) {
    // The command was right, and its run is whole.
    throw new Error(messageOf(error), { cause: error });
  }
  return code;
}

/** Whether to begin anew: a job that was requeued goes on, and several ranks cannot. */
function mayBeFresh({ rank, size }: Rank, { environment, report }: Surroundings): boolean {
  const restarts = Number(environment("SLURM_RESTART_COUNT") ?? 0);
  if (restarts > 0) {
    if (rank === 0) report("--fresh is left out: the job was restarted and goes on\n");
    return false;
  }
  if (size === 1) return true;
  throw new UsageError(
    `Cannot use --fresh as rank ${rank} of ${size}: each rank would begin anew, expected ` +
      "launch … --fresh, which does it once, or another directory (-o DIR)",
  );
}

/** What draws the run, when that was asked for; loaded then alone, and refused before the run. */
async function plotLater(
  values: Options["values"],
  { plan, directory }: Prepared,
  surroundings: Surroundings,
): Promise<Later | undefined> {
  const file = values.get("plot")?.[0];
  if (file === undefined) return undefined;
  const { plotTo } = await import(addressOf("tasks/plot.ts")) as typeof import("./plot.ts");
  const isQuiet = values.has("quiet") || values.has("json");
  return await plotTo({ plan, directory, file, isQuiet }, surroundings);
}

/** Draws the run in a directory. */
type Later = (typedDirectory: string) => Promise<void>;

/** Reads the request and counts its points; nothing is written. */
async function prepare(
  { kernel, options: { values }, request }: Asked,
  surroundings: Surroundings,
): Promise<Prepared> {
  const isDry = values.has("dry-run");
  const out = values.get("out")?.[0];
  if (out === "") throw new UsageError("Cannot use -o: the name is empty, expected a folder");
  const base = surroundings.directory;
  const inputs = new Inputs({ base, directory: out && absolute(out, base) });
  const notices: string[] = [];
  const typed = request(inputs.read);
  const there = out === undefined || values.has("fresh")
    ? undefined
    : await readManifest(absolute(out, base));
  const kept = there?.kernel === kernel.descriptor.name ? there.plans.at(-1) : undefined;
  const plan = planAsBefore(kernel, typed, kept, notices) ??
    makePlan(kernel.descriptor, typed, notices);
  const [scanMs, shown] = isDry ? [DRY_SCAN_MS, SHOWN_POINTS] : [SCAN_MS, 0];
  const points = await countPoints(plan, scanMs!, shown!);
  const typedDirectory = out ?? `runs/${plan.kernel}-${(await planDigest(plan)).slice(0, 8)}`;
  const directory = absolute(typedDirectory, base);
  // Rows of files that are gone stand; only a run that begins needs one of them.
  if (values.has("fresh") || filesAxis(plan) !== undefined && !isRun(directory)) {
    refuseMissing(plan, base);
  }
  if (filesAxis(plan) !== undefined && plan.series !== null) {
    const { refuseOwnInputs } = await import(
      addressOf("src/taken.ts")
    ) as typeof import("../src/taken.ts");
    await refuseOwnInputs(plan, { directory, typedDirectory, folder: base });
  }
  return {
    plan,
    points,
    series: estimateSeries(kernel.descriptor, plan, points.count),
    typedDirectory,
    directory,
    inputs,
    notices: [...notices, ...inputs.notices],
  };
}

/**
 * The plan with the names of series that its directory has already; undefined where there are none,
 * others are asked for, or they do not tell its points apart.
 */
function planAsBefore(
  { descriptor }: Entry,
  typed: Request,
  kept: Plan | undefined,
  notices: string[],
): Plan | undefined {
  if (kept === undefined || typed.series !== undefined) return undefined;
  const noted: string[] = [];
  try {
    const plan = makePlan(descriptor, { ...typed, series: kept.series ?? "none" }, noted);
    notices.push(...noted);
    return plan;
  } catch (error) {
    // With its own names it will be refused for what is wrong, or as another run.
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** What a run would meet. */
interface Found {
  /** Points that its directory has, or why that cannot be used; undefined where it is new. */
  readonly done: number | string | undefined;
  /** Why it would not begin. */
  readonly warning: string | undefined;
}

/** The text of a dry run: samples a few points for the time. */
async function rehearse(
  kernel: Entry,
  prepared: Prepared,
  { done, warning }: Found,
  surroundings: Surroundings,
): Promise<string> {
  const { plan, points, series, typedDirectory, notices } = prepared;
  const { dryRun } = await import(
    addressOf("src/dry_run.ts")
  ) as typeof import("../src/dry_run.ts");
  return dryRun({
    plan,
    points,
    series,
    identities: makeIdentities(plan, await makeSalts(plan)),
    directory: typedDirectory,
    pointMs: await measurePoints({ kernel, plan, folder: surroundings.directory }, [
      ...points.first,
      ...points.last,
    ]),
    workers: Math.min(navigator.hardwareConcurrency, points.count),
    done: typeof done === "number" ? done : undefined,
    notices: [
      ...notices,
      ...typeof done === "string" ? [`warning: ${done}`] : [],
      ...warning === undefined ? [] : [`warning: ${warning}`],
    ],
  });
}
