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
  /** Set by `launch`. */
  readonly launching?: Launching;
  environment(name: string): string | undefined;
  /** A result. */
  print(text: string): void;
  /**
   * Some of many results: nothing stands still while whoever reads them is slow. False when nobody
   * reads any more.
   */
  write(text: string): Promise<boolean>;
  /** Anything else. */
  report(text: string): void;
}

/** What is done with work that was checked, in the place of doing it here. */
export interface Launching {
  /** A run that was planned. */
  run(running: Running): Promise<number>;
  /** A map, of which nothing is kept. */
  map(): Promise<number>;
}

/** A command: reads its arguments, does its work, returns the exit code. */
export interface Command {
  run(argv: readonly string[], surroundings: Surroundings): Promise<number>;
}
