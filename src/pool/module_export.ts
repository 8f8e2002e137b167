/** The exported function that a module function names. */
import type { TaskCode } from "./task_runner.ts";

/**
 * An export that is a function.
 *
 * @throws {TypeError} when there is none of that name
 */
export function exportOf(
  module: Readonly<Record<string, unknown>>,
  { module: address, name }: { readonly module: string; readonly name: string },
): TaskCode {
  const found = module[name];
  if (typeof found === "function") return found as TaskCode;
  const functions = Object.keys(module).filter((key) => typeof module[key] === "function");
  throw new TypeError(
    `Cannot find "${name}" in ${address}: ${
      name in module ? "it is no function" : "it is not exported"
    }, expected ${functions.length === 0 ? "an exported function" : functions.join(" or ")}`,
  );
}
