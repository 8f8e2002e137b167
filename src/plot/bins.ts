/** An axis of a picture: the places on a run's axis, gathered in a limited number of bins. */
import type { Axis } from "../axis.ts";
import type { Plan } from "../plan.ts";
import { isNumeric, valueWriter } from "../value_text.ts";
import { sizeOf, valueReader } from "../values.ts";

/** An axis in bins, in rising order of its values (of names, in the order given). */
export interface Bins {
  readonly name: string;
  readonly isNumeric: boolean;
  /** How many bins there are. */
  readonly count: number;
  /** How many different values the axis has. */
  readonly values: number;
  /** The bin of a place on the axis. */
  of(place: number): number;
  /** The middle of each bin; of names their number. */
  readonly centres: readonly number[];
  /** What each bin is called. */
  readonly texts: readonly string[];
}

/** The one bin of an axis that a picture does not have. */
export const NO_BINS: Bins = {
  ...{ name: "", isNumeric: true, count: 1, values: 1, of: () => 0, centres: [0], texts: [""] },
};

/** Puts the values of an axis into at most so many bins. */
export function makeBins(plan: Plan, axis: Axis, maxBins: number): Bins {
  const { name } = axis;
  if ("count" in axis.values) return rangeBins(plan, axis, maxBins);
  const places = sizeOf(axis.values);
  const read = valueReader(axis.values);
  const write = valueWriter(plan, name);
  const numeric = isNumeric(plan, name);
  const { ranks, distinct } = rank(
    Float64Array.from({ length: places }, (_, i) => read(i)),
    numeric,
  );
  // Every bin has as many values, save the last.
  const size = Math.ceil(distinct.length / maxBins);
  const count = Math.ceil(distinct.length / size);
  const binOf = (rank: number) => Math.floor(rank / size);
  const firsts: number[] = [];
  for (let i = 0; i < distinct.length; i++) firsts[binOf(i)] ??= i;
  const lasts = firsts.map((_, bin) => (firsts[bin + 1] ?? distinct.length) - 1);
  return {
    ...{ name, isNumeric: numeric, count, values: distinct.length },
    of: (place) => binOf(ranks[place]!),
    centres: firsts.map((first, bin) =>
      numeric ? middle(distinct[first]!, distinct[lasts[bin]!]!) : bin
    ),
    texts: firsts.map((first, bin) => {
      const last = lasts[bin]!;
      const text = write(distinct[first]!);
      return first === last ? text : `${text}…${write(distinct[last]!)}`;
    }),
  };
}

/** The sum of two large numbers would be none. */
function middle(first: number, last: number): number {
  return first / 2 + last / 2;
}

/** As `makeBins()` for a range, which may be too long to be a list. */
function rangeBins(plan: Plan, { name, values }: Axis, maxBins: number): Bins {
  const total = sizeOf(values);
  const read = valueReader(values);
  const write = valueWriter(plan, name);
  const size = Math.ceil(total / maxBins);
  const isFalling = read(total - 1) < read(0);
  const risen = (rank: number) => read(isFalling ? total - 1 - rank : rank);
  const ends = Array.from({ length: Math.ceil(total / size) }, (_, bin) => {
    const last = Math.min((bin + 1) * size, total) - 1;
    return [risen(bin * size), risen(last)] as const;
  });
  return {
    ...{ name, isNumeric: true, count: ends.length, values: total },
    of: (place) => Math.floor((isFalling ? total - 1 - place : place) / size),
    centres: ends.map(([first, last]) => middle(first, last)),
    texts: ends.map(([first, last]) =>
      first === last ? write(first) : `${write(first)}…${write(last)}`
    ),
  };
}

/** The different values, rising if they are numbers, and where each one stands among them. */
function rank(values: Float64Array, isNumeric: boolean) {
  const ranks = new Uint32Array(values.length);
  const order = Uint32Array.from(values, (_, i) => i);
  if (isNumeric) order.sort((a, b) => values[a]! - values[b]!);
  const distinct: number[] = [];
  if (isNumeric) {
    for (const place of order) {
      if (distinct.at(-1) !== values[place]) distinct.push(values[place]!);
      ranks[place] = distinct.length - 1;
    }
    return { ranks, distinct };
  }
  const known = new Map<number, number>();
  for (const place of order) {
    const value = values[place]!;
    if (!known.has(value)) known.set(value, distinct.push(value) - 1);
    ranks[place] = known.get(value)!;
  }
  return { ranks, distinct };
}
