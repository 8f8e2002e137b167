/** Runs that are damaged, carried on and compared, in this process. */
import { assertEquals } from "@std/assert";
import { findKernel } from "../src/kernels.ts";
import { readManifest } from "../src/manifest.ts";
import { ALONE } from "../src/nodes/ranks.ts";
import { runSweep, type SweepReport } from "../src/sweep.ts";

/** What a second start did and said. */
export interface Rerun {
  readonly report: SweepReport;
  readonly announced: readonly string[];
}

/** Goes on with the run in a directory, as `resume` does. */
export async function rerun(directory: string): Promise<Rerun> {
  const manifest = (await readManifest(directory))!;
  const announced: string[] = [];
  const report = await runSweep({
    ...{ kernel: findKernel(manifest.kernel), plan: manifest.plans.at(-1)!, directory },
    ...{ folder: manifest.folder ?? ".", workers: 2, argv: [], inputs: undefined },
    ...{ signal: new AbortController().signal, timeoutMs: Infinity, retries: 0 },
    ...{ maxFailures: Infinity, skip: [], skipFailed: false, keepRows: false, rank: ALONE },
    progress() {},
    announce: (line) => announced.push(line),
  });
  return { report, announced };
}

/** Paths of all files of a directory, in order. */
export async function fileNames(directory: string): Promise<string[]> {
  const names: string[] = [];
  const walk = async (below: string) => {
    for await (const { name, isDirectory } of Deno.readDir(`${directory}/${below}`)) {
      if (isDirectory) await walk(`${below}${name}/`);
      else names.push(below + name);
    }
  };
  await walk("");
  return names.sort();
}

/** Those of the files that must not depend on what happened to a run. */
async function finalNames(directory: string): Promise<string[]> {
  const names = await fileNames(directory);
  return names.filter((name) => !/^(ledger\/|sessions\/|run\.json$)/.test(name));
}

/** Those files with their contents. */
export async function finalFiles(directory: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const name of await finalNames(directory)) {
    files.set(name, await Deno.readFile(`${directory}/${name}`));
  }
  return files;
}

/** Compares the final files of a directory with those of an undisturbed run; returns the bytes. */
export async function assertUndisturbed(
  directory: string,
  expected: ReadonlyMap<string, Uint8Array>,
): Promise<number> {
  assertEquals(await finalNames(directory), [...expected.keys()].sort());
  let bytes = 0;
  for (const [name, content] of expected) {
    // One file at a time, as there may be a gigabyte; and a diff of a megabyte helps nobody.
    const found = await Deno.readFile(`${directory}/${name}`);
    const isEqual = found.length === content.length &&
      found.every((byte, i) => byte === content[i]);
    assertEquals(isEqual, true, `${name} in ${directory} differs`);
    bytes += content.length;
  }
  return bytes;
}

/** Uniform numbers in [0, 1), the same every time: xoshiro is not needed to break things. */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  // Source: mulberry32, T. Ettinger, public domain.
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let t = Math.imul(state ^ state >>> 15, 1 | state);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };
}
