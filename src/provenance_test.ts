/** The first line of a ledger: who, where, with what; within limits, and nothing private. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { planOf } from "../tests/run_fixture.ts";
import { kernels } from "./kernels.ts";
import { makeManifest } from "./manifest.ts";
import { ALONE } from "./nodes/ranks.ts";
import { provenance } from "./provenance.ts";
import type { SweepOptions } from "./sweep_options.ts";
import { VERSION } from "./version.ts";

const kernel = kernels.metropolis!;
const PLAN = planOf({ b: [1] });
const MANIFEST = makeManifest(PLAN, "", "");

function optionsOf(argv: readonly string[]): SweepOptions {
  return {
    ...{ kernel, plan: PLAN, directory: "", folder: "", workers: 3, argv },
    ...{ inputs: undefined, rank: ALONE },
    ...{ signal: new AbortController().signal, timeoutMs: Infinity, retries: 0 },
    ...{ maxFailures: Infinity, skip: [], skipFailed: false, keepRows: false },
    progress() {},
    announce() {},
  };
}

/** Sets variables of the environment for the time of an action. */
function withEnvironment(variables: Record<string, string | undefined>, action: () => void): void {
  const set = (name: string, value: string | undefined) =>
    value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(variables)) set(name, value);
  try {
    action();
  } finally {
    for (const [name, value] of before) set(name, value);
  }
}

const NO_SLURM = {
  ...{ SLURM_JOB_ID: undefined, SLURM_STEP_ID: undefined, SLURM_RESTART_COUNT: undefined },
};

Deno.test("provenance() tells programs, host, command and the newest plan", () => {
  withEnvironment(NO_SLURM, () => {
    const { start, git, ...rest } = provenance(optionsOf(["sweep", "--b", "1"]), {
      ...MANIFEST,
      plans: [PLAN, PLAN, PLAN],
    });
    assertEquals(rest, {
      ...{ gridiron: VERSION, plan: 2, kernel: "metropolis", wasm: kernel.wasmDigest },
      ...{ version: kernel.descriptor.version, deno: Deno.version.deno, v8: Deno.version.v8 },
      ...{ host: Deno.hostname(), pid: Deno.pid, argv: ["sweep", "--b", "1"], workers: 3 },
    });
    assertMatch(String(start), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert(git === undefined || /^[0-9a-f]{40}$/.test(String(git)), String(git));
  });
});

Deno.test("provenance() keeps so much of a command line", () => {
  const argv = Array.from({ length: 500 }, () => "x".repeat(5000));
  const kept = provenance(optionsOf(argv), MANIFEST).argv as string[];
  assertEquals(kept, Array.from({ length: 200 }, () => "x".repeat(1000)));
});

Deno.test("provenance() tells which Slurm job it is, as far as that is set", () => {
  withEnvironment({ ...NO_SLURM, SLURM_JOB_ID: "17", SLURM_RESTART_COUNT: "2" }, () => {
    assertEquals(provenance(optionsOf([]), MANIFEST).slurm, {
      ...{ SLURM_JOB_ID: "17", SLURM_RESTART_COUNT: "2" },
    });
  });
});
