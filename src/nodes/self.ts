/** How to start this very program again: the binary itself, or Deno with the checkout. */

import { addressOf } from "../address.ts";

/** What every command may do; deno.json has the same list. */
export const PERMISSIONS: readonly string[] = [
  ...["--no-prompt", "--allow-read", "--allow-write", "--allow-sys=hostname,cpus"],
  "--allow-env=INIT_CWD,NO_COLOR,TERM,COLUMNS,SLURM_*,OMPI_*,PMI_*,PMIX_*,PBS_*",
];

/** Program and first arguments, in front of a command's name. */
export function ownProgram(): string[] {
  if (Deno.build.standalone) return [Deno.execPath()];
  return [
    Deno.execPath(),
    "run",
    // Else it wipes the line that the cursor is in, on any terminal, before anything is shown.
    "--quiet",
    ...PERMISSIONS,
    new URL(addressOf("main.ts")).pathname,
  ];
}
