/** A plan: everything that decides a run's results, as plain data. */
import type { Axis } from "./axis.ts";
import { sha256 } from "./checksum.ts";

/** What is to be computed. Two runs with equal plans have equal results. */
export interface Plan {
  readonly kernel: string;
  readonly version: number;
  /** All the kernel's parameters, in its order. */
  readonly parameters: readonly string[];
  /** The parameters that were given values, in the kernel's order. */
  readonly axes: readonly Axis[];
  /** Groups of axes that advance together. */
  readonly zip: readonly (readonly string[])[];
  /** The parameters left at a default number. */
  readonly fixed: Readonly<Record<string, number>>;
  /** The parameters left at a default that follows another: ⌊of / dividedBy⌋. */
  readonly derived: Readonly<Record<string, { readonly of: string; readonly dividedBy: number }>>;
  /** The condition that points must meet; null for all points. */
  readonly where: string | null;
  readonly seed: number;
  /** The template of series names; null when none are written. */
  readonly series: string | null;
  /** Parameters that count as 0, and once, where a choice has one of some numbers. */
  readonly idle?: readonly Idle[];
  /** Each point has a figure besides; absent for none. */
  readonly figures?: true;
}

/** A parameter without influence at some choices of another. */
export interface Idle {
  readonly name: string;
  readonly of: string;
  readonly at: readonly number[];
}

/** The axis of a plan whose values are files, when it has one. */
export function filesAxis({ axes }: Pick<Plan, "axes">): Axis | undefined {
  return axes.find(({ texts }) => texts !== undefined);
}

/**
 * SHA-256 of a plan's content in hex; its first 8 digits name a run directory. How values were
 * typed is left out, and so is what is not used: a newer gridiron finds the runs of an older one.
 */
export async function planDigest(plan: Plan): Promise<string> {
  const { kernel, version, zip, fixed, derived, where, seed, series } = plan;
  // What is undefined does not show in the text.
  const axes = plan.axes.map(({ name, values, texts }) => ({ name, values, texts }));
  const { figures } = plan;
  const content = { kernel, version, axes, zip, fixed, derived, seed, series, figures };
  return await sha256(JSON.stringify(where === null ? content : { ...content, where }));
}
