/** The list of commands. */
import type { Command } from "./command.ts";
import { fourier } from "./fourier.ts";
import { kernels } from "./kernels.ts";
import { merge } from "./merge.ts";
import { pi } from "./pi.ts";
import { resume } from "./resume.ts";
import { status } from "./status.ts";
import { sweep } from "./sweep.ts";

/**
 * Every command, in the order of the help. Not by `import()`: loading a second graph of modules
 * takes longer than these do.
 */
export const commands: readonly Command[] = [sweep, pi, fourier, resume, status, merge, kernels];
