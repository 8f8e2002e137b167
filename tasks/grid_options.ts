/** The options that describe a grid, for every command that runs one. */
import type { Option, Options } from "../src/cli/options.ts";
import { wholeNumber } from "../src/cli/values.ts";
import { UsageError } from "../src/errors.ts";
import type { ReadInput } from "../src/input.ts";
import type { Request } from "../src/planner.ts";
import type { Descriptor, Parameter } from "../wasm/kernel.ts";

/** Repetitions of a point that one plan may have. */
const MAX_REPLICAS = 1e9;

export const GRID_OPTIONS: readonly Option[] = [
  {
    name: "axis",
    value: "NAME=VALUES",
    repeated: true,
    doc: "the same as --NAME VALUES, for any name",
  },
  {
    name: "zip",
    value: "NAME,NAME",
    repeated: true,
    doc: "let these axes advance together instead of multiplying them",
  },
  {
    name: "points",
    value: "FILE.csv",
    doc: "explicit points: a header line with names of parameters, a row a point",
  },
  { name: "where", value: "CONDITION", doc: "only points that meet it, such as 'beta*m < 2'" },
  {
    name: "replicas",
    value: "R",
    doc: "run every point R times with independent random numbers: replica = 0 … R-1",
  },
  { name: "seed", value: "N", doc: "seed of all random numbers (default 1)" },
];

/** An option for each parameter of a kernel. */
export function parameterOptions({ parameters }: Descriptor): Option[] {
  return parameters.map((parameter) => {
    const { name, doc, kind, choices } = parameter;
    const value = kind === "file" ? "FILE" : choices === undefined ? "VALUES" : "NAMES";
    const facts = [...choices === undefined ? [] : [choices.join(", ")], defaultText(parameter)];
    return { name, value, repeated: true, doc: `${doc} (${facts.join("; ")})` };
  });
}

/** What a parameter is when it is not given: `default 1`, `needed`. */
export function defaultText({ choices, default: fallback }: Parameter): string {
  if (fallback === undefined) return "needed";
  if (typeof fallback === "object") return `default ${fallback.of} / ${fallback.dividedBy}`;
  return `default ${choices?.[fallback] ?? fallback}`;
}

/** What the options ask for. */
export function requestOf(
  kernel: Descriptor,
  { values }: Options,
  read: ReadInput,
): Request {
  const axes = new Map<string, string[]>();
  const replicas = values.get("replicas")?.[0];
  for (const { name } of kernel.parameters) {
    const typed = values.get(name);
    if (typed !== undefined) axes.set(name, [...typed]);
  }
  for (const typed of values.get("axis") ?? []) {
    const [name = "", expression] = splitOnce(typed, "=");
    const known = kernel.parameters.map(({ name }) => name);
    if (expression === undefined || !known.includes(name)) {
      throw new UsageError(
        `Cannot use --axis "${typed}": expected NAME=VALUES with a name out of ${known.join(", ")}`,
      );
    }
    axes.set(name, [...axes.get(name) ?? [], expression]);
  }
  return {
    axes,
    zip: (values.get("zip") ?? []).map((names) => names.split(",").map((name) => name.trim())),
    points: values.get("points")?.[0],
    replicas: replicas === undefined
      ? undefined
      : wholeNumber("replicas", replicas, { minimum: 1, maximum: MAX_REPLICAS }),
    where: values.get("where")?.[0],
    seed: seedOf(values),
    series: values.get("series")?.[0],
    read,
  };
}

/** The seed asked for, or the default one. */
export function seedOf(values: Options["values"]): number {
  return wholeNumber("seed", values.get("seed")?.[0] ?? "1", { minimum: 0 });
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
