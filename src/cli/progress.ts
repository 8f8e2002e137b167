/** Where a run is, in a line that is written again and again while it runs. */
import { formatCount, formatDuration } from "../format/quantity.ts";

/** How far a run is. */
export interface RunState {
  readonly total: number;
  /** Points with a row or a failure. */
  readonly done: number;
  readonly failed: number;
  /** Points under way, each counted by the share that is done: 1.5 is three halves. */
  readonly begun: number;
  /** CPU time over that of the CPUs that the workers could have, from 0 to 1. */
  utilisation?(): number;
  /** How far each worker is with its point; undefined for one without. */
  readonly workers?: readonly (number | undefined)[];
}

/** Where the line goes. */
export interface Screen {
  /** As wide as it is now: a terminal may be resized. */
  readonly columns: number;
  /** Whether a line can be written anew. */
  readonly isTerminal: boolean;
  report(text: string): void;
}

/** A run that is over sooner shows nothing: on a terminal, and where each line stays. */
const TERMINAL_FIRST_MS = 1000;
const PLAIN_FIRST_MS = 5000;
/** Time between two lines: on a terminal, and where each one stays. */
const TERMINAL_MS = 200;
const PLAIN_MS = 30_000;
/** Where lines stay there is one sooner when so much more is done, but not at once. */
const PLAIN_SHARE = 0.05;
const PLAIN_LEAST_MS = 1000;
/** Beyond this relative error of the time left, a range is told. */
const UNCERTAIN = 0.3;
/** Characters of a worker's bar, and what fills the last of them. */
const BAR_WIDTH = 5;
const EIGHTHS = " ▏▎▍▌▋▊▉█";

/** The line of one run; without a screen nothing is shown. Dispose of it to wipe it away. */
export class ProgressLine implements Disposable {
  readonly #screen: Screen | undefined;
  readonly #title: string;
  readonly #hasWorkers: boolean;
  readonly #startMs = performance.now();
  #shownMs: number;
  #shownShare = 0;
  #first: number | undefined;
  #isShown = false;

  /** With `hasWorkers` a small bar a worker follows, in a line of its own. */
  constructor(screen: Screen | undefined, title: string, hasWorkers = false) {
    this.#screen = screen;
    this.#title = title;
    this.#hasWorkers = hasWorkers;
    this.#shownMs = this.#startMs;
  }

  /** Shows how far the run is, unless that was shown just now; it began with `first` points. */
  show(state: RunState, first = state.done): void {
    const nowMs = performance.now();
    this.#first ??= first;
    if (this.#screen === undefined || !this.#isDue(state, nowMs)) return;
    this.#shownMs = nowMs;
    this.#shownShare = (state.done + state.begun) / state.total;
    const { isTerminal, columns } = this.#screen;
    const parts = progressParts(state, this.#first, nowMs - this.#startMs);
    const bars = this.#hasWorkers ? barsText(state.workers ?? [], columns - 1) : "";
    if (isTerminal) {
      // The cursor goes back up, so that the next line is written over this one.
      const below = bars === "" ? "" : `\n${bars}\x1b[K\x1b[1A`;
      this.#screen.report(`\r${fitted(this.#title, parts, columns - 1)}\x1b[K${below}`);
    } else {
      const line = `${this.#title}: ${parts.join(", ")}\n`;
      this.#screen.report(bars === "" ? line : `${line}${bars}\n`);
    }
    this.#isShown = isTerminal;
  }

  /** Wipes the line away, so that `then` can write in its place. */
  clear(then: () => void = () => {}): void {
    if (this.#isShown) this.#screen!.report("\r\x1b[J");
    this.#isShown = false;
    then();
  }

  [Symbol.dispose](): void {
    this.clear();
  }

  #isDue({ done, begun, total }: RunState, nowMs: number): boolean {
    const { isTerminal } = this.#screen!;
    const sinceMs = nowMs - this.#shownMs;
    if (nowMs - this.#startMs < (isTerminal ? TERMINAL_FIRST_MS : PLAIN_FIRST_MS)) return false;
    if (isTerminal) return sinceMs >= TERMINAL_MS;
    const isFar = (done + begun) / total - this.#shownShare >= PLAIN_SHARE;
    return sinceMs >= (isFar ? PLAIN_LEAST_MS : PLAIN_MS);
  }
}

/** What is said of a run that had `first` points at its start, the most important first. */
export function progressParts(state: RunState, first: number, elapsedMs: number): string[] {
  const { total, done, failed, begun, utilisation } = state;
  const share = (done + begun) / total;
  const made = done + begun - first;
  const parts = [`${done} of ${formatCount(total, "point")}`, `${Math.floor(100 * share)} %`];
  if (failed > 0) parts.push(`${failed} failed`);
  const left = leftText(elapsedMs * (total - done - begun) / made, made);
  if (left !== "") parts.push(left);
  if (done > first) parts.push(`${rateText((done - first) / elapsedMs * 1000)} points/s`);
  if (utilisation !== undefined) parts.push(`CPU ${Math.round(100 * utilisation())} %`);
  return parts;
}

/**
 * `about 8.5 s left`; as long as few points are done, what it could be: from n points their mean
 * time is known to one part in √n, when they scatter as much as they last.
 */
function leftText(leftMs: number, made: number): string {
  if (!Number.isFinite(leftMs) || leftMs <= 0) return "";
  const error = 1 / Math.sqrt(made);
  if (error < UNCERTAIN || made <= 0) return `about ${formatDuration(leftMs)} left`;
  const [low, high] = [leftMs / (1 + error), leftMs * (1 + error)].map(formatDuration);
  return `${low} to ${high} left`;
}

/** `12.3`, `990000`. */
function rateText(perSecond: number): string {
  return String(Number(perSecond.toPrecision(3)));
}

/** As many parts as there is room for, the title first to go. */
function fitted(title: string, parts: readonly string[], width: number): string {
  const whole = `${title}: ${parts.join(", ")}`;
  if (whole.length <= width) return whole;
  for (let count = parts.length; count > 1; count--) {
    const text = parts.slice(0, count).join(", ");
    if (text.length <= width) return text;
  }
  return parts[0]!.slice(0, Math.max(0, width));
}

/** A small bar for each worker, as many as there is room for. */
function barsText(workers: readonly (number | undefined)[], width: number): string {
  let text = "";
  for (const [number, share] of workers.entries()) {
    const bar = `${text === "" ? "" : " "}${number} ${barText(share)}`;
    const isLast = number === workers.length - 1;
    if (text.length + bar.length > width - (isLast ? 0 : 2)) return `${text} …`.slice(0, width);
    text += bar;
  }
  return text;
}

function barText(share: number | undefined): string {
  if (share === undefined) return "idle".padEnd(BAR_WIDTH);
  const eighths = Math.round(share * BAR_WIDTH * 8);
  const full = Math.floor(eighths / 8);
  const part = full < BAR_WIDTH ? EIGHTHS[eighths % 8]! : "";
  return ("█".repeat(full) + part).padEnd(BAR_WIDTH);
}
