/** Ranks that were started: how they are asked to stop, and what came of them. */
import { reasonOf } from "../errors.ts";
import { sleep } from "../sleep.ts";

/** How everything that was started ended. */
export interface Ended {
  /** The highest exit code, of those that ended by themselves. */
  readonly code: number;
  /** Whether anything was killed, or ended so that its part may be undone. */
  readonly hasDeaths: boolean;
  /** Whether srun says that it failed itself; it may be that no rank began. */
  readonly hasSlurmFailed: boolean;
}

/** With which srun is told to end when it fails itself: no rank ends so. */
const SLURM_EXIT = 69;
const FAILURE_EXIT = 1;

/** After the ranks have ended, what still holds their standard error is not waited for longer. */
const LAST_WORDS_MS = 1000;
/** A longer line is passed on in parts. */
const MAX_LINE_CHARACTERS = 1 << 16;

/** Programs under way, each in a process group of its own, so that a terminal's signals pass by. */
export class RunningRanks {
  readonly #children: Deno.ChildProcess[] = [];
  readonly #relayed: Promise<unknown>;

  /**
   * Starts each command in a folder; `relay` gets what they write to standard error, in whole
   * lines. Without one it goes where ours goes.
   *
   * @throws {Deno.errors.NotFound} when the program is not there
   */
  constructor(
    commands: readonly (readonly string[])[],
    folder: string,
    relay?: (lines: string) => void,
  ) {
    const options: Deno.CommandOptions = {
      cwd: folder,
      env: { INIT_CWD: folder, SLURM_EXIT_ERROR: String(SLURM_EXIT) },
      stdin: "null",
      stdout: "inherit",
      stderr: relay === undefined ? "inherit" : "piped",
      detached: true,
    };
    for (const [i, [program, ...args]] of commands.entries()) {
      try {
        this.#children.push(new Deno.Command(program!, { args, ...options }).spawn());
      } catch (error) {
        // Those that are there must not go on alone.
        this.cancel();
        if (error instanceof Deno.errors.NotFound) throw error;
        const which = `process ${i + 1} of ${commands.length}`;
        throw new Error(`Cannot start ${which}: ${reasonOf(error)}`, { cause: error });
      }
    }
    const relays = relay === undefined
      ? []
      : this.#children.map(({ stderr }) => passOn(stderr, relay));
    this.#relayed = Promise.all(relays);
  }

  /** Asks all ranks to stop: srun and mpirun pass SIGUSR2 on, and end the ranks at a SIGTERM. */
  stop(): void {
    this.#signal("SIGUSR2");
  }

  /** Ends all ranks at once. */
  cancel(): void {
    this.#signal("SIGTERM");
  }

  async ended(): Promise<Ended> {
    const states = await Promise.all(this.#children.map(({ status }) => status));
    const waiting = new AbortController();
    await Promise.race([this.#relayed, sleep(LAST_WORDS_MS, waiting.signal)]);
    waiting.abort();
    const isDeath = ({ code, signal }: Deno.CommandStatus) => signal !== null || code > 128;
    const codes = states.filter((state) => !isDeath(state)).map(({ code }) => code);
    return {
      code: Math.max(0, ...codes.map((code) => code === SLURM_EXIT ? FAILURE_EXIT : code)),
      hasDeaths: states.some(isDeath),
      hasSlurmFailed: codes.includes(SLURM_EXIT),
    };
  }

  #signal(signal: Deno.Signal): void {
    for (const child of this.#children) {
      try {
        child.kill(signal);
      } catch {
        // It has ended.
      }
    }
  }
}

/** Passes text on, line by line. */
async function passOn(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (lines: string) => void,
): Promise<void> {
  let held = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    held += text;
    const end = held.length > MAX_LINE_CHARACTERS ? held.length : held.lastIndexOf("\n") + 1;
    if (end > 0) take(held.slice(0, end));
    held = held.slice(end);
  }
  if (held !== "") take(`${held}\n`);
}
