/** Pools: results in order, functions that travel, lists read lazily, life and death of a pool. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { MapError, moduleFunction, ParallelPool, SerialPool, transfer } from "../mod.ts";
import type { Pool, Progress } from "../mod.ts";
import type * as functions from "../../tests/pool_functions.ts";

const MODULE = import.meta.resolve("../../tests/pool_functions.ts");

/** A function of the test's module, by its name. */
function named<N extends keyof typeof functions>(name: N) {
  type F = (typeof functions)[N];
  return moduleFunction<F extends (...args: never[]) => unknown ? F : never>(MODULE, name);
}

/** A test with a pool of each kind. */
function testBoth(name: string, test: (makePool: () => Pool) => Promise<void>): void {
  Deno.test(`ParallelPool${name}`, () => test(() => new ParallelPool({ nodes: 2 })));
  Deno.test(`SerialPool${name}`, () => test(() => new SerialPool()));
}

async function all<T>(results: AsyncIterable<T>): Promise<T[]> {
  return await Array.fromAsync(results);
}

testBoth(".map() takes one list a parameter and keeps the order", async (makePool) => {
  await using pool = makePool();
  assertEquals(await pool.map(Math.pow, [1, 2, 3, 4], [5, 4, 3, 2]), [1, 16, 27, 16]);
  assertEquals(await pool.map((a: number, b: number, c: number) => a - b * c, [9], [2], [3]), [3]);
  assertEquals(await pool.map(Math.max, [1], [5], [2], [4]), [5]);
  assertEquals(await pool.map(Math.sqrt, []), []);
});

testBoth(".map() takes any iterable, also asynchronous ones", async (makePool) => {
  await using pool = makePool();
  async function* later() {
    yield* [1, 2, 3];
    await Promise.resolve();
    yield 4;
  }
  assertEquals(await pool.map(Math.sqrt, new Set([1, 4, 9])), [1, 2, 3]);
  assertEquals(await pool.map(Math.pow, later(), new Float64Array(4).fill(2)), [1, 4, 9, 16]);
  assertEquals(await pool.map(Math.pow, [2, 3].values(), [2, 2]), [4, 9]);
  assertEquals(await pool.map((s: string) => s.codePointAt(0)!, "az"), [97, 122]);
});

testBoth(".map() refuses lists of unequal length", async (makePool) => {
  await using pool = makePool();
  const lists = [
    [[1, 2, 3], [1, 2]],
    [[1, 2, 3].values(), [1, 2]],
    [[1, 2], [1, 2, 3].values()],
    [ReadableStream.from([1, 2, 3]), [1, 2]],
  ] as unknown as [number[], number[]][];
  for (const [one, other] of lists) {
    await assertRejects(() => pool.map(Math.pow, one, other), RangeError, "Cannot map over lists");
  }
});

Deno.test("pools refuse options and permissions that there are not", async () => {
  const odd = (options: object) => options as never;
  for (const Kind of [ParallelPool, SerialPool]) {
    assertThrows(() => new Kind(odd({ node: 4 })), TypeError, 'Cannot use the option "node": exp');
  }
  const wirte = { permissions: { wirte: true } };
  assertThrows(() => new ParallelPool(odd(wirte)), TypeError, 'the permission "wirte": expected');
  await using pool = new SerialPool();
  const mistyped = () => pool.map(Math.sqrt, [4], odd({ timeout: 5 }));
  await assertRejects(mistyped, TypeError, 'Cannot use the option "timeout": expected some of set');
});

testBoth(".map() ends every list when one of them is at fault", async (makePool) => {
  await using pool = makePool();
  const ended: string[] = [];
  function* long() {
    try {
      for (let i = 0; i < 1e6; i++) yield i;
    } finally {
      ended.push("long");
    }
  }
  async function* slow() {
    yield* long();
  }
  function* bad() {
    yield 1;
    throw new Error("no more");
  }
  const lists = [[[1, 2].values(), long()], [[1, 2].values(), slow()], [bad(), long()]] as const;
  for (const [one, other] of lists) {
    await assertRejects(() => pool.map(Math.pow, one, other), Error);
  }
  assertEquals(ended, ["long", "long", "long"]);
});

