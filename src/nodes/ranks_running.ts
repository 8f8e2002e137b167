/** Ranks that were started: how they are asked to stop, and what came of them. */

/** How everything that was started ended. */
export interface Ended {
  /** The highest exit code, of those that ended by themselves. */
  readonly code: number;
  /** Whether anything was killed, or ended so that its part may be undone. */
  readonly hasDeaths: boolean;
}

/** Programs under way, each in a process group of its own, so that a terminal's signals pass by. */
export class RunningRanks {
  readonly #children: Deno.ChildProcess[];

  /**
   * Starts each command in a folder.
   *
   * @throws {Deno.errors.NotFound} when the program is not there
   */
  constructor(commands: readonly (readonly string[])[], folder: string) {
    this.#children = commands.map(([program, ...args]) =>
      new Deno.Command(program!, {
        args,
        cwd: folder,
        env: { INIT_CWD: folder },
        stdin: "null",
        stdout: "inherit",
        stderr: "inherit",
        detached: true,
      }).spawn()
    );
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
    const isDeath = ({ code, signal }: Deno.CommandStatus) => signal !== null || code > 128;
    return {
      code: Math.max(0, ...states.filter((state) => !isDeath(state)).map(({ code }) => code)),
      hasDeaths: states.some(isDeath),
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
