/** How to start this very program again: the binary itself, or Deno with the checkout. */

import { addressOf } from "../address.ts";

/** What every command may do; deno.json has the same list. */
export const PERMISSIONS: readonly string[] = [
  ...["--no-prompt", "--allow-read", "--allow-write", "--allow-sys=hostname,cpus"],
  "--allow-env=INIT_CWD,NO_COLOR,TERM,COLUMNS,SLURM_*,OMPI_*,PMI_*,PMIX_*,PBS_*",
];

/**
 * What V8 is told, here and in deno.json: to compile well what was called 2000 times and not 400. A
 * scan of a tenth of a second is over before that pays; it is 6 % sooner so, and no longer one later.
 */
export const ENGINE = "--v8-flags=--invocation-count-for-maglev=2000";

/** Program and first arguments, in front of a command's name. */
export function ownProgram(): string[] {
  if (Deno.build.standalone) return [Deno.execPath()];
  return [
    Deno.execPath(),
    "run",
    // Else it wipes the line that the cursor is in, on any terminal, before anything is shown.
    "--quiet",
    ENGINE,
    ...PERMISSIONS,
    new URL(addressOf("main.ts")).pathname,
  ];
}
