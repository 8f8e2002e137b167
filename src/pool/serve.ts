/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** A worker's side of the pool: answers calls with the functions that its module serves. */
import {
  type Answer,
  type CallMessage,
  type Death,
  inWords,
  type Part,
  post,
  type Tick,
  Transfer,
} from "./protocol.ts";

type Served = (...args: never[]) => unknown;

/** Answers every call to one of `functions`, in order; the last thing a worker's module does. */
export function serve(functions: Readonly<Record<string, Served>>): void {
  let last = Promise.resolve();
  self.onmessage = ({ data }: MessageEvent<CallMessage>) => {
    last = last.then(() => answerCall(functions, data));
  };
}

/** Makes the main thread look: the pool calls its `onTick`. */
export function tick(): void {
  self.postMessage({ tick: true } satisfies Tick);
}

/** Sends some of the answer to the call under way ahead of the rest. */
export function sendPart(part: unknown, buffers: readonly Transferable[] = []): void {
  post(self, { part } satisfies Part, buffers);
}

/** Tells that this worker is about to end, and why. */
export function sendDeath(death: string): void {
  self.postMessage({ death } satisfies Death);
}

async function answerCall(
  functions: Readonly<Record<string, Served>>,
  { name, args }: CallMessage,
): Promise<void> {
  try {
    const served = functions[name];
    if (served === undefined) throw new TypeError(`Cannot call "${name}": not served here`);
    const value = await (served as (...args: readonly unknown[]) => unknown)(...args);
    if (value instanceof Transfer) answer({ value: value.value }, value.buffers);
    else answer({ value });
  } catch (error) {
    answer({ error: inWords(error) });
  }
}

function answer(message: Answer, buffers: readonly Transferable[] = []): void {
  post(self, message, buffers);
}
