/** Errors that are the user's to mend: printed as one line, exit code 2. */

/** A command line or an input file that cannot be carried out as written. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What an unknown thing that was thrown says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether the system said that nothing is at a path, be it that a folder on the way is a file. */
export function isAbsence(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

/** Whether the disk is full, or what the user may have of it; workers pass on the words alone. */
export function isFull(error: unknown): boolean {
  return /^(No space left on device|Disk quota exceeded)\b/.test(messageOf(error));
}

/** What Deno advises where it lets no program have a path, whatever it may do besides. */
const ALL_ACCESS = /Requires all access to ("[^"]*"), run again with the --allow-all flag/;

/** What the system said, without its error number and without advice that is of no use here. */
export function plainly(message: string): string {
  return message.replace(/ \(os error \d+\)/, "")
    .replace(ALL_ACCESS, "Deno lets no program use $1");
}

/** What the system said of a file, without its error number. */
export function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.AlreadyExists || error instanceof Deno.errors.NotADirectory) {
    return "it is not a folder";
  }
  return plainly(messageOf(error).replace(/(?<= \(os error \d+\)).*/s, ""));
}
