/** The list of commands: each is loaded when it is called. */
import type { Command } from "./command.ts";

/** A command's line in the list. */
export interface CommandEntry {
  readonly name: string;
  readonly doc: string;
  load(): Promise<Command>;
}

/** Every command, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    name: "sweep",
    doc: "run a kernel for every combination of parameter values",
    load: async () => (await import("./sweep.ts")).sweep,
  },
  {
    name: "resume",
    doc: "go on with a run",
    load: async () => (await import("./resume.ts")).resume,
  },
  {
    name: "status",
    doc: "how a run stands: done, failed, missing",
    load: async () => (await import("./status.ts")).status,
  },
  {
    name: "merge",
    doc: "the ledgers of a run as one table",
    load: async () => (await import("./merge.ts")).merge,
  },
  {
    name: "kernels",
    doc: "what each kernel computes: parameters, bounds, columns, source",
    load: async () => (await import("./kernels.ts")).kernels,
  },
];
