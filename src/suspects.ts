/** Points that may have ended an earlier process: they run first, one at a time. */
import type { Bitmap } from "./bitmap.ts";
import { pointWriter } from "./value_text.ts";
import { makeGrid } from "./grid.ts";
import { idText } from "./id.ts";
import type { Run } from "./run_ledgers.ts";
import type { DeadStart } from "./survey.ts";

/** A point that was under way when a process ended without a word. */
export interface Suspect {
  readonly index: number;
  /** It had been running for a second or more. */
  readonly ranLong: boolean;
}

/** So often alone with the end of its process, a point is named. */
const MAX_ALONE = 3;

/** The points that dead starts were at and that are not done, those that ran long first. */
export function suspectsOf(
  dead: readonly DeadStart[],
  done: Bitmap,
  run: Run,
  announce: (line: string) => void,
): Suspect[] {
  const isOpen = (index: number) => index >= 0 && index < done.size && !done.has(index);
  const suspects = new Map<number, Suspect>();
  const alone = new Map<number, number>();
  for (const start of dead) {
    for (const index of start.running.filter(isOpen)) suspects.set(index, { index, ranLong: true });
    if (start.alone !== undefined && isOpen(start.alone)) {
      alone.set(start.alone, (alone.get(start.alone) ?? 0) + 1);
    }
  }
  for (const start of dead) {
    for (const index of [...alone.keys(), ...start.handedOut].filter(isOpen)) {
      if (!suspects.has(index)) suspects.set(index, { index, ranLong: false });
    }
  }
  for (const [index, times] of alone) {
    if (times >= MAX_ALONE) announce(`${describePoint(run, index, times)}`);
  }
  return [...suspects.values()];
}

function describePoint({ manifest, identities }: Run, index: number, times: number): string {
  const plan = manifest.plans.at(-1)!;
  const values = new Float64Array(plan.parameters.length);
  makeGrid(plan).decode(index, values);
  const written = pointWriter(plan)(values);
  const cells = plan.axes.map(({ name }) => `${name}=${written[plan.parameters.indexOf(name)]}`);
  const id = idText(identities.id(values)).slice(0, 16);
  return `point ${index} (${cells.join(" ")}) was running by itself when the process ended, ` +
    `${times} times: --skip ${id} leaves it out`;
}
