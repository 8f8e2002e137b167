/** How values are written for people and in tables: choices and files by name, numbers in full. */
import type { Parameter } from "../wasm/kernel.ts";
import { formatNumber } from "./format/number.ts";
import { idleSlots } from "./grid.ts";
import { kernels } from "./kernels.ts";
import type { Plan } from "./plan.ts";

type Described = Pick<Plan, "kernel" | "axes">;

/** What writes a value of a parameter. */
export function valueWriter({ kernel, axes }: Described, name: string): (value: number) => string {
  const texts = axes.find((axis) => axis.name === name)?.texts;
  if (texts !== undefined) return (value) => texts[value]!;
  const { choices } = parameterOf(kernel, name) ?? {};
  return choices === undefined ? formatNumber : (value) => choices[value]!;
}

/** Whether the values of a parameter are numbers. */
export function isNumeric({ kernel }: Described, name: string): boolean {
  const { kind } = parameterOf(kernel, name) ?? {};
  return kind !== "choice" && kind !== "file";
}

/** What writes all values of a point, by parameter; one without influence is empty. */
export function pointWriter(plan: Plan): (values: Float64Array) => string[] {
  const writers = plan.parameters.map((name) => valueWriter(plan, name));
  const idle = idleSlots(plan);
  return (values) => {
    const cells = writers.map((write, slot) => write(values[slot]!));
    for (const { slot, of, at } of idle) if (at.includes(values[of]!)) cells[slot] = "";
    return cells;
  };
}

function parameterOf(kernel: string, name: string): Parameter | undefined {
  return kernels[kernel]?.descriptor.parameters.find((parameter) => parameter.name === name);
}
