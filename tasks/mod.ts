/** The list of commands. */
import type { Command } from "./command.ts";
import { kernels } from "./kernels.ts";
import { map } from "./map.ts";
import { merge } from "./merge.ts";
import { resume } from "./resume.ts";
import { status } from "./status.ts";
import { sweep } from "./sweep.ts";

/**
 * Every command, in the order of the help. Not by `import()`: loading a second graph of modules
 * takes longer than these do.
 */
export const commands: readonly Command[] = [sweep, map, resume, status, merge, kernels];
