/** The list of commands. */
import { addressOf } from "../src/address.ts";
import type { Command } from "./command.ts";
import { sweep } from "./sweep.ts";

/** A command by its name, loaded when it is called. */
export interface Listed {
  readonly name: string;
  /** One line for the list of commands. */
  readonly doc: string;
  /** It starts other programs: the binary drops that permission for all others. */
  readonly isStarter: boolean;
  load(): Promise<Command>;
}

/**
 * Every command, in the order of the help. Only the one that is called most is loaded with this;
 * the others have their file's name, and `deno.json` names them for `deno compile`.
 */
export const commands: readonly Listed[] = [
  {
    name: "sweep",
    doc: "run a kernel for every combination of parameter values",
    isStarter: false,
    load: () => Promise.resolve(sweep),
  },
  listed("pi", "pi from independent streams of random points"),
  listed("fourier", "images through a circular filter in the Fourier plane"),
  listed("map", "a function over lists of values, one result a line"),
  listed("launch", "a command on several nodes, with one result", true),
  listed("resume", "go on with a run"),
  listed("status", "how a run stands: done, failed, missing"),
  listed("plot", "a picture of a run's results: SVG, PNG or HTML"),
  listed("merge", "the ledgers of a run as one table"),
  listed("verify", "whether a run still has the bits that it was made with"),
  listed("kernels", "what each kernel computes: parameters, bounds, columns, source"),
];

/** A command in the file of its name. */
function listed(name: string, doc: string, isStarter = false): Listed {
  return {
    ...{ name, doc, isStarter },
    async load() {
      const module = await import(addressOf(`tasks/${name}.ts`)) as Record<string, Command>;
      return module[name]!;
    },
  };
}
