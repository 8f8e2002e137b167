/** From values to pixels: linear, logarithmic or by name, with edges of cells and ticks. */
import { type Scale, scaleLinear, scaleLog } from "d3-scale";
import { UsageError } from "../errors.ts";
import type { Bins } from "./bins.ts";
import { textWidth } from "./svg.ts";

/** A tick of an axis. */
export interface Tick {
  readonly at: number;
  /** Empty where there is no room. */
  readonly text: string;
}

/** An axis on paper. */
export interface Ruler {
  /** Pixels of the middle of each bin. */
  readonly centres: readonly number[];
  /** Pixels of the borders between them, and of both ends. */
  readonly edges: readonly number[];
  readonly ticks: readonly Tick[];
  /** Whether the names of its ticks have to stand aslant. */
  readonly isAslant: boolean;
}

/** From where to where an axis goes, in pixels. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Values beyond this ratio may be logarithmic. */
const MIN_LOG_RATIO = 8;
/** The most values that have a tick each. */
const MAX_OWN_TICKS = 12;
/** Pixels between the texts of ticks, and of a line of text. */
const GAP = 6;
const LINE_HEIGHT = 14;
/** The longest name of a tick, in characters. */
const MAX_NAME = 22;
/** Digits that tell neighbours apart. */
const TICK_DIGITS = 6;

/** Beyond this the squares of differences may overflow. */
const MAX_DRAWN = 1e150;

/** @throws {UsageError} for values that no axis can hold */
export function refuseHuge(name: string, values: Iterable<number>): void {
  for (const value of values) {
    if (Number.isFinite(value) && Math.abs(value) > MAX_DRAWN) {
      throw new UsageError(
        `Cannot draw ${name}: it comes to ${value}, expected values up to ${MAX_DRAWN}`,
      );
    }
  }
}

/** Whether steps of these rising values are closer to equal in logarithms. */
export function isLogarithmic(values: readonly number[]): boolean {
  const [first = 0] = values;
  const last = values.at(-1) ?? 0;
  if (values.length < 3 || first <= 0 || last / first < MIN_LOG_RATIO) return false;
  return unevenness(values.map(Math.log)) < unevenness(values);
}

/** Numbers beyond this ratio are logarithmic when most of them lie in the lowest part of it. */
const SKEWED_RATIO = 30;
const LOWEST_PART = 0.1;

/** Whether most of these numbers would be crowded at the foot of a linear axis. */
export function isSkewed(values: Float64Array): boolean {
  const sorted = values.filter(Number.isFinite).sort();
  const [low = 0] = sorted;
  const high = sorted.at(-1) ?? 0;
  if (low <= 0 || high / low < SKEWED_RATIO) return false;
  return sorted[sorted.length >> 1]! < low + LOWEST_PART * (high - low);
}

/** Standard deviation of the steps over their mean. */
function unevenness(values: readonly number[]): number {
  const steps = values.slice(1).map((value, i) => value - values[i]!);
  const mean = (values.at(-1)! - values[0]!) / steps.length;
  return Math.sqrt(steps.reduce((sum, step) => sum + (step - mean) ** 2, 0) / steps.length) / mean;
}

/** An axis of cells, side by side. */
export function cellRuler(bins: Bins, span: Span, isUpright: boolean): Ruler {
  const isLog = bins.isNumeric && isLogarithmic(bins.centres);
  const places = isLog ? bins.centres.map(Math.log) : [...bins.centres];
  const edges = edgesOf(places);
  const scale = scaleLinear([edges[0]!, edges.at(-1)!], [span.from, span.to]);
  const centres = places.map(scale);
  const own = centres.map((at, i) => ({ at, text: shortName(bins.texts[i]!) }));
  if (!bins.isNumeric || bins.values <= MAX_OWN_TICKS) {
    // Names are all shown as long as there is room for a line of text each.
    const isAslant = !isUpright && !bins.isNumeric && collide(own, false);
    const ticks = isAslant || isUpright ? thinned(own, () => LINE_HEIGHT) : thinned(own);
    return { centres, edges: edges.map(scale), ticks, isAslant };
  }
  const round = isLog
    ? scaleLog([Math.exp(edges[0]!), Math.exp(edges.at(-1)!)], [span.from, span.to])
    : scale;
  return {
    ...{ centres, edges: edges.map(scale), isAslant: false },
    ticks: roundTicks(round, span, isLog, isUpright),
  };
}

