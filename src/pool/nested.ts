/** How a pool knows that it stands in a worker of another. */

/** The name of the mark that workers put on their global object. */
export const NESTED: unique symbol = Symbol.for("gridiron.worker") as never;

/** Whether this thread is a worker of a pool: pools in it run serially. */
export function isNested(): boolean {
  return NESTED in globalThis;
}
