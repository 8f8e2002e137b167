/** `kill -9` at any moment, up to five times: the final bytes are those of an undisturbed run. */
import { assert, assertEquals } from "@std/assert";
import { EFFORT } from "./effort.ts";
import { root } from "./project.ts";
import { assertUndisturbed, finalFiles, uniforms } from "./rerun.ts";
import { tally } from "./tally.ts";
import { gridiron, inFolder, killAfter } from "./program.ts";

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
  const names = [...(await finalFiles(directory)).keys()];
  for await (const { name } of Deno.readDir(`${directory}/ledger`)) names.push(name);
  return names.filter((name) => /\.tmp$|\.probe-/.test(name));
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
