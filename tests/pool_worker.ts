/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** A worker for tests of the pool: it adds, waits, throws and dies as it is told. */
import { Transfer } from "../src/pool/protocol.ts";
import { serve, tick } from "../src/pool/serve.ts";

let opened: number[] = [];

serve({
  open(worker: number): void {
    opened.push(worker);
  },

  /** Dies at its opening so often as `deaths` says. */
  openOrDie(worker: number, deaths: Int32Array): Promise<void> | void {
    if (Atomics.sub(deaths, 0, 1) > 0) return die("dead on arrival");
    opened.push(worker);
  },

  /** The numbers that this thread was opened with. */
  opened: () => opened,

  forget(): string {
    opened = [];
    return "forgotten";
  },

  add: (a: number, b: number) => a + b,

  /** Answers once the flag is up. */
  async wait(flag: Int32Array): Promise<string> {
    while (Atomics.load(flag, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    return "waited";
  },

  async tickAndWait(): Promise<void> {
    tick();
    await new Promise<never>(() => {});
  },

  never: () => new Promise<void>(() => {}),

  die,

  fail(message: string): void {
    throw new RangeError(message);
  },

  failWithText(message: string): void {
    throw message;
  },

  answerFunction: () => () => 1,

  handOver(): Transfer<Uint8Array> {
    const bytes = Uint8Array.of(1, 2, 3);
    return new Transfer(bytes, [bytes.buffer]);
  },
});

/** An error that no promise and no caller catches ends the thread. */
function die(message: string): Promise<void> {
  setTimeout(() => {
    throw new Error(message);
  });
  return new Promise(() => {});
}
