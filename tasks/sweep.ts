/** `sweep [KERNEL]`: every combination of the axes' values, one row each. */
import { formatHelp } from "../src/cli/help.ts";
import { type Option, parseOptions } from "../src/cli/options.ts";
import { UsageError } from "../src/errors.ts";
import type { ReadInput } from "../src/input.ts";
import { findKernel, kernels } from "../src/kernels.ts";
import type { Descriptor, Entry } from "../wasm/kernel.ts";
import type { Command, Surroundings } from "./command.ts";
import { GRID_OPTIONS, parameterOptions, requestOf } from "./grid_options.ts";
import { PLAN_OPTIONS, runPlan } from "./plan_run.ts";

const DEFAULT_KERNEL = "metropolis";

const VALUES_HELP = `Runs a kernel (KERNELS; default ${DEFAULT_KERNEL}) for every combination of the
  values of its parameters. VALUES are numbers (1,2), a range start:stop:step with the stop included
  (0.1:1:0.1), whole numbers a:b, lin:start:stop:count, geom:start:stop:count, log:a:b:count (powers
  of ten), @file (a value a line), @file.csv:column or @- (standard input); options repeat. The same
  command again does only what is missing.`;

const SWEEP_OPTIONS: readonly Option[] = [
  {
    name: "series",
    value: "TEMPLATE",
    doc: "names of the series files below DIR, such as data/b{beta}_h{h:.2f}.dat; none for none",
  },
  ...PLAN_OPTIONS,
];

export const sweep: Command = {
  async run(argv, surroundings) {
    const kernel = kernelOf(argv);
    const options = parseOptions(optionsOf(kernel.descriptor), argv);
    if (options.values.has("help")) {
      surroundings.print(helpPage(kernel.descriptor, surroundings));
      return 0;
    }
    const [stray] = options.words.slice(isKernelName(argv[0]) ? 1 : 0);
    if (stray !== undefined) {
      throw new UsageError(
        `Cannot use "${stray}": values stand behind their option, expected such as --beta 1,2 or ` +
          "--beta 1 --beta 2",
      );
    }
    const request = (read: ReadInput) => requestOf(kernel.descriptor, options, read);
    return await runPlan({ kernel, options, argv: ["sweep", ...argv], request }, surroundings);
  },
};

/** The kernel named by the first word, before the options that depend on it are read. */
function kernelOf(argv: readonly string[]): Entry {
  const [first] = argv;
  return findKernel(isKernelName(first) ? first : DEFAULT_KERNEL);
}

/** Whether the first word of a command line stands where the kernel's name does. */
function isKernelName(first: string | undefined): first is string {
  return first !== undefined && !first.startsWith("-");
}

function optionsOf(kernel: Descriptor): Option[] {
  return [...parameterOptions(kernel), ...GRID_OPTIONS, ...SWEEP_OPTIONS];
}

function helpPage(kernel: Descriptor, { program, columns }: Surroundings): string {
  return formatHelp({
    usage: `${program} sweep [KERNEL] --NAME VALUES … [options]`,
    doc: VALUES_HELP.replace("KERNELS", Object.keys(kernels).join(", ")),
    sections: [
      { title: `parameters of ${kernel.name}`, options: parameterOptions(kernel) },
      { title: "grid", options: GRID_OPTIONS },
      { title: "run", options: SWEEP_OPTIONS },
    ],
    examples: [
      { command: `${program} sweep --beta 1 --beta 2`, doc: "two points" },
      {
        command: `${program} sweep --beta 0.1:1:0.1 --h 0.5,1,2 -o scan`,
        doc: "thirty points into scan/",
      },
      {
        command: `${program} sweep --zip beta,m --beta 0.5,1,2 --m 1,1,2`,
        doc: "three points: axes side by side",
      },
      {
        command: `${program} sweep --beta 1 --iterations 1e6 --seed 2 --series none`,
        doc: "no chain file, other random numbers",
      },
    ],
  }, columns);
}
