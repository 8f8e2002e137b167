/** Errors that are the user's to mend: printed as one line, exit code 2. */

/** A command line or an input file that cannot be carried out as written. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What an unknown thing that was thrown says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
