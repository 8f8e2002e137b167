/** What tells two plans apart, in lines that a person can read. */
import type { Axis } from "./axis.ts";
import { sizeOf, valueReader } from "./values.ts";
import type { Plan } from "./plan.ts";
import { valueWriter } from "./value_text.ts";

/** Values shown of an axis before it is cut short. */
const SHOWN = 6;
/** Stands behind a value that was not typed. */
const DEFAULT = " (default)";

/**
 * A line for each difference: `beta: 1, 2 there, 1, 3 here`; none for equal plans, one for plans of
 * two kernels.
 */
export function planDifferences(there: Plan, here: Plan): string[] {
  const lines: string[] = [];
  const compare = (name: string, a: string, b: string) => {
    if (a !== b) lines.push(`${name}: ${a} there, ${b} here`);
  };
  compare("kernel", `${there.kernel} ${there.version}`, `${here.kernel} ${here.version}`);
  if (there.kernel !== here.kernel) return lines;
  for (const name of new Set([...there.parameters, ...here.parameters])) {
    const [a, b] = [there, here].map((plan) => describeParameter(plan, name));
    // A default that was typed is still the default.
    if (a!.replace(DEFAULT, "") !== b!.replace(DEFAULT, "")) compare(name, a!, b!);
    if (a === b && !sameValues(there, here, name)) {
      lines.push(`${name}: other values in the middle of ${a}`);
    }
  }
  const zips = [there, here].map(({ zip }) => zip.map((names) => names.join(",")).join(" "));
  compare("zip", zips[0] || "none", zips[1] || "none");
  compare("where", there.where ?? "all points", here.where ?? "all points");
  compare("seed", String(there.seed), String(here.seed));
  compare("series", there.series ?? "none", here.series ?? "none");
  compare("figures", there.figures ? "yes" : "no", here.figures ? "yes" : "no");
  return lines;
}

/** The values of a parameter, in full when they are few. */
function describeParameter(plan: Plan, name: string): string {
  const axis = plan.axes.find((axis) => axis.name === name);
  const write = valueWriter(plan, name);
  if (axis !== undefined) return describeAxis(axis, write);
  const derived = plan.derived[name];
  if (derived !== undefined) return `${derived.of} / ${derived.dividedBy}`;
  const value = plan.fixed[name];
  return value === undefined ? "none" : write(value) + DEFAULT;
}

/** `0.1, 0.2, 0.3`, or the first and last of many. */
export function describeAxis({ values }: Axis, write: (value: number) => string): string {
  const read = valueReader(values);
  const size = sizeOf(values);
  const text = (index: number) => write(read(index));
  if (size <= SHOWN) return Array.from({ length: size }, (_, i) => text(i)).join(", ");
  return `${text(0)}, ${text(1)}, … ${text(size - 1)} (${size} values)`;
}

function sameValues(a: Plan, b: Plan, name: string): boolean {
  const [one, other] = [a, b].map((plan) => {
    const axis = plan.axes.find((axis) => axis.name === name);
    return JSON.stringify(axis?.texts ?? axis?.values);
  });
  return one === other;
}
