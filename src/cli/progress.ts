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
}

/** Where the line goes. */
export interface Screen {
  readonly columns: number;
  /** Whether a line can be written anew. */
  readonly isTerminal: boolean;
  report(text: string): void;
}

/** A run that is over sooner shows nothing. */
const FIRST_MS = 1000;
/** Time between two lines: on a terminal, and where each one stays. */
const TERMINAL_MS = 200;
const PLAIN_MS = 30_000;

/** The line of one run; without a screen nothing is shown. Dispose of it to wipe it away. */
export class ProgressLine implements Disposable {
  readonly #screen: Screen | undefined;
  readonly #title: string;
  readonly #startMs = performance.now();
  #shownMs: number;
  #first: number | undefined;
  #isShown = false;

  constructor(screen: Screen | undefined, title: string) {
    this.#screen = screen;
    this.#title = title;
    this.#shownMs = this.#startMs;
  }

  /** Shows how far the run is, unless that was shown just now. */
  show(state: RunState): void {
    const nowMs = performance.now();
    this.#first ??= state.done;
    if (this.#screen === undefined || nowMs - this.#startMs < FIRST_MS) return;
    const { isTerminal, columns } = this.#screen;
    if (nowMs - this.#shownMs < (isTerminal ? TERMINAL_MS : PLAIN_MS)) return;
    this.#shownMs = nowMs;
    const text = `${this.#title}: ${progressText(state, this.#first, nowMs - this.#startMs)}`;
    this.#screen.report(isTerminal ? `\r${text.slice(0, columns - 1)}\x1b[K` : `${text}\n`);
    this.#isShown = isTerminal;
  }

  /** Wipes the line away, so that `then` can write in its place. */
  clear(then: () => void = () => {}): void {
    if (this.#isShown) this.#screen!.report("\r\x1b[K");
    this.#isShown = false;
    then();
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}

/** `12 of 64 points, 19 %, about 8.5 s left`, for a run that had `first` points at its start. */
export function progressText(
  { total, done, failed, begun }: RunState,
  first: number,
  elapsedMs: number,
): string {
  const share = (done + begun) / total;
  const leftMs = elapsedMs * (total - done - begun) / (done + begun - first);
  return `${done} of ${formatCount(total, "point")}, ${Math.floor(100 * share)} %` +
    (failed > 0 ? `, ${failed} failed` : "") +
    (Number.isFinite(leftMs) ? `, about ${formatDuration(leftMs)} left` : "");
}
