/** Which values survive the crossing between threads as what they are. */

/** Classes whose instances arrive as what they are. */
const KNOWN: readonly unknown[] = [
  ...[Boolean, Number, String, BigInt, Date, RegExp, ArrayBuffer, SharedArrayBuffer, DataView],
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
  ...[Float16Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array],
  ...[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError],
  ...[WebAssembly.Module],
].map(({ prototype }) => prototype);

/**
 * Why a value cannot be sent, as what follows "it": `is a function`, `holds a Point at .origin,
 * which would arrive as a bare object`; undefined when it can.
 */
export function whyNotPlain(value: unknown): string | undefined {
  if (!needsLook(value)) return undefined;
  const found = search(value, "", new Set());
  if (found === undefined) return undefined;
  return found.path === "" ? `is ${found.what}` : `holds ${found.what} at ${found.path}`;
}

/** Whether a value is more than a number, text, truth value or nothing. */
export function needsLook(value: unknown): boolean {
  const type = typeof value;
  return type === "object" ? value !== null : type === "function" || type === "symbol";
}

interface Found {
  readonly what: string;
  readonly path: string;
}

function search(value: unknown, path: string, seen: Set<object>): Found | undefined {
  if (!needsLook(value)) return undefined;
  if (typeof value === "function") return { what: "a function", path };
  if (typeof value === "symbol") return { what: "a symbol", path };
  const object = value as object;
  if (seen.has(object)) return undefined;
  seen.add(object);
  const prototype: unknown = Object.getPrototypeOf(object);
  if (Array.isArray(object) && prototype === Array.prototype) {
    return searchArray(object, path, seen);
  }
  if (prototype === Object.prototype || prototype === null) return searchObject(object, path, seen);
  if (prototype === Map.prototype) {
    return searchArray([...(object as Map<unknown, unknown>)].flat(1), `${path}.entries()`, seen);
  }
  if (prototype === Set.prototype) {
    return searchArray([...object as Set<unknown>], `${path}.values()`, seen);
  }
  if (ArrayBuffer.isView(object) || object instanceof ArrayBuffer) {
    const buffer = object instanceof ArrayBuffer ? object : object.buffer;
    if (buffer instanceof ArrayBuffer && buffer.detached) {
      return { what: "a buffer that was transferred away", path };
    }
  }
  return KNOWN.includes(prototype) ? undefined : { what: aboutInstance(object), path };
}

function searchArray(array: readonly unknown[], path: string, seen: Set<object>) {
  for (let i = 0; i < array.length; i++) {
    const found = needsLook(array[i]) ? search(array[i], `${path}[${i}]`, seen) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function searchObject(object: object, path: string, seen: Set<object>): Found | undefined {
  for (const [name, value] of Object.entries(object)) {
    const found = needsLook(value) ? search(value, `${path}.${name}`, seen) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function aboutInstance(object: object): string {
  const name = (object.constructor as { name?: unknown } | undefined)?.name;
  const called = typeof name === "string" && name !== "" ? name : "nameless class";
  return `an instance of ${called}, which would arrive as a bare object`;
}
