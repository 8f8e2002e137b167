/** What crosses between the pool and its workers: plain data, in the shapes of this file alone. */

/** A function that the worker's module serves, by name, with its arguments. */
export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
  /** What is handed over instead of copied. */
  readonly buffers?: readonly Transferable[];
}

/** Main thread to worker; answered in the order in which they were sent. */
export type CallMessage = Pick<Call, "name" | "args">;

/** Worker to main thread: a value, or an error in words. */
export type Answer = { readonly value: unknown } | { readonly error: ErrorWords };

/** Worker to main thread, amid a long call: time to look around. */
export interface Tick {
  readonly tick: true;
}

/** Worker to main thread, amid a call: some of its value ahead of the rest. */
export interface Part {
  readonly part: unknown;
}

/** Worker to main thread: its last words. */
export interface Death {
  readonly death: string;
}

/** An error as text: error objects of some classes do not survive the crossing. */
export interface ErrorWords {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** What an unknown thing that was thrown says of itself. */
export function inWords(error: unknown): ErrorWords {
  try {
    if (!(error instanceof Error)) {
      return { name: "Error", message: String(error), stack: undefined };
    }
    return { name: String(error.name), message: String(error.message), stack: stackOf(error) };
  } catch {
    return { name: "Error", message: "what was thrown cannot be told as text", stack: undefined };
  }
}

function stackOf(error: Error): string | undefined {
  return typeof error.stack === "string" ? error.stack : undefined;
}

/** A thread, as it is seen from the one on the other side. */
interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  postMessage(message: unknown): void;
}

/**
 * Posts a message, and hands over its buffers. The first list of buffers that a thread posts, be it
 * empty, costs it two milliseconds: where nothing is handed over there is none.
 */
export function post(port: Port, message: unknown, buffers: readonly Transferable[] = []): void {
  if (buffers.length === 0) port.postMessage(message);
  else port.postMessage(message, [...buffers]);
}

/** A value whose buffers are handed over instead of copied. */
export class Transfer<T> {
  /** What arrives, and the buffers in it that the sender loses. */
  constructor(
    /** What arrives. */
    readonly value: T,
    /** What in it is handed over. */
    readonly buffers: readonly Transferable[],
  ) {}
}

/**
 * Hands buffers over instead of copying them: around an argument in a list, or around what a
 * module's function returns.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ParallelPool, transfer } from "@gridiron/gridiron";
 * const bytes = new Uint8Array(1000);
 * await using pool = new ParallelPool({ nodes: 1 });
 * const sizes = await pool.map((b: Uint8Array) => b.length, [transfer(bytes, [bytes.buffer])]);
 * assertEquals([sizes, bytes.length], [[1000], 0]);
 * ```
 */
export function transfer<T>(value: T, buffers: readonly Transferable[]): Transfer<T> {
  return new Transfer(value, buffers);
}
