/** What a command is, and the world around it. */
import type { Running } from "../src/running.ts";

/** The world around a command: what `main.ts` hands it, and a test can replace. */
export interface Surroundings {
  /** The user's working directory. */
  readonly directory: string;
  /** How the user starts gridiron, for lines that say what to type. */
  readonly program: string;
  /** The width of lines on standard error. */
  readonly columns: number;
  /** The height of the terminal. */
  readonly rows: number;
  /** Standard error is a terminal that can write a line anew. */
  readonly isTerminal: boolean;
  /** Goes off when the user or the system asks to stop; its reason is the exit code. */
  stopping(): AbortSignal;
  /** Set by `launch`: what is done with a run that was planned, in the place of running it here. */
  readonly launching?: (running: Running) => Promise<number>;
  environment(name: string): string | undefined;
  /** A result. */
  print(text: string): void;
  /** Anything else. */
  report(text: string): void;
}

/** A command: reads its arguments, does its work, returns the exit code. */
export interface Command {
  run(argv: readonly string[], surroundings: Surroundings): Promise<number>;
}
