/** Functions that workers find in a module. */

/** A function that a module exports, for workers to load: made by {@linkcode moduleFunction}. */
export interface ModuleFunction<A extends readonly unknown[], R> {
  /** The address of the module. */
  readonly module: string;
  /** The name that it exports the function by. */
  readonly name: string;
  /** Carries the function's type; never there. */
  readonly type?: (...args: A) => R;
}

/**
 * Names a function by its module and export, so that workers import it themselves. Use it for
 * functions that refer to anything outside themselves.
 *
 * ```ts
 * import { moduleFunction } from "@gridiron/gridiron";
 * const runMc = moduleFunction<(beta: number) => number>(import.meta.resolve("./mc.ts"), "runMc");
 * ```
 *
 * @param module an absolute address, as `import.meta.resolve("./mc.ts")` gives
 * @param name the name of the export; `default` for the default export
 * @throws {TypeError} for an address that is not absolute
 */
export function moduleFunction<
  F extends (...args: never[]) => unknown = (...args: unknown[]) => unknown,
>(
  module: string | URL,
  name: string,
): ModuleFunction<Parameters<F>, ReturnType<F>> {
  const address = String(module);
  if (!URL.canParse(address)) {
    throw new TypeError(
      `Cannot use the module "${address}": its address is relative, expected an absolute one, ` +
        `such as import.meta.resolve("${address}")`,
    );
  }
  return new NamedExport(new URL(address).href, name) as ModuleFunction<
    Parameters<F>,
    ReturnType<F>
  >;
}

/** What `moduleFunction` makes: told from other objects by its class. */
export class NamedExport {
  constructor(readonly module: string, readonly name: string) {}
}
