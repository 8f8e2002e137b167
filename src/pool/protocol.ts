/** What crosses between the pool and its workers: plain data, in the shapes of this file alone. */

/** A function that the worker's module serves, by name, with its arguments. */
export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** Main thread to worker; answered in the order in which they were sent. */
export type CallMessage = Call;

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

/** A value whose buffers are handed over instead of copied. */
export class Transfer<T> {
  constructor(readonly value: T, readonly buffers: readonly Transferable[]) {}
}
