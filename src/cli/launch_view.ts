/** Shows how far a launch is while it lasts: a line a rank, or off a terminal plain lines. */
import { messageOf } from "../errors.ts";
import type { FollowedLaunch } from "../followed_launch.ts";
import { sleep } from "../sleep.ts";
import { ProgressLine, type Screen } from "./progress.ts";
import { rankLines, wholeState } from "./rank_lines.ts";

/** A screen with lines above each other. */
export interface TallScreen extends Screen {
  /** As high as it is now. */
  readonly rows: number;
}

/** A launch that is over sooner shows nothing on a terminal. */
const FIRST_MS = 1000;
/** Time between two looks; four times as long as a look takes, if that is more. */
const LOOK_MS = 500;
const PATIENCE = 4;

/** Looks again and again; dispose of it to wipe the lines away. */
export class LaunchView implements AsyncDisposable {
  readonly #screen: TallScreen;
  readonly #title: string;
  readonly #ending = new AbortController();
  readonly #looking: Promise<void>;
  /** Off a terminal; made when the ranks begin, as a queue is no part of the run. */
  #plain: ProgressLine | undefined;
  #isShown = false;

  constructor(screen: TallScreen, title: string, launch: FollowedLaunch) {
    this.#screen = screen;
    this.#title = title;
    this.#looking = this.#look(launch).catch((error) => {
      // The ranks go on, whatever became of our view of them.
      this.clear(() => screen.report(`progress is not shown any more: ${messageOf(error)}\n`));
    });
  }

  /** Wipes the lines away, so that `then` can write in their place. */
  clear(then: () => void): void {
    if (this.#isShown) this.#screen.report("\r\x1b[J");
    this.#isShown = false;
    then();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#looking;
    this.clear(() => {});
  }

  async #look(launch: FollowedLaunch): Promise<void> {
    const { signal } = this.#ending;
    const { isTerminal } = this.#screen;
    await sleep(isTerminal ? FIRST_MS : 0, signal);
    while (!signal.aborted) {
      const begunMs = performance.now();
      const progress = launch.look();
      if (progress !== undefined) {
        if (isTerminal) this.#draw(rankLines(this.#title, progress, this.#screen));
        else {
          this.#plain ??= new ProgressLine(this.#screen, this.#title);
          this.#plain.show(wholeState(progress), progress.before);
        }
      }
      await sleep(Math.max(LOOK_MS, PATIENCE * (performance.now() - begunMs)), signal);
    }
  }

  /** Writes over what was there; the cursor stays above, so that all of it can be wiped. */
  #draw(lines: readonly string[]): void {
    const up = lines.length > 1 ? `\x1b[${lines.length - 1}A` : "";
    this.#screen.report(`\r${lines.join("\x1b[K\n")}\x1b[J\r${up}`);
    this.#isShown = true;
  }
}
