/** Functions that tests of the pool map, as a module of a user's would have them. */
import { moduleFunction, ParallelPool, type Transfer, transfer } from "../src/mod.ts";

const FACTOR = 2;
let calls = 0;
let greeting = "nobody called the initializer";

export const notAFunction = 1;

/** It refers to something outside itself. */
export function twice(x: number): number {
  return FACTOR * x;
}

export default function thrice(x: number): number {
  return 3 * x;
}

export async function later(x: number): Promise<number> {
  await Promise.resolve();
  return x + 1;
}

/** How many tasks this thread has had. */
export function countCalls(_: number): number {
  return ++calls;
}

export function initialize(worker: number): void {
  greeting = `worker ${worker}`;
}

export function greet(_: number): string {
  return greeting;
}

export function failInitializing(): void {
  throw new RangeError("not today");
}

/** Ends its thread in one of several ways when `x` is negative. */
export async function endThread(x: number, how: string): Promise<number> {
  if (x >= 0) return x;
  if (how === "exit") Deno.exit(3);
  if (how === "process") (await import("node:process")).exit(3);
  if (how === "close") self.close();
  if (how === "throw") {
    setTimeout(() => {
      throw new RangeError("thrown by a timer");
    });
  }
  if (how === "reject") Promise.reject(new RangeError("nobody waits"));
  return await new Promise<number>(() => {});
}

/** Waits for ever when `x` is negative. */
export async function waitForEver(x: number): Promise<number> {
  if (x < 0) await new Promise<never>(() => {});
  return x;
}

/** Computes for ever after an await when `x` is negative, but ends once `released` is up. */
export async function spinAfterAwait(x: number, released: Int32Array): Promise<number> {
  await Promise.resolve();
  while (x < 0 && Atomics.load(released, 0) === 0);
  return x;
}

/** Fails the first so many times that any thread calls it. */
export function failAtFirst(x: number, times: Int32Array): number {
  if (Atomics.sub(times, 0, 1) > 0) throw new RangeError("not yet");
  return x;
}

/** Answers once the flag is up. */
export function waitForFlag(x: number, flag: Int32Array): number {
  Atomics.wait(flag, 0, 0);
  return x;
}

export class Point {
  constructor(readonly x: number) {}
}

export function makePoint(x: number): Point {
  return new Point(x);
}

export function handOver(size: number): Transfer<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size).fill(7);
  return transfer(bytes, [bytes.buffer]);
}

/** A map inside a task. */
export async function nested(x: number): Promise<readonly number[]> {
  await using pool = new ParallelPool({ nodes: 4 });
  const own = moduleFunction<typeof twice>(import.meta.url, "twice");
  return [pool.nodes, ...await pool.map(own, [x, x + 1])];
}

/** What it may do. */
export function mayRead(_: number): string {
  return Deno.permissions.querySync({ name: "read" }).state;
}