testBoth(".map() passes on what a list throws", async (makePool) => {
  await using pool = makePool();
  function* bad() {
    yield 1;
    throw new SyntaxError("torn");
  }
  await assertRejects(() => pool.map(Math.sqrt, bad()), SyntaxError, "torn");
  await assertRejects(() => pool.map(Math.sqrt, ReadableStream.from(bad())), SyntaxError, "torn");
});

testBoth(".map() refuses what is no list, no function or no option", async (makePool) => {
  await using pool = makePool();
  const map = (...args: unknown[]) =>
    (pool.map as (...args: unknown[]) => Promise<unknown>)(...args);
  const cases: readonly (readonly [string, readonly unknown[]])[] = [
    ["there are no lists", [Math.pow]],
    ["it is 5, expected a list", [Math.pow, 5, [1]]],
    ["Cannot map 5: it is no function", [5, [1]]],
    ["Cannot use chunkSize 0", [Math.sqrt, [1], { chunkSize: 0 }]],
    ["Cannot use chunkSize 1.5", [Math.sqrt, [1], { chunkSize: 1.5 }]],
    ["Cannot use retries -1", [Math.sqrt, [1], { retries: -1 }]],
    ["Cannot use timeoutMs 0", [Math.sqrt, [1], { timeoutMs: 0 }]],
    ["Cannot use lookAhead NaN", [Math.sqrt, [1], { lookAhead: NaN }]],
  ];
  for (const [message, args] of cases) {
    const error = await assertRejects(() => map(...args), Error);
    assertStringIncludes(error.message, message);
  }
});

testBoth(".map() takes functions of modules", async (makePool) => {
  await using pool = makePool();
  assertEquals(await pool.map(named("twice"), [1, 2]), [2, 4]);
  assertEquals(await pool.map(named("default"), [1, 2]), [3, 6]);
  assertEquals(await pool.map(named("later"), [1, 2]), [2, 3]);
  for (const [name, reason] of [["nothing", "not exported"], ["notAFunction", "no function"]]) {
    const f = moduleFunction(MODULE, name!);
    await assertRejects(() => pool.map(f, [1]), TypeError, reason);
  }
});

testBoth(".map() refuses a function that refers to something outside", async (makePool) => {
  await using pool = makePool();
  const factor = 3;
  let ran = 0;
  const scale = (x: number) => {
    ran++;
    return factor * x;
  };
  const error = await assertRejects(() => pool.map(scale, [1]), TypeError);
  assertEquals(
    error.message,
    'Cannot send "scale" to a worker: it refers to "ran", "factor" outside itself, expected a ' +
      "function that needs nothing from outside itself; export it from a module and pass " +
      'moduleFunction(import.meta.resolve("./module.ts"), "scale")',
  );
  assertEquals(ran, 0);
});

testBoth(".map() copies arguments and results", async (makePool) => {
  await using pool = makePool();
  const list = [[1], [2]];
  const push = (inner: number[]) => {
    inner.push(0);
    return inner;
  };
  assertEquals(await pool.map(push, list), [[1, 0], [2, 0]]);
  assertEquals(list, [[1], [2]]);
});

