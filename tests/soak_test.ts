/** One run directory through all that happens to it in months: the end is that of a fresh run. */
import { assert, assertEquals } from "@std/assert";
import { EFFORT } from "./effort.ts";
import { assertUndisturbed, finalFiles, uniforms } from "./rerun.ts";
import { tally } from "./tally.ts";
import { gridiron, inFolder, killAfter } from "./program.ts";

const SEED = 2;
const STEPS = 12 * EFFORT;
/** The axis grows until it has so many values. */
const MOST = 60;

/** The scan when its axis has so many values. */
function scan(values: number, out: string): string[] {
  return ["sweep", "--beta", `1:${values}`, "--m", "1,2", "--iterations", "20000", "-o", out];
}

Deno.test(`a run directory lives through ${STEPS} kills, extensions, merges and losses`, () =>
  inFolder(async (folder) => {
    const uniform = uniforms(SEED);
    const counts = { steps: STEPS, kills: 0, extensions: 0, "series deleted": 0, "ledgers cut": 0 };
    let values = 2;
    const finish = async () => {
      const ran = await gridiron(folder, scan(values, "out"));
      assertEquals(ran.code, 0, ran.stderr);
    };
    await finish();
    for (let step = 0; step < STEPS; step++) {
      const choice = Math.floor(uniform() * 6);
      if (choice === 0) {
        counts.kills++;
        values = Math.min(MOST, values + 1);
        await killAfter(folder, scan(values, "out"), 40 + uniform() * 200);
      } else if (choice === 1) {
        counts.extensions++;
        values = Math.min(MOST, values + 2);
        await finish();
      } else if (choice === 2) {
        const series = [...Deno.readDirSync(`${folder}/out/mc_data`)];
        const { name } = series[Math.floor(uniform() * series.length)]!;
        await Deno.remove(`${folder}/out/mc_data/${name}`);
        counts["series deleted"]++;
      } else if (choice === 3) {
        const ledgers = [...Deno.readDirSync(`${folder}/out/ledger`)];
        const { name } = ledgers[Math.floor(uniform() * ledgers.length)]!;
        const path = `${folder}/out/ledger/${name}`;
        await Deno.truncate(path, Math.floor(uniform() * Deno.statSync(path).size));
        counts["ledgers cut"]++;
      } else if (choice === 4) {
        const merged = await gridiron(folder, ["merge", "out", "--allow-missing"]);
        assertEquals(merged.code, 0, merged.stderr);
      } else {
        const verified = await gridiron(folder, ["verify", "out", "--sample", "5"]);
        assert(verified.code < 2 && !/point \d+: the ledger has \[/.test(verified.stdout));
      }
    }
    await finish();
    assertEquals((await gridiron(folder, scan(values, "fresh"))).code, 0);
    const compared = await assertUndisturbed(
      `${folder}/out`,
      await finalFiles(`${folder}/fresh`),
    );
    assertEquals((await gridiron(folder, ["verify", "out", "--sample", "100%"])).code, 0);
    tally("soak", { ...counts, "bytes compared": compared });
  }));
