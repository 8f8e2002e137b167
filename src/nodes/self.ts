/** How to start this very program again: the binary itself, or Deno with what is run now. */
import { fileOf } from "../address.ts";

/** What every command may do; deno.json has the same list. */
export const PERMISSIONS: readonly string[] = [
  ...["--no-prompt", "--allow-read", "--allow-write", "--allow-sys=hostname,cpus"],
  "--allow-env=INIT_CWD,NO_COLOR,TERM,COLUMNS,SLURM_*,OMPI_*,PMI_*,PMIX_*,PBS_*",
];

/**
 * What V8 is told, here, in deno.json and in scripts/launch_srun.sh; docs/benchmarks.md has what it
 * is worth. Functions are compiled all at once at the first start, and kept in Deno's cache, not
 * one by one at every start; garbage is looked for when there are 4 MB of new objects, not 1;
 * functions are compiled well when they were called 2000 times, not 400, as a short run is over
 * before that pays.
 */
export const V8_FLAGS =
  "--v8-flags=--no-lazy,--min-semi-space-size=4,--invocation-count-for-maglev=2000";

/** Program and first arguments, in front of a command's name. */
export function ownProgram(): string[] {
  if (Deno.build.standalone) return [Deno.execPath()];
  return [
    Deno.execPath(),
    "run",
    // Else it wipes the line that the cursor is in, on any terminal, before anything is shown.
    "--quiet",
    V8_FLAGS,
    ...PERMISSIONS,
    fileOf("main.ts"),
  ];
}
