/** Functions made of their source. */
import type { TaskCode } from "./task_runner.ts";

/** What a function was sent as. */
export interface SourceWords {
  readonly label: string;
  readonly source: string;
  readonly globals: readonly string[];
}

/**
 * The function of a source, strict as in a module.
 *
 * @throws {TypeError} when it refers to a global object that this thread does not have
 */
export function sourceFunction({ label, source, globals }: SourceWords): TaskCode {
  const missing = globals.filter((name) => !(name in globalThis));
  if (missing.length > 0) {
    throw new TypeError(`Cannot run "${label}": a worker has no "${missing[0]}"`);
  }
  const address = `gridiron:${encodeURIComponent(label)}`;
  return new Function(`"use strict"; return (${source});\n//# sourceURL=${address}`)() as TaskCode;
}
