/** A map as several ranks, of which nothing is kept. */
import { UsageError } from "../src/errors.ts";
import { formatCount } from "../src/format/quantity.ts";
import { clearGathering } from "../src/map_share.ts";
import { type AskedLaunch, carryOut } from "./launch_ranks.ts";

/** Starts the ranks of a map and clears up behind them; returns the exit code. */
export async function launchMap(asked: AskedLaunch): Promise<number> {
  const { options, settings, scheduler, session, words, surroundings } = asked;
  if (options.values.has("sbatch")) {
    throw new UsageError(
      "Cannot use --sbatch with map: nothing of a map is kept to go on with, expected a script " +
        `of your own with srun ${surroundings.program} map …`,
    );
  }
  return await carryOut(asked, { words }, ({ code, hasDeaths, hasSlurmFailed }, wasStopped) => {
    const size = settings.nodes;
    const wasLeft = clearGathering(surroundings.directory, { rank: 0, size, session });
    // Where a rank lives on, it tells which one died, and clears up.
    if (hasDeaths && wasLeft) {
      surroundings.report("gridiron: Cannot finish the map: its ranks were killed\n");
    }
    if (hasSlurmFailed && !wasStopped) {
      surroundings.report(
        `gridiron: Cannot launch ${formatCount(size, "rank")}: srun failed, ${scheduler.failing}\n`,
      );
    }
    return code === 0 && hasDeaths ? 1 : code;
  });
}
