/** Who made what: the first line of a ledger. */
import { addressOf, isBuilt } from "./address.ts";
import type { Manifest } from "./manifest.ts";
import { VERSION } from "./version.ts";
import type { SweepOptions } from "./sweep_options.ts";

/** This instance's number among those started together: alone. */
export const RANK = 0;
/** Of a command line so much is kept. */
const MAX_WORDS = 200;
const MAX_WORD_CHARACTERS = 1000;
/** What tells a Slurm job from others. */
const SLURM = ["SLURM_JOB_ID", "SLURM_STEP_ID", "SLURM_RESTART_COUNT"];

/** Programs, host and command of a start; FollowedRank knows it by its first name, `gridiron`. */
export function provenance(
  { argv, kernel, workers }: Pick<SweepOptions, "argv" | "kernel" | "workers">,
  { plans }: Pick<Manifest, "plans">,
): Record<string, unknown> {
  const slurm = SLURM.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  return {
    gridiron: VERSION,
    plan: plans.length - 1,
    kernel: kernel.descriptor.name,
    version: kernel.descriptor.version,
    wasm: kernel.wasmDigest,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    host: Deno.hostname(),
    pid: Deno.pid,
    argv: argv.map((word) => word.slice(0, MAX_WORD_CHARACTERS)).slice(0, MAX_WORDS),
    start: new Date().toISOString(),
    workers,
    ...gitCommit(),
    ...slurm.length > 0 ? { slurm: Object.fromEntries(slurm) } : {},
  };
}

/** The model of the first CPU. */
export async function cpuModel(): Promise<string> {
  const { cpus } = await import("node:os");
  return cpus()[0]?.model ?? "unknown";
}

/** The commit of a checkout; nothing in an installed program. */
function gitCommit(): { git?: string } {
  if (isBuilt) return {};
  try {
    const folder = new URL(addressOf(".git/"));
    const head = Deno.readTextFileSync(new URL("HEAD", folder)).trim();
    const branch = /^ref: (.+)$/.exec(head)?.[1];
    return { git: branch === undefined ? head : readBranch(folder, branch) };
  } catch {
    return {};
  }
}

function readBranch(folder: URL, branch: string): string {
  try {
    return Deno.readTextFileSync(new URL(branch, folder)).trim();
  } catch {
    const packed = Deno.readTextFileSync(new URL("packed-refs", folder));
    return packed.split("\n").find((line) => line.endsWith(` ${branch}`))!.split(" ")[0]!;
  }
}
