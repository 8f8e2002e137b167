/** How functions get to a worker: by name, by module, or by their source when it is whole. */
import { globalPath } from "./global_functions.ts";
import { NamedExport } from "./module_function.ts";
import type { FunctionWords } from "./task_protocol.ts";

/** Names that mean the same in every worker: the language's and the most used of the web's. */
const COMMON = new Set([
  ...["undefined", "NaN", "Infinity", "globalThis", "Object", "Function", "Array", "Number"],
  ...["String", "Boolean", "Symbol", "BigInt", "Math", "JSON", "Date", "RegExp", "Intl", "Reflect"],
  ...["Proxy", "Promise", "Map", "Set", "WeakMap", "WeakSet", "WeakRef", "FinalizationRegistry"],
  ...["ArrayBuffer", "SharedArrayBuffer", "DataView", "Atomics", "Int8Array", "Uint8Array"],
  ...["Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array"],
  ...["BigInt64Array", "BigUint64Array", "Float16Array", "Float32Array", "Float64Array"],
  ...["Error", "AggregateError", "EvalError", "RangeError", "ReferenceError", "SyntaxError"],
  ...["TypeError", "URIError", "SuppressedError", "DisposableStack", "AsyncDisposableStack"],
  ...["Iterator", "Temporal", "parseInt", "parseFloat", "isNaN", "isFinite", "escape", "unescape"],
  ...["encodeURI", "encodeURIComponent", "decodeURI", "decodeURIComponent", "WebAssembly"],
  ...["console", "crypto", "performance", "navigator", "fetch", "atob", "btoa", "queueMicrotask"],
  ...["setTimeout", "clearTimeout", "setInterval", "clearInterval", "structuredClone", "Deno"],
  ...["TextEncoder", "TextDecoder", "URL", "URLSearchParams", "AbortController", "AbortSignal"],
  ...["Blob", "DOMException", "Event", "EventTarget", "ReadableStream", "WritableStream"],
  ...["TransformStream", "CompressionStream", "DecompressionStream", "Headers", "Request"],
  ...["Response", "MessageChannel", "Worker"],
]);

const known = new WeakMap<object, FunctionWords>();
let lastId = 0;

/**
 * The words by which a worker makes a function of its own.
 *
 * @throws {TypeError} when it is none, or ties to something that a worker does not have
 */
export async function wordsOf(f: unknown): Promise<FunctionWords> {
  if (typeof f !== "function" && !(f instanceof NamedExport)) {
    throw new TypeError(
      `Cannot map ${describe(f)}: it is no function, expected one, or moduleFunction(…)`,
    );
  }
  const before = known.get(f);
  if (before !== undefined) return before;
  const words = { id: ++lastId, ...await newWords(f) };
  known.set(f, words);
  return words;
}

type WithoutId<W> = W extends unknown ? Omit<W, "id"> : never;

async function newWords(f: object): Promise<WithoutId<FunctionWords>> {
  if (f instanceof NamedExport) {
    return { kind: "module", label: f.name, module: f.module, name: f.name };
  }
  const path = globalPath(f);
  if (path !== undefined) return { kind: "global", label: path, path };
  const label = (f as { name?: unknown }).name || "the function";
  return await sourceWords(String(label), Function.prototype.toString.call(f));
}

async function sourceWords(label: string, source: string): Promise<WithoutId<FunctionWords>> {
  const refuse = (what: string): never => {
    const name = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(label) ? label : "f";
    throw new TypeError(
      `Cannot send ${label === "the function" ? label : `"${label}"`} to a worker: ${what}, ` +
        "expected a function that needs nothing from outside itself; export it from a module and " +
        `pass moduleFunction(import.meta.resolve("./module.ts"), "${name}")`,
    );
  };
  if (/\{\s*\[native code\]\s*\}\s*$/.test(source)) {
    refuse("it is bound, or native and not one of the global objects' functions");
  }
  // Loaded when a source is to be read: it takes longer than to start a worker.
  const { readFunction } = await import("./free_names.ts");
  const read = readOrNot(readFunction, source);
  if (typeof read === "string") return refuse(`its source cannot be read (${read})`);
  const { expression, names, ties } = read;
  const [tie] = ties;
  if (tie !== undefined) refuse(`it uses ${tie}`);
  const outside = names.filter((name) => !COMMON.has(name));
  if (outside.length > 0) {
    const listed = outside.map((name) => `"${name}"`).join(", ");
    refuse(`it refers to ${listed} outside itself`);
  }
  return {
    kind: "source",
    label,
    source: expression,
    globals: names.filter((n) => n !== "undefined"),
  };
}

/** What was read, or why not. */
function readOrNot<T>(read: (source: string) => T, source: string): T | string {
  try {
    return read(source);
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

function describe(value: unknown): string {
  return value === null || typeof value !== "object" ? String(value) : "an object";
}
