/** Ledgers that are cut anywhere, bits that flip: no wrong row, no crash, repaired by going on. */
import { assert, assertEquals } from "@std/assert";
import { UsageError } from "../src/errors.ts";
import { findKernel } from "../src/kernels.ts";
import { readManifest } from "../src/manifest.ts";
import { mergeRun } from "../src/merge.ts";
import { openRun } from "../src/run_ledgers.ts";
import { surveyRun } from "../src/survey.ts";
import { learnContents } from "../src/files.ts";
import { EFFORT } from "./effort.ts";
import { gridiron, inFolder } from "./program.ts";
import { root } from "./project.ts";
import { assertUndisturbed, finalFiles, rerun, uniforms } from "./rerun.ts";
import { tally } from "./tally.ts";

const SEED = 8;
const FLIPS = 100 * EFFORT;
/** Reading is cheap; so often the run is carried on, too. */
const RERUN_EVERY = 10;
const PHOTO = new URL("examples/photos/chart.png", root).pathname;

/** Small runs of every kind. */
const RUNS: Readonly<Record<string, readonly string[]>> = {
  sweep: ["sweep", "--beta", "1,2", "--m", "1:4", "--iterations", "500"],
  pi: ["pi", "--samples", "6e6", "--streams", "6"],
  fourier: ["fourier", PHOTO, "--radius", "5,10,20", "--operation", "lowpass,autocorrelation"],
};

interface Whole {
  readonly directory: string;
  readonly ledger: string;
  readonly bytes: Uint8Array;
  readonly files: Map<string, Uint8Array>;
  /** Lines of results.csv. */
  readonly rows: readonly string[];
}

/** Makes a run and gives what an undisturbed one looks like. */
async function makeWhole(folder: string, name: string): Promise<Whole> {
  const directory = `${folder}/${name}`;
  const ran = await gridiron(folder, [...RUNS[name]!, "-o", directory, "--workers", "2"]);
  assertEquals(ran.code, 0, ran.stderr);
  const ledger = `${directory}/ledger/0-1.ndjson`;
  const files = await finalFiles(directory);
  const rows = new TextDecoder().decode(files.get("results.csv")).split("\n");
  return { directory, ledger, bytes: await Deno.readFile(ledger), files, rows };
}

/** Reads and merges a damaged run: every row is right or empty, and the damage is seen. */
async function readDamaged({ directory, rows }: Whole): Promise<{ found: number; lost: number }> {
  const manifest = (await readManifest(directory))!;
  const run = await openRun(directory, manifest);
  learnContents(run);
  const survey = surveyRun(run, false);
  const merged = await mergeRun(run, findKernel(manifest.kernel));
  const lines = (await Deno.readTextFile(`${directory}/results.csv`)).split("\n");
  assertEquals(lines.length, rows.length);
  let empty = 0;
  for (const [i, line] of lines.entries()) {
    if (line === rows[i]) continue;
    assert(/,{2,}$/.test(line) && rows[i]!.startsWith(line.replace(/,+$/, "")), line);
    empty++;
  }
  assertEquals(empty, merged.missing + merged.failed);
  return { found: survey.damaged + survey.unclosed.length + survey.stale, lost: empty };
}

/** Goes on with a damaged run, and sees that it ends as if nothing had been. */
async function repair(whole: Whole): Promise<number> {
  await rerun(whole.directory);
  const bytes = await assertUndisturbed(whole.directory, whole.files);
  for await (const { name } of Deno.readDir(`${whole.directory}/ledger`)) {
    await Deno.remove(`${whole.directory}/ledger/${name}`);
  }
  return bytes;
}

for (const name of Object.keys(RUNS)) {
  Deno.test(`${name}: a ledger cut at any byte of its last three lines loses only those`, () =>
    inFolder(async (folder) => {
      const whole = await makeWhole(folder, name);
      const { bytes } = whole;
      const ends = [...bytes.keys()].filter((i) => bytes[i] === 10);
      const first = ends.at(-4)! + 1;
      let cuts = 0;
      let compared = 0;
      for (let length = first; length < bytes.length; length++) {
        await Deno.writeFile(whole.ledger, bytes.subarray(0, length));
        const { found } = await readDamaged(whole);
        assert(found > 0, `the cut at ${length} of ${bytes.length} bytes was not seen`);
        const cut = length - first;
        cuts++;
        if (EFFORT === 1 && cut % 40 !== 0) continue;
        compared += await repair(whole);
      }
      tally(`${name}: cut ledgers`, { "cuts tried": cuts, "bytes compared": compared });
    }));

  Deno.test(`${name}: ${FLIPS} flipped bits in a ledger make no wrong row`, () =>
    inFolder(async (folder) => {
      const whole = await makeWhole(folder, name);
      const uniform = uniforms(SEED);
      let compared = 0;
      for (let trial = 0; trial < FLIPS; trial++) {
        const bytes = whole.bytes.slice();
        const at = Math.floor(uniform() * bytes.length);
        bytes[at]! ^= 1 << Math.floor(uniform() * 8);
        await Deno.writeFile(whole.ledger, bytes);
        const { found } = await readDamaged(whole);
        assert(found > 0, `the flip in byte ${at} was not seen`);
        if (trial % RERUN_EVERY === 0) compared += await repair(whole);
      }
      tally(`${name}: flipped bits in a ledger`, {
        "bits flipped": FLIPS,
        "bytes compared": compared,
      });
    }));

  Deno.test(`${name}: ${FLIPS} flipped bits in run.json are refused, or change nothing`, () =>
    inFolder(async (folder) => {
      const { directory } = await makeWhole(folder, name);
      const path = `${directory}/run.json`;
      const whole = await Deno.readFile(path);
      const manifest = await readManifest(directory);
      const uniform = uniforms(SEED);
      let harmless = 0;
      for (let trial = 0; trial < FLIPS; trial++) {
        const bytes = whole.slice();
        const at = Math.floor(uniform() * bytes.length);
        bytes[at]! ^= 1 << Math.floor(uniform() * 8);
        await Deno.writeFile(path, bytes);
        try {
          // Another spelling of the same, such as the last digit of a number that has too many.
          assertEquals(await readManifest(directory), manifest, `byte ${at}`);
          harmless++;
        } catch (error) {
          assert(error instanceof UsageError, `${error}`);
          assert(/run\.json": it .*; restore it from a copy, or take/.test(error.message));
          assertEquals(error.message.split("\n").length, 1);
        }
      }
      const ran = await gridiron(folder, ["resume", directory]);
      assertEquals([ran.code, ran.stderr.split("\n").length], [2, 2], ran.stderr);
      tally(`${name}: flipped bits in run.json`, { "bits flipped": FLIPS, harmless });
    }));
}

Deno.test("damage in a ledger is named by resume and status", () =>
  inFolder(async (folder) => {
    const { directory, ledger, bytes, files } = await makeWhole(folder, "sweep");
    const damaged = bytes.slice();
    damaged[bytes.indexOf(10, bytes.length / 2) + 5]! ^= 1;
    await Deno.writeFile(ledger, damaged);
    const status = await gridiron(folder, ["status", directory]);
    assert(status.stdout.includes("1 torn or damaged ledger line dropped"), status.stdout);
    const ran = await gridiron(folder, ["resume", directory]);
    assertEquals(ran.code, 0, ran.stderr);
    assert(ran.stderr.includes("1 torn or damaged ledger line dropped"), ran.stderr);
    await assertUndisturbed(directory, files);
  }));
