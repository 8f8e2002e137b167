/** A run as several ranks: its directory made once, its progress shown, its end told once. */
import { LaunchView } from "../src/cli/launch_view.ts";
import { wholeNumber } from "../src/cli/values.ts";
import { reasonOf, UsageError } from "../src/errors.ts";
import { learnContents } from "../src/files.ts";
import { FollowedLaunch } from "../src/followed_launch.ts";
import { formatCount } from "../src/format/quantity.ts";
import { shellWord } from "../src/format/shell.ts";
import { launchText } from "../src/launch_report.ts";
import { lastAttempt } from "../src/ledger.ts";
import { makeRunDirectory, readManifest } from "../src/manifest.ts";
import { batchScript } from "../src/nodes/batch_script.ts";
import { schedulers } from "../src/nodes/launchers.ts";
import type { Ended } from "../src/nodes/ranks_running.ts";
import { ownProgram } from "../src/nodes/self.ts";
import { makeSalts } from "../src/point.ts";
import { mergedLines } from "../src/report.ts";
import { openRun } from "../src/run_ledgers.ts";
import { settlePlan, settleRun } from "../src/run_start.ts";
import type { Running } from "../src/running.ts";
import { isMergeClaimed } from "../src/session.ts";
import { statusOf } from "../src/status.ts";
import type { Merged } from "../src/merge.ts";
import { countDone, finish } from "../src/sweep.ts";
import { TextFile } from "../src/text_file.ts";
import { type AskedLaunch, carryOut, startRanks } from "./launch_ranks.ts";

/** How often a batch job goes on when its time is up. */
export const DEFAULT_REQUEUES = 20;
/** The batch script's name in the run directory. */
const SCRIPT = "job.sbatch";

/** A launch of a run. */
interface Beginning {
  readonly running: Running;
  readonly asked: AskedLaunch;
  /** What its ranks do; undefined when nothing is told of it. */
  readonly followed: FollowedLaunch | undefined;
}

/** Starts the ranks of a run that was planned, or writes its script; returns the exit code. */
export async function launchRun(running: Running, asked: AskedLaunch): Promise<number> {
  const { options, words, surroundings } = asked;
  const has = (name: string) => words.includes(name);
  if (has("--workers-view")) {
    throw new UsageError(
      "Cannot use --workers-view under launch: a line a rank is shown, expected the command " +
        "without it",
    );
  }
  if (options.values.has("sbatch")) return await writeBatch(running, asked);
  // On this host a folder that cannot be had is told before ranks wait for one another.
  if (asked.scheduler === schedulers.local) makeRunDirectory(running.directory);
  const followed = has("--quiet") || has("--json") ? undefined : await follow(running, asked);
  await using view = followed === undefined || has("--no-progress")
    ? undefined
    : new LaunchView(surroundings, running.kernel.descriptor.name, followed);
  const toConclude = (ended: Ended) => conclude(ended, { running, asked, followed });
  const own = ranksWords(asked);
  const lastWords = `${goOnText(running, asked)}\n`;
  if (!words.some((word) => word.endsWith("@-"))) {
    return await carryOut(asked, { words: own, view, lastWords }, toConclude);
  }
  // Only this process has the standard input: the ranks find it in the run directory.
  await begin(running);
  const named = own.some((word) => /^(-o|--out)(=|$)/.test(word))
    ? own
    : [...own, "-o", running.typedDirectory];
  return await carryOut(asked, { words: named, view, lastWords }, toConclude);
}

/** How a run goes on that was ended, by a launch like this one. */
function goOnText({ typedDirectory }: Running, { typed, surroundings }: AskedLaunch): string {
  const words = [...typed, "--", "resume", typedDirectory].map(shellWord);
  return `to go on: ${surroundings.program} launch ${words.join(" ")}`;
}

/** The words of each rank: what is done once for all of them is done here. */
export function ranksWords({ words }: AskedLaunch): string[] {
  return [...words.filter((word) => word !== "--fresh"), "--launched"];
}

