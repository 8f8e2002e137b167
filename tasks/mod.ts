/** The list of commands. */
import type { Command } from "./command.ts";
import { kernels } from "./kernels.ts";
import { sweep } from "./sweep.ts";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [sweep, kernels];