/** An axis of points on lines; the span holds `values`, and a little more. */
export function pointRuler(
  values: readonly number[],
  span: Span,
  { isLog, isUpright }: { isLog: boolean; isUpright: boolean },
): Ruler & { readonly scale: Scale } {
  let low = values.reduce((low, value) => Math.min(low, value), Infinity);
  let high = values.reduce((high, value) => Math.max(high, value), -Infinity);
  if (low === Infinity) [low, high] = [0, 1];
  if (low === high) {
    const half = isLog ? low / 2 : Math.abs(low) / 2 || 1;
    [low, high] = [low - half, high + half];
  } else if (isLog) {
    const share = (high / low) ** 0.04;
    [low, high] = [low / share, high * share];
  } else {
    const share = (high - low) * 0.04;
    [low, high] = [low - share, high + share];
  }
  const scale = (isLog ? scaleLog : scaleLinear)([low, high], [span.from, span.to]);
  return {
    ...{ scale, centres: values.map(scale), edges: [], isAslant: false },
    ticks: roundTicks(scale, span, isLog, isUpright),
  };
}

/** Ticks at round numbers, with texts where there is room. */
export function roundTicks(scale: Scale, span: Span, isLog: boolean, isUpright: boolean): Tick[] {
  const length = Math.abs(span.to - span.from);
  const wanted = Math.max(2, Math.round(length / (isUpright ? 45 : 80)));
  const marks = scale.ticks(wanted);
  const [low = 1, high = 1] = scale.domain();
  if (!isLog) {
    const format = scale.tickFormat(wanted);
    const isLong = Math.max(...marks.map(Math.abs)) >= 1e6 || high - low < 1e-4;
    const text = (value: number) => isLong ? shortNumber(value) : format(value).replaceAll(",", "");
    return thinned(
      marks.map((value) => ({ at: scale(value), text: text(value) })),
      isUpright ? () => LINE_HEIGHT : undefined,
    );
  }
  // Powers of ten have texts, and 2 and 5 of them where there are few powers.
  const decades = Math.log10(high / low);
  const leading = decades > 3.5 ? [1] : decades > 1.5 ? [1, 3] : [1, 2, 3, 5, 7];
  const named = decades < 0.7
    ? scaleLinear([low, high], [0, 1]).ticks(wanted)
    : marks.filter((value) => leading.includes(Number(value.toExponential()[0])));
  const ticks = named.map((value) => ({ at: scale(value), text: shortNumber(value) }));
  const minor = marks.filter((value) => !named.includes(value));
  return [
    ...thinned(ticks, isUpright ? () => LINE_HEIGHT : undefined),
    ...minor.map((value) => ({ at: scale(value), text: "" })),
  ];
}

/** A number with the digits that a tick needs: `0.001`, `10⁻⁶` as `1e-6`. */
export function shortNumber(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) {
    return String(Number(value.toPrecision(TICK_DIGITS)).toExponential()).replace("e+", "e");
  }
  return String(Number(value.toPrecision(TICK_DIGITS)));
}

/** Middles between neighbours; the outer cells reach as far out as in. */
function edgesOf(places: readonly number[]): number[] {
  const count = places.length;
  if (count === 1) return [places[0]! - 0.5, places[0]! + 0.5];
  const middles = places.slice(1).map((place, i) => (place + places[i]!) / 2);
  return [
    2 * places[0]! - middles[0]!,
    ...middles,
    2 * places[count - 1]! - middles[count - 2]!,
  ];
}

function collide(ticks: readonly Tick[], isUpright: boolean): boolean {
  return ticks.some(({ at, text }, i) => {
    const next = ticks[i + 1];
    if (next === undefined) return false;
    const room = Math.abs(next.at - at);
    return room < (isUpright ? LINE_HEIGHT : (textWidth(text) + textWidth(next.text)) / 2 + GAP);
  });
}

/** The ticks with texts taken away until the rest have room. */
function thinned(ticks: readonly Tick[], size?: (text: string) => number): Tick[] {
  const half = (text: string) => size === undefined ? (textWidth(text) + GAP) / 2 : size(text) / 2;
  let end = -Infinity;
  return [...ticks].sort((a, b) => a.at - b.at).map(({ at, text }) => {
    if (text === "" || at - half(text) < end) return { at, text: "" };
    end = at + half(text);
    return { at, text };
  });
}

/** A file by its name, a long name by its end, which tells more often apart. */
export function shortName(text: string): string {
  // The names of folders would differ from machine to machine.
  const name = text.slice(text.lastIndexOf("/") + 1);
  return name.length > MAX_NAME ? `…${name.slice(1 - MAX_NAME)}` : name;
}
