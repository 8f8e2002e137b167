/** `kill -9` at any moment, several times: the final bytes are those of an undisturbed run. */
import { assert, assertEquals } from "@std/assert";
import { EFFORT } from "./effort.ts";
import { root } from "./project.ts";
import { assertUndisturbed, fileNames, finalFiles, uniforms } from "./rerun.ts";
import { tally } from "./tally.ts";
import { gridiron, inFolder, killAfter, pause, signal, startRanks, wasKilled } from "./program.ts";

const SEED = 1234;
const KILLS = 5;
const VALUES = "0.1,0.2,0.3,0.5,1,2,3,5,10";
const PHOTOS = new URL("examples/photos/", root).pathname;
const IS_LONG = EFFORT > 1;

/** What is killed, and how often for each unit of effort. */
const SCANS: readonly { name: string; trials: number; files: number; argv: string[] }[] = [
  {
    ...{ name: "sweep of 324 points", trials: 2, files: 325 },
    argv: [
      ...["sweep", "--beta", VALUES, "--m", VALUES, "--h", "0.25,0.5,1,2.5"],
      ...["--iterations", IS_LONG ? "100000" : "10000"],
    ],
  },
  {
    ...{ name: "pi", trials: 1, files: 1 },
    argv: ["pi", "--samples", IS_LONG ? "1e9" : "1e8", "--streams", "64"],
  },
  {
    ...{ name: "fourier list", trials: 1, files: 19 },
    argv: [
      ...["fourier", `${PHOTOS}chart.png`, `${PHOTOS}landscape.jpg`, `${PHOTOS}micrograph.jpg`],
      ...["--radius", "10,20,40", "--operation", "lowpass,highpass"],
    ],
  },
];

/** Names that are there while something is written. */
async function temporaryFiles(directory: string): Promise<string[]> {
  return (await fileNames(directory)).filter((name) => /\.tmp$|\.probe-/.test(name));
}

for (const { name, trials, files, argv } of SCANS) {
  const count = trials * EFFORT;
  Deno.test(`${name}: ${count} times killed up to ${KILLS} times, every byte is there`, () =>
    inFolder(async (folder) => {
      const startMs = performance.now();
      assertEquals((await gridiron(folder, [...argv, "-o", "whole"])).code, 0);
      // Kills are spread over what a whole run takes: start-up, points, merging.
      const windowMs = performance.now() - startMs;
      const whole = await finalFiles(`${folder}/whole`);
      assertEquals(whole.size, files);
      const uniform = uniforms(SEED);
      let kills = 0;
      let compared = 0;
      for (let trial = 0; trial < count; trial++) {
        const out = `trial${trial}`;
        const command = [...argv, "-o", out];
        for (let kill = 0; kill < KILLS; kill++) {
          // Squared, or the second kill would mostly find a run that has ended.
          if (await killAfter(folder, command, uniform() ** 2 * windowMs)) kills++;
        }
        const ran = await gridiron(folder, command);
        assertEquals(ran.code, 0, ran.stderr);
        compared += await assertUndisturbed(`${folder}/${out}`, whole);
        assertEquals(await temporaryFiles(`${folder}/${out}`), []);
        assertEquals((await gridiron(folder, ["status", out])).code, 0);
        await Deno.remove(`${folder}/${out}`, { recursive: true });
      }
      assert(kills > 0);
      tally(`kill -9: ${name}`, {
        ...{ trials: count, "kills tried": kills, "bytes compared": compared },
      });
    }));
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

/** Two ranks, and how often both are started and disturbed in each trial. */
const RANKS_SCAN = ["sweep", "--beta", VALUES, "--m", VALUES, "--iterations", "30000"];
const RANK_TRIALS = 2 * EFFORT;
const STARTS = 4;

Deno.test(`two ranks: ${RANK_TRIALS} times one or both killed in ${STARTS} starts`, () =>
  inFolder(async (folder) => {
    const begin = (out: string, session: string) =>
      startRanks(folder, [...RANKS_SCAN, "-o", out], 2, { session });
    assertEquals((await gridiron(folder, [...RANKS_SCAN, "-o", "whole"])).code, 0);
    const whole = await finalFiles(`${folder}/whole`);
    const startMs = performance.now();
    for (const { ended } of begin("calm", "S")) assertEquals((await ended).code, 0);
    const windowMs = performance.now() - startMs;
    const uniform = uniforms(SEED);
    const counts = { "ranks killed": 0, "survivors that merged": 0, "bytes compared": 0 };
    const compare = async (out: string) => {
      counts["bytes compared"] += await assertUndisturbed(`${folder}/${out}`, whole);
    };
    for (let trial = 0; trial < RANK_TRIALS; trial++) {
      const out = `trial${trial}`;
      for (let start = 0; start < STARTS; start++) {
        const ranks = begin(out, `S${start}`);
        const first = uniform() < 0.5 ? 0 : 1;
        await pause(uniform() ** 2 * windowMs);
        signal(ranks[first]!, "SIGKILL");
        // Without the session's file, rank 1 would wait half a minute for it.
        const isAlone = !(await isThere(`${folder}/${out}/sessions/S${start}.json`));
        if (isAlone || uniform() < 0.5) {
          await pause(uniform() ** 2 * windowMs);
          signal(ranks[1 - first]!, "SIGKILL");
        }
        const killed = await Promise.all(ranks.map(wasKilled));
        counts["ranks killed"] += killed.filter((one) => one).length;
        // What is killed after the other one has merged may leave something.
        if (!killed[first] || killed[1 - first]) continue;
        const { code, stderr } = await ranks[1 - first]!.ended;
        assertEquals(code, 0, stderr);
        // It has nothing to show where the other one had begun to merge.
        if (!stderr.includes("results: ")) continue;
        counts["survivors that merged"]++;
        await compare(out);
      }
      for (const { ended } of begin(out, "E")) {
        const { code, stderr } = await ended;
        assertEquals(code, 0, stderr);
      }
      await compare(out);
      assertEquals(await temporaryFiles(`${folder}/${out}`), []);
      assertEquals((await gridiron(folder, ["status", out])).code, 0);
      await Deno.remove(`${folder}/${out}`, { recursive: true });
    }
    assert(counts["ranks killed"] > 0);
    tally("kill -9: two ranks", { trials: RANK_TRIALS, ...counts });
  }));
