/** `kernels`: what each kernel computes, takes and gives. */
import { formatHelp, wrap } from "../src/cli/help.ts";
import { type Option, parseOptions } from "../src/cli/options.ts";
import { UsageError } from "../src/errors.ts";
import { findKernel, kernels as registry } from "../src/kernels.ts";
import type { Column, Descriptor, Parameter } from "../wasm/kernel.ts";
import type { Command } from "./command.ts";
import { defaultText } from "./grid_options.ts";

const OPTIONS: readonly Option[] = [
  { name: "json", doc: "the descriptors as one JSON array on standard output" },
  { name: "help", doc: "this page" },
];

export const kernels: Command = {
  run(argv, { print, program, columns }) {
    const { words, values } = parseOptions(OPTIONS, argv);
    if (values.has("help")) {
      print(formatHelp({
        usage: `${program} kernels [KERNEL …] [options]`,
        doc: "Lists kernels with their parameters, units, bounds and defaults, the columns of " +
          "results.csv, the series they write and the publication they follow.",
        sections: [{ title: "options", options: OPTIONS }],
        examples: [{ command: `${program} kernels metropolis`, doc: "one of them" }],
      }, columns));
      return Promise.resolve(0);
    }
    if (words.length > Object.keys(registry).length) {
      throw new UsageError(`Cannot list ${words.length} kernels: there are fewer`);
    }
    const names = words.length > 0 ? words : Object.keys(registry);
    const descriptors = names.map((name) => findKernel(name).descriptor);
    if (values.has("json")) print(JSON.stringify(descriptors) + "\n");
    else print(descriptors.map((descriptor) => describe(descriptor, columns)).join("\n"));
    return Promise.resolve(0);
  },
};

/** What values are called. */
const KINDS: Readonly<Record<Parameter["kind"], string>> = {
  real: "real",
  integer: "whole number",
  choice: "one of its choices",
  file: "path",
};

function describe(kernel: Descriptor, width: number): string {
  const names = [...kernel.parameters, ...kernel.columns].map(({ name }) => name.length);
  const indent = Math.max(...names) + 4;
  const item = (name: string, text: string) => {
    const [first, ...rest] = wrap(text, width, " ".repeat(indent));
    return [`  ${name}`.padEnd(indent) + first!.slice(indent), ...rest];
  };
  const lines = [
    ...wrap(`${kernel.name} ${kernel.version}: ${kernel.doc}`, width, ""),
    "parameters:",
    ...kernel.parameters.flatMap((parameter) => item(parameter.name, aboutParameter(parameter))),
    "columns:",
    ...kernel.columns.flatMap((column) => item(column.name, aboutColumn(column))),
  ];
  if (kernel.series !== undefined) {
    lines.push(
      "series:",
      ...item(kernel.series.template, ""),
      ...wrap(kernel.series.doc, width, "    "),
    );
  }
  lines.push("source:", ...wrap(kernel.source, width, "  "));
  return lines.map((line) => line.trimEnd()).join("\n") + "\n";
}

function aboutParameter(parameter: Parameter): string {
  const { doc, unit, kind, choices, minimum, maximum, above, lessThan } = parameter;
  const facts = [choices?.join(", ") ?? KINDS[kind]];
  if (minimum !== undefined) facts.push(`at least ${minimum}`);
  if (maximum !== undefined) facts.push(`at most ${maximum}`);
  if (above !== undefined) facts.push(`above ${above}`);
  if (lessThan !== undefined) facts.push(`below ${lessThan}`);
  if (unit !== undefined) facts.push(`in ${unit}`);
  facts.push(defaultText(parameter));
  return `${doc} (${facts.join(", ")})`;
}

function aboutColumn({ doc, unit }: Column): string {
  return unit === undefined ? doc : `${doc} (in ${unit})`;
}