/** What is known of the ranks before they start. */
async function follow(
  { plan, points, directory }: Running,
  { settings: { nodes }, session }: AskedLaunch,
): Promise<FollowedLaunch> {
  // One rank makes no session that would say it.
  const before = nodes === 1 ? await countDone(directory, plan) : 0;
  const alone = nodes === 1
    ? { attempt: lastAttempt(directory) + 1, before: typeof before === "number" ? before : 0 }
    : undefined;
  return new FollowedLaunch({ directory, plan, points, nodes, session, alone });
}

/** Makes the run directory, with its inputs, as a first start would. */
async function begin({ kernel, plan, directory, folder, inputs }: Running): Promise<void> {
  const run = await settleRun({ kernel, plan, directory, folder, salts: await makeSalts(plan) });
  await settlePlan(run, kernel);
  inputs?.freeze(directory);
}

/** Writes the batch script of a run, and submits it when asked to; returns the exit code. */
async function writeBatch(
  running: Running,
  { settings, options: { values }, surroundings }: AskedLaunch,
): Promise<number> {
  await begin(running);
  const path = `${running.directory}/${SCRIPT}`;
  const requeues = values.get("max-requeues")?.[0];
  const script = batchScript({
    ...settings,
    maxRequeues: requeues === undefined
      ? DEFAULT_REQUEUES
      : wholeNumber("max-requeues", requeues, { minimum: 0, maximum: 1e6 }),
    program: ownProgram(),
    directory: running.directory,
  });
  {
    using file = new TextFile(path);
    file.write(script);
    file.finish();
  }
  const typed = `${running.typedDirectory}/${SCRIPT}`;
  surroundings.report(`batch script: ${typed}\n`);
  if (!values.has("submit")) {
    surroundings.report(`to submit it: sbatch ${shellWord(typed)}\n`);
    return 0;
  }
  const sbatch = startRanks([["sbatch", path]], schedulers.srun!, surroundings.directory);
  const { code } = await sbatch.ended();
  if (code !== 0) {
    surroundings.report(`gridiron: Cannot submit "${path}": sbatch ended with ${code}\n`);
  }
  return code;
}

/** Looks at what the ranks left, merges where none of them did, and returns the exit code. */
async function conclude(
  { code, hasDeaths }: Ended,
  { running, asked, followed }: Beginning,
): Promise<number> {
  const { directory, typedDirectory, folder, kernel, plan } = running;
  const { settings: { nodes }, scheduler, session, words, surroundings: { report } } = asked;
  const manifest = await readManifest(directory);
  if (manifest === undefined) {
    report(
      `gridiron: Cannot launch ${formatCount(nodes, "rank")}: they ended with ${code} ` +
        `before anything began, ${scheduler.failing}\n`,
    );
    return code === 0 ? 1 : code;
  }
  const run = await openRun(directory, manifest, { folder });
  learnContents(run);
  const state = await statusOf(run, words.includes("--keep-rows"));
  if (!state.complete) {
    const missing = formatCount(state.missing, "point");
    report(`incomplete: ${missing} missing; ${goOnText(running, asked)}\n`);
    return code === 0 ? 1 : code;
  }
  if (hasDeaths) report("a rank died; the others finished its share\n");
  // A rank alone fails when points did, or when it could not merge.
  const isMerged = nodes === 1 ? code === 0 : isMergeClaimed(directory, session);
  let merged: Merged | undefined;
  if (hasDeaths || !isMerged) {
    const options = { living: () => new Set<string>(), hasDeadStarts: hasDeaths };
    merged = await finish(run, kernel, options).catch((error) => {
      throw new Error(
        `Cannot write the table of "${typedDirectory}": ${reasonOf(error)}; what was finished ` +
          `is kept, ${goOnText(running, asked)}`,
        { cause: error },
      );
    });
    // What a rank that merges would have said.
    if (followed !== undefined) report(mergedLines(merged).map((line) => `${line}\n`).join(""));
  }
  const { done, failed, first_failures: [firstFailure] } = state;
  const hasFile = merged === undefined ? state.has_failures_file : merged.failed > 0;
  const progress = followed?.look();
  if (followed !== undefined) {
    report(launchText({
      ...{ plan, directory: typedDirectory, ranks: nodes },
      ...{ done, failed, firstFailure, hasFile, progress },
    }));
  }
  return failed === 0 && (merged?.missing ?? 0) === 0 ? 0 : 1;
}
