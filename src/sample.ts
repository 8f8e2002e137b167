/** A few points of a plan, run on the spot: to tell how long it takes, or that rows still hold. */
import type { Entry, Job } from "../wasm/kernel.ts";
import { addressOf } from "./address.ts";
import { UsageError } from "./errors.ts";
import { makeGrid } from "./grid.ts";
import { listLedgers } from "./ledger.ts";
import { rowText } from "./ledger_line.ts";
import type { PictureReader } from "./picture_reader.ts";
import { filesAxis, type Plan } from "./plan.ts";
import { makeIdentities, makeSalts } from "./point.ts";
import { PointMaker } from "./point_maker.ts";
import { readRunLedger, type Run, type RunVisitor } from "./run_ledgers.ts";

/** Time for each point of the sample. */
const POINT_MS = 60;
/** The kernel's code is slow until the engine has compiled it: this much is run before. */
const WARM_UP_MS = 40;

/**
 * Mean milliseconds of the points at some indices, their series made but not written; a point that
 * takes longer than its share of the time is judged by its progress. Undefined for no points.
 */
export async function measurePoints(
  { kernel, plan, folder }: { kernel: Entry; plan: Plan; folder: string },
  indices: readonly number[],
): Promise<number | undefined> {
  const [first] = indices;
  if (first === undefined) return undefined;
  const starter = await makeStarter(kernel, plan, folder);
  const measure = async (index: number, budgetMs: number): Promise<number> => {
    const startMs = performance.now();
    const job = await starter(index);
    if (job instanceof Error) return performance.now() - startMs;
    let finished = false;
    while (!finished && performance.now() - startMs < budgetMs) {
      finished = job.slice(performance.now() + 1);
    }
    return (performance.now() - startMs) / (finished ? 1 : job.progress);
  };
  const warmMs = performance.now() + WARM_UP_MS;
  while (performance.now() < warmMs) await measure(first, WARM_UP_MS);
  const durations: number[] = [];
  for (const index of indices) durations.push(await measure(index, POINT_MS));
  return durations.reduce((sum, duration) => sum + duration, 0) / durations.length;
}

/**
 * Computes three finished points again with the present WebAssembly, which is not the one that made
 * them.
 *
 * @throws {UsageError} when a row comes out with other bits
 */
export async function confirmRows(run: Run, entry: Entry): Promise<void> {
  const plan = run.manifest.plans.at(-1)!;
  const rows = sampleRows(run);
  const start = await makeStarter(entry, plan, run.folder);
  for (const [index, before] of rows) {
    const job = await start(index);
    while (!(job instanceof Error) && !job.slice(performance.now() + 100)) job.series(0);
    const row = job instanceof Error ? job : job.row(0);
    const now = row instanceof Error ? row.message : rowText(row).slice(1, -1);
    if (now === before) continue;
    throw new UsageError(
      `Cannot go on in "${run.directory}": point ${index} has the row ${before}, but this build ` +
        `of ${plan.kernel} ${plan.version} computes ${now}, expected equal bits; ` +
        "take the gridiron that began it, or begin anew with --fresh",
    );
  }
}

/** The first, the middle and the last row of the ledgers, by index. */
function sampleRows(run: Run): Map<number, string> {
  const rows = new Map<number, string>();
  const decoder = new TextDecoder();
  const paths = listLedgers(run.directory);
  const read = (take: RunVisitor["point"]) => {
    for (const path of paths) readRunLedger(run, path, { note() {}, point: take });
  };
  let count = 0;
  read((_, line) => void (line.failed || count++));
  const wanted = new Set([0, Math.floor(count / 2), count - 1]);
  let place = 0;
  read((index, line, bytes) => {
    if (line.failed || !wanted.has(place++)) return;
    rows.set(index, decoder.decode(bytes.subarray(line.rowStart, line.rowEnd)));
  });
  return rows;
}

/** What reads the files of a plan in this thread; undefined for a plan without. */
async function openReader(plan: Plan, folder: string): Promise<PictureReader | undefined> {
  const paths = filesAxis(plan)?.texts;
  if (paths === undefined) return undefined;
  const { PictureReader } = await import(
    addressOf("src/picture_reader.ts")
  ) as typeof import("./picture_reader.ts");
  return new PictureReader(paths, folder);
}

/** What starts the point at an index, in this thread; an error when its file cannot be read. */
async function makeStarter(
  entry: Entry,
  plan: Plan,
  folder: string,
): Promise<(index: number) => Promise<Job | Error>> {
  const kernel = await (await entry.load()).open();
  const grid = makeGrid(plan);
  const identities = makeIdentities(plan, await makeSalts(plan));
  const points = new PointMaker(plan, identities, await openReader(plan, folder));
  const values = new Float64Array(plan.parameters.length);
  return async (index) => {
    grid.decode(index, values);
    await points.load(values, () => {});
    const point = points.make(values, identities.rowId(values, identities.id(values)));
    return point instanceof Error ? point : kernel.start([point], plan.series !== null);
  };
}