testBoth(".map() refuses arguments and results that would arrive bare", async (makePool) => {
  await using pool = makePool();
  class Vector {
    readonly x = 1;
  }
  const seen = await pool.map((v: { x: number } | number) => v, [1, new Vector(), 2], {
    settled: true,
  });
  assertEquals(seen.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  const [, bad] = seen;
  assert(bad?.status === "rejected");
  assertEquals(
    bad.reason.message,
    "Cannot send argument 1 of the task: it is an instance of Vector, which would arrive as a " +
      "bare object, expected plain data",
  );
  await assertRejects(() => pool.map(named("makePoint"), [1]), MapError, "instance of Point");
  await assertRejects(() => pool.map((x: number) => () => x, [1]), MapError, "it is a function");
});

testBoth(".map() hands buffers over", async (makePool) => {
  await using pool = makePool();
  const bytes = new Uint8Array(100);
  const lists = [new Uint8Array(1), transfer(bytes, [bytes.buffer]), new Uint8Array(3)];
  assertEquals(await pool.map((b: Uint8Array) => b.length, lists), [1, 100, 3]);
  assertEquals(bytes.length, 0);
  const [made] = await pool.map(named("handOver"), [3]);
  assertEquals(made, Uint8Array.of(7, 7, 7));
  // What was handed over is not there for another task.
  await assertRejects(
    () => pool.map((b: Uint8Array) => b.length, [transfer(bytes, [])]),
    MapError,
    "a buffer that was transferred away",
  );
});

testBoth(".map() runs several maps at once, each to its end", async (makePool) => {
  await using pool = makePool();
  const lists = [100, 1, 50].map((size) => Array.from({ length: size }, (_, i) => i));
  const found = await Promise.all(lists.map((list) => pool.map((x: number) => -x, list)));
  assertEquals(found, lists.map((list) => list.map((x) => -x)));
});

testBoth(".map() tells its progress", async (makePool) => {
  await using pool = makePool();
  const seen: Progress[] = [];
  const onProgress = (progress: Progress) => void seen.push(progress);
  await pool.map(Math.sqrt, [1, 2, 3, 4], { chunkSize: 1, onProgress });
  assertEquals(seen.map(({ done }) => done), [1, 2, 3, 4]);
  assertEquals(seen.at(-1), { done: 4, failed: 0, total: 4 });
  const fail = () => {
    throw new RangeError("not so");
  };
  await assertRejects(() => pool.map(Math.sqrt, [1], { onProgress: fail }), RangeError, "not so");
});

testBoth(".imap() is ordered, .uimap() gives each once", async (makePool) => {
  await using pool = makePool();
  const list = Array.from({ length: 1000 }, (_, i) => i);
  assertEquals(await all(pool.imap((x: number) => x * x, list)), list.map((x) => x * x));
  const loose = await all(pool.uimap((x: number) => x * x, list, { chunkSize: 7 }));
  assertEquals(loose.toSorted((a, b) => a - b), list.map((x) => x * x));
});

testBoth(".imap() reads its lists a little ahead, and ends them", async (makePool) => {
  await using pool = makePool();
  let read = 0;
  let isEnded = false;
  function* numbers() {
    try {
      for (;;) yield read++;
    } finally {
      isEnded = true;
    }
  }
  let taken = 0;
  for await (const root of pool.imap(Math.sqrt, numbers(), { lookAhead: 10 })) {
    assertEquals(root, Math.sqrt(taken++));
    assert(read - taken <= 10, `${read} read, ${taken} taken`);
    if (taken === 100) break;
  }
  assertEquals(isEnded, true);
  assertEquals(await pool.map(Math.sqrt, [4]), [2]);
});

testBoth(".imap() reads asynchronous lists a little ahead", async (makePool) => {
  await using pool = makePool();
  let read = 0;
  async function* numbers() {
    for (;;) {
      await Promise.resolve();
      yield read++;
    }
  }
  let taken = 0;
  for await (const _ of pool.imap(Math.sqrt, numbers(), { lookAhead: 10 })) {
    assert(read - ++taken <= 12, `${read} read, ${taken} taken`);
    if (taken === 100) break;
  }
});

testBoth(".imap() may be used while another is read", async (makePool) => {
  await using pool = makePool();
  const found: number[] = [];
  for await (const x of pool.imap(Math.sqrt, [1, 4, 9])) {
    found.push(...await pool.map(Math.sqrt, [x, 16]));
  }
  assertEquals(found, [1, 4, Math.SQRT2, 4, Math.sqrt(3), 4]);
});

testBoth(" ends a map when its signal goes off", async (makePool) => {
  await using pool = makePool();
  const reason = new Error("enough");
  const early = AbortSignal.abort(reason);
  await assertRejects(() => pool.map(Math.sqrt, [1], { signal: early }), Error, "enough");
  const controller = new AbortController();
  function* numbers() {
    for (let i = 0;; i++) {
      if (i === 1000) controller.abort(reason);
      yield i;
    }
  }
  const { signal } = controller;
  await assertRejects(() => pool.map(Math.sqrt, numbers(), { signal }), Error, "enough");
  assertEquals(await pool.map(Math.sqrt, [4]), [2]);
});

testBoth(" is ended by the signal it was made with", async (_) => {
  const controller = new AbortController();
  for (const Kind of [ParallelPool, SerialPool]) {
    await using pool = new Kind({ nodes: 1, signal: controller.signal });
    if (!controller.signal.aborted) {
      const { promise } = { promise: pool.map(named("waitForEver"), [-1]) };
      controller.abort(new Error("over"));
      await assertRejects(() => promise, Error, "over");
    }
    await assertRejects(() => pool.map(Math.sqrt, [1]), Error, "the pool cannot be used");
  }
});

testBoth(".close(), .join() and .restart() open and shut", async (makePool) => {
  await using pool = makePool();
  const under = pool.map(Math.sqrt, [4, 9]);
  await assertRejects(() => pool.join(), Error, "expected close() before");
  pool.close();
  await assertRejects(() => pool.map(Math.sqrt, [1]), Error, "it was closed, expected restart()");
  await pool.join();
  assertEquals(await under, [2, 3]);
  pool.restart();
  assertEquals(await pool.map(Math.sqrt, [16]), [4]);
  let refused = "";
  try {
    pool.restart();
  } catch (error) {
    refused = String(error);
  }
  assertStringIncludes(refused, "it is open");
});

testBoth(".terminate() rejects maps under way", async (makePool) => {
  await using pool = makePool();
  const map = pool.map(named("waitForEver"), [-1]);
  const iterator = pool.imap(Math.sqrt, [4, 9]);
  assertEquals(await iterator.next(), { done: false, value: 2 });
  pool.terminate();
  await assertRejects(() => map, Error, "its pool was terminated");
  pool.restart();
  assertEquals(await pool.map(Math.sqrt, [4]), [2]);
});

Deno.test("ParallelPool calls its initializer in each worker, before the tasks", async () => {
  await using pool = new ParallelPool({ nodes: 2, initializer: named("initialize") });
  const greetings = new Set(await pool.map(named("greet"), Array.from({ length: 50 }, () => 0)));
  for (const greeting of greetings) assert(["worker 0", "worker 1"].includes(greeting), greeting);
});

Deno.test("no pool runs a task in a worker whose initializer failed", async () => {
  const initializer = named("failInitializing");
  await using parallel = new ParallelPool({ nodes: 2, initializer });
  await using serial = new SerialPool({ initializer });
  for (const pool of [parallel, serial]) {
    for (let attempt = 0; attempt < 4; attempt++) {
      await assertRejects(() => pool.map(Math.sqrt, [1, 4, 9]), Error, "not today");
    }
  }
  await assertRejects(
    () => parallel.map(Math.sqrt, [1]),
    Error,
    "Cannot start the workers: not today",
  );
});

Deno.test("ParallelPool in a worker runs serially", async () => {
  await using pool = new ParallelPool({ nodes: 1 });
  assertEquals(await pool.map(named("nested"), [1, 5]), [[1, 2, 4], [1, 10, 12]]);
});

Deno.test("ParallelPool gives its workers no permissions unless told", async () => {
  await using pool = new ParallelPool({ nodes: 1 });
  assertEquals(await pool.map(named("mayRead"), [1]), ["prompt"]);
  await using wider = new ParallelPool({ nodes: 1, permissions: { read: "inherit" } });
  assertEquals(await wider.map(named("mayRead"), [1]), ["granted"]);
});

Deno.test("ParallelPool replaces workers after so many tasks", async () => {
  await using pool = new ParallelPool({ nodes: 2, maxTasksPerWorker: 3 });
  for (const chunkSize of [1, 2, 10]) {
    const counts = await pool.map(named("countCalls"), Array.from({ length: 20 }, () => 0), {
      chunkSize,
    });
    assert(Math.max(...counts) <= 3, String(counts));
  }
});

Deno.test("ParallelPool refuses numbers of workers that are none", () => {
  for (const nodes of [0, -1, 1.5, NaN, 1e9]) {
    let refused = "";
    try {
      new ParallelPool({ nodes });
    } catch (error) {
      refused = String(error);
    }
    assertStringIncludes(refused, "RangeError: Cannot use nodes");
  }
});
