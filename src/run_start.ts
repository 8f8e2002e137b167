/** The start of a run: its directory made or recognised, its plan extended, nobody else at work. */
import type { Entry } from "../wasm/kernel.ts";
import { addressOf } from "./address.ts";
import { reasonOf, UsageError } from "./errors.ts";
import { isExtension } from "./extension.ts";
import { learnContents } from "./files.ts";
import { isBeingWritten, listLedgers } from "./ledger.ts";
import {
  changedMeanwhile,
  isRun,
  lockManifest,
  makeManifest,
  type Manifest,
  readManifest,
  replaceManifest,
  settleManifest,
  standingOf,
} from "./manifest.ts";
import type { Plan } from "./plan.ts";
import { planDifferences } from "./plan_difference.ts";
import type { Salts } from "./point.ts";
import { openRun, type Run } from "./run_ledgers.ts";
import { confirmRows } from "./sample.ts";
import type { Survey } from "./survey.ts";

/** What a start needs to know. */
export interface StartOptions {
  readonly kernel: Entry;
  readonly plan: Plan;
  readonly directory: string;
  readonly salts: Salts;
  /** Where relative paths of files start. */
  readonly folder: string;
}

/**
 * The run in a directory, new or going on, with `plan` as its newest plan. An extended plan is not
 * written yet: `settlePlan` does that when all else was found to be in order.
 *
 * @throws {UsageError} when the directory cannot be used for the plan
 */
export async function settleRun(
  { kernel, plan, directory, salts, folder }: StartOptions,
): Promise<Run> {
  const proposed = makeManifest(plan, kernel.wasmDigest, folder);
  const manifest = await settleManifest(directory, proposed);
  const isSame = isNewest(manifest, plan);
  const refusal = isSame ? undefined : await refusalOf(directory, manifest, plan);
  if (refusal !== undefined) throw new UsageError(refusal);
  const plans = isSame ? manifest.plans : [...manifest.plans, plan];
  const run = await openRun(directory, { ...manifest, plans }, { salts, folder });
  learnContents(run);
  return run;
}

/**
 * Writes the newest plan of a run, and its WebAssembly when that is another one.
 *
 * @throws {UsageError} when another WebAssembly computes other numbers, or another process has
 *   changed the plan meanwhile
 */
export async function settlePlan(run: Run, kernel: Entry): Promise<void> {
  const { manifest, directory } = run;
  const isSameWasm = manifest.wasm === kernel.wasmDigest;
  if (isSameWasm && await standingOf(directory, manifest) === "same") return;
  if (!isSameWasm) await confirmRows(run, kernel);
  using _lock = await lockManifest(directory);
  if (await standingOf(directory, manifest) === "other") throw changedMeanwhile(directory);
  await replaceManifest(directory, { ...manifest, wasm: kernel.wasmDigest });
}

/**
 * Why a directory cannot be used for a plan: it holds another one, which this does not extend, or a
 * file where a series would be.
 */
export async function refusalOf(
  directory: string,
  manifest: Manifest,
  plan: Plan,
): Promise<string | undefined> {
  const newest = manifest.plans.at(-1)!;
  const differences = planDifferences(newest, plan);
  if (differences.length === 0) return undefined;
  if (!isExtension(newest, plan)) {
    return `Cannot use "${directory}": it holds another run:\n` +
      differences.map((line) => `  ${line}\n`).join("") +
      "expected the same plan, one with more values on its axes, another directory (-o DIR), or " +
      "--fresh, which keeps what is there under another name";
  }
  if (plan.series === null) return undefined;
  // Only who extends a run needs it.
  const { findStranger } = await import(addressOf("src/taken.ts")) as typeof import("./taken.ts");
  const taken = await findStranger(plan, directory, newest);
  if (taken === undefined) return undefined;
  // Somebody else may have extended it meanwhile, and made that file.
  const now = await readManifest(directory);
  if (now !== undefined && isNewest(now, plan)) return undefined;
  return `Cannot use "${directory}": it holds ${taken}, which is not of its run, and a series ` +
    "would take its place, expected that file elsewhere, or another directory (-o DIR)";
}

/** Whether a plan is the one that a run is at. */
function isNewest({ plans }: Manifest, plan: Plan): boolean {
  return planDifferences(plans.at(-1)!, plan).length === 0;
}

/**
 * Refuses a directory that another process on this host is writing.
 *
 * @throws {UsageError} with its pid and host
 */
export function refuseLiving(directory: string, { unclosed }: Survey): void {
  for (const { path, header } of unclosed) {
    if (header.host !== Deno.hostname() || !isBeingWritten(path)) continue;
    throw new UsageError(
      `Cannot use "${directory}": process ${header.pid} on ${header.host} is writing it, ` +
        "expected it to end first, or another directory (-o DIR)",
    );
  }
}

/** Gives a directory that holds a run another name, beside it; undefined when there is none. */
export async function setAside(directory: string): Promise<string | undefined> {
  if (!isRun(directory)) return undefined;
  // Whoever merges has no ledger open any more; and somebody else may set it aside first.
  using lock = await lockManifest(directory).catch(() => undefined);
  if (lock === undefined && !isRun(directory)) return undefined;
  if (listLedgers(directory).some(isBeingWritten)) {
    throw new UsageError(
      `Cannot set "${directory}" aside: a living process is writing it, expected it to end first`,
    );
  }
  for (let number = 1;; number++) {
    const kept = `${directory}.old-${number}`;
    try {
      Deno.lstatSync(kept);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      return rename(directory, kept);
    }
  }
}

function rename(directory: string, kept: string): string | undefined {
  try {
    Deno.renameSync(directory, kept);
    return kept;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new UsageError(`Cannot set "${directory}" aside: ${reasonOf(error)}`, { cause: error });
  }
}
