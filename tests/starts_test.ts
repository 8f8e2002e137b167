/** Eight ranks started in the same instant on a directory that is not there yet: one run. */
import { assertEquals } from "@std/assert";
import { EFFORT } from "./effort.ts";
import { contents, gridiron, inFolder, startRanks } from "./program.ts";
import { uniforms } from "./rerun.ts";
import { tally } from "./tally.ts";

const SEED = 5678;
const SIZE = 8;
/** Trials in the gate; `deno task chaos starts` has a hundred times as many. */
const TRIALS = 10 * EFFORT;
const SCAN = ["sweep", "--beta", "1:40", "--iterations", "100", "--series", "none"];

/** The ranks in some order: whoever is started first is not always rank 0. */
function shuffled(uniform: () => number): number[] {
  const ranks = Array.from({ length: SIZE }, (_, rank) => rank);
  for (let i = SIZE - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [ranks[i], ranks[j]] = [ranks[j]!, ranks[i]!];
  }
  return ranks;
}

Deno.test(`${TRIALS} starts of eight ranks at once agree on one run`, () =>
  inFolder(async (folder) => {
    assertEquals((await gridiron(folder, [...SCAN, "-o", "one"])).code, 0);
    const one = await contents(`${folder}/one`);
    const uniform = uniforms(SEED);
    for (let trial = 0; trial < TRIALS; trial++) {
      const ranks = startRanks(folder, [...SCAN, "-o", "eight"], SIZE, {
        order: shuffled(uniform),
      });
      for (const { ended } of ranks) {
        const { code, stderr } = await ended;
        assertEquals(code, 0, stderr);
      }
      const eight = await contents(`${folder}/eight`);
      // One run, one session, one merge, one ledger a rank, and nothing else.
      assertEquals([...eight.keys()], [
        ...ranks.map((_, rank) => `ledger/${rank}-1.ndjson`),
        ...["results.csv", "run.json", "sessions/T.json", "sessions/T.merge"],
      ]);
      for (const name of ["run.json", "results.csv"]) assertEquals(eight.get(name), one.get(name));
      await Deno.remove(`${folder}/eight`, { recursive: true });
    }
    tally("starts", { trials: TRIALS, "ranks started at once": TRIALS * SIZE });
  }));
