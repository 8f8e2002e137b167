/** How a pool knows that it stands in a worker of another. */

/** Modules with their exports, by address. */
export type Modules = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The mark that workers put on their global object: the modules that they have. */
const MARK = Symbol.for("gridiron.worker");

/** Marks this thread as a worker of a pool. */
export function markNested(modules: Modules): void {
  Object.assign(globalThis, { [MARK]: modules });
}

/**
 * The modules of the worker that this thread is; undefined when it is none. Pools in a worker run
 * serially, and a worker may not load modules by itself.
 */
export function nestedModules(): Modules | undefined {
  return (globalThis as { [MARK]?: Modules })[MARK];
}
