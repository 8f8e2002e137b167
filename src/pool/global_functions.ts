/** Functions of the global objects, such as `Math.pow`: known by identity, sent by name. */

/** Global objects whose functions travel. */
const OWNERS = [
  ...["Array", "ArrayBuffer", "Atomics", "BigInt", "Date", "Intl", "JSON", "Map", "Math", "Number"],
  ...["Object", "Promise", "Reflect", "String", "Symbol"],
];

/** Global functions that need no owner. */
const FREE = [
  ...["BigInt", "Boolean", "Number", "String", "atob", "btoa", "decodeURI", "decodeURIComponent"],
  ...["encodeURI", "encodeURIComponent", "escape", "isFinite", "isNaN", "parseFloat", "parseInt"],
  ...["structuredClone", "unescape"],
];

type AnyFunction = (...args: readonly unknown[]) => unknown;

let paths: ReadonlyMap<unknown, string> | undefined;

/**
 * The path of a function of the global objects, `Math.pow` for `Math.pow`; undefined for any other.
 */
export function globalPath(f: unknown): string | undefined {
  paths ??= new Map(globalPaths().map((path) => [valueAt(path), path]));
  return paths.get(f);
}

/** The function at a path, bound to its owner; undefined when there is none. */
export function globalFunction(path: string): AnyFunction | undefined {
  const value = globalPaths().includes(path) ? valueAt(path) : undefined;
  if (typeof value !== "function") return undefined;
  const dot = path.lastIndexOf(".");
  return dot < 0 ? value as AnyFunction : value.bind(valueAt(path.slice(0, dot))) as AnyFunction;
}

/** The function at a path as it is found there, not bound to its owner. */
export function plainGlobal(path: string): AnyFunction | undefined {
  return globalPaths().includes(path) ? valueAt(path) as AnyFunction : undefined;
}

/** Every path; those of the least owner last, as they win in a map by identity. */
export function globalPaths(): string[] {
  const owned = OWNERS.flatMap((owner) => {
    const object = valueAt(owner) as object;
    return Object.getOwnPropertyNames(object)
      .filter((name) => /^[a-z]/.test(name) && typeof valueAt(`${owner}.${name}`) === "function")
      .map((name) => `${owner}.${name}`);
  });
  return [...owned, ...FREE];
}

function valueAt(path: string): unknown {
  let value: unknown = globalThis;
  for (const name of path.split(".")) value = (value as Record<string, unknown>)[name];
  return value;
}
