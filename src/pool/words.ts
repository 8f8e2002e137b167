/** Errors as text: error objects of some classes do not survive the crossing between threads. */
import type { ErrorWords } from "./protocol.ts";

/** What an unknown thing that was thrown says of itself. */
export function inWords(error: unknown): ErrorWords {
  if (!(error instanceof Error)) {
    return { name: "Error", message: String(error), stack: undefined };
  }
  return { name: String(error.name), message: String(error.message), stack: stackOf(error) };
}

function stackOf(error: Error): string | undefined {
  return typeof error.stack === "string" ? error.stack : undefined;
}
