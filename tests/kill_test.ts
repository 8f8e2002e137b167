/** `kill -9` at any moment, up to three times: the final bytes are those of an undisturbed run. */
import { assertEquals } from "@std/assert";
import { xoshiro256plus } from "../wasm/metropolis/plain_chain.ts";
import { EFFORT } from "./effort.ts";
import { contents, differences, gridiron, inFolder, permissionsOf, results } from "./program.ts";
import { root } from "./project.ts";

/** Trials in the gate; ten times as many, of ten times the length, in the long form. */
const TRIALS = 3 * EFFORT;
const VALUES = "0.1,0.2,0.3,0.5,1,2,3,5,10";
const SCAN = [
  ...["sweep", "--beta", VALUES, "--m", VALUES, "--h", "0.25,0.5,1,2.5"],
  ...["--iterations", String(10_000 * EFFORT)],
];
/** Starts the scan and kills it after some time; whether it was still there to kill. */
async function killAfter(folder: string, out: string, delayMs: number): Promise<boolean> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", ...permissionsOf("sweep"), new URL("main.ts", root).pathname],
      ...[...SCAN, "-o", out],
    ],
    cwd: folder,
    env: { INIT_CWD: folder },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  try {
    process.kill("SIGKILL");
  } catch {
    // It had ended by then.
  }
  return (await process.status).signal === "SIGKILL";
}

Deno.test(`${TRIALS} scans of 324 points survive kill -9 with every byte`, () =>
  inFolder(async (folder) => {
    const startMs = performance.now();
    assertEquals((await gridiron(folder, [...SCAN, "-o", "whole"])).code, 0);
    // Kills are spread over what a whole run takes: start-up, points, merging.
    const windowMs = performance.now() - startMs;
    const whole = await results(`${folder}/whole`);
    assertEquals(whole.size, 325);
    const random = xoshiro256plus([1n, 2n, 3n, 4n]);
    const uniform = () => Number((random.next().value as bigint) >> 11n) / 2 ** 53;
    for (let i = 0; i < 20; i++) uniform();
    let kills = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const out = `trial${trial}`;
      for (let kill = 0; kill < 3; kill++) {
        if (await killAfter(folder, out, uniform() * windowMs)) kills++;
      }
      const ran = await gridiron(folder, [...SCAN, "-o", out]);
      assertEquals(ran.code, 0, ran.stderr);
      assertEquals(differences(await results(`${folder}/${out}`), whole), []);
      const names = [...(await contents(`${folder}/${out}`)).keys()];
      assertEquals(names.filter((name) => name.endsWith(".tmp")), []);
      assertEquals((await gridiron(folder, ["status", out])).code, 0);
      await Deno.remove(`${folder}/${out}`, { recursive: true });
    }
    console.log(
      `seed 1,2,3,4: ${TRIALS} trials, ${kills} kills, ${whole.size} files compared each`,
    );
  }));
