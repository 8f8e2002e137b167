/** Tasks that fail, workers that end under them, time limits. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MapError, moduleFunction, ParallelPool, SerialPool, type Settled } from "../mod.ts";
import type * as functions from "../../tests/pool_functions.ts";

const MODULE = import.meta.resolve("../../tests/pool_functions.ts");
const ENDS = ["exit", "process", "close", "throw", "reject"];

/** A function of the test's module, by its name. */
function named<N extends keyof typeof functions>(name: N) {
  type F = (typeof functions)[N];
  return moduleFunction<F extends (...args: never[]) => unknown ? F : never>(MODULE, name);
}

function counter(value: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4)).fill(value);
}

/** Values, and the names of errors. */
function read<T>(results: readonly Settled<T>[]): (T | string)[] {
  return results.map((result) => result.status === "fulfilled" ? result.value : result.reason.name);
}

const refuseOdd = (x: number, _: string) => {
  if (x % 2 === 1) throw new RangeError(`odd: ${x}`);
  return x;
};

for (const Kind of [ParallelPool, SerialPool]) {
  const kind = Kind.name;

  Deno.test(`${kind}.map() lists each failing task, after the others finished`, async () => {
    await using pool = new Kind({ nodes: 2 });
    const words = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let done = 0;
    const onProgress = (progress: { done: number }) => void (done = progress.done);
    const map = pool.map(refuseOdd, [0, 1, 2, 3, 4, 5, 6, 7], words, { onProgress });
    const error = await assertRejects(() => map, MapError);
    assertEquals(done, 8);
    assertEquals(
      error.errors.map(({ index, arguments: args, name, message, attempts }) =>
        [index, args, name, message, attempts] as unknown[]
      ),
      [1, 3, 5, 7].map((x) => [x, [x, words[x]!], "RangeError", `odd: ${x}`, 1]),
    );
    assertStringIncludes(error.errors[0]!.stack!, "RangeError: odd: 1\n    at ");
    assertEquals(
      error.message,
      'Cannot map "refuseOdd" over all: 4 tasks failed\n' +
        'task 1 (1, "b"): RangeError: odd: 1\ntask 3 (3, "d"): RangeError: odd: 3\n' +
        'task 5 (5, "f"): RangeError: odd: 5\n… and 1 more',
    );
  });

  Deno.test(`${kind} gives a result or an error each when settled`, async () => {
    await using pool = new Kind({ nodes: 2 });
    const list = [0, 1, 2];
    const words = ["a", "b", "c"];
    const expected = [0, "RangeError", 2];
    assertEquals(read(await pool.map(refuseOdd, list, words, { settled: true })), expected);
    const ordered = await Array.fromAsync(pool.imap(refuseOdd, list, words, { settled: true }));
    assertEquals(read(ordered), expected);
    const loose = await Array.fromAsync(pool.uimap(refuseOdd, list, words, { settled: true }));
    assertEquals(read(loose.toSorted((a, b) => a.index - b.index)), expected);
  });

  Deno.test(`${kind}.imap() throws at the place of the failure, .uimap() at the end`, async () => {
    await using pool = new Kind({ nodes: 2 });
    const seen: number[] = [];
    await assertRejects(
      async () => {
        for await (const x of pool.imap(refuseOdd, [0, 2, 3, 4], ["", "", "", ""])) seen.push(x);
      },
      MapError,
      "odd: 3",
    );
    assertEquals(seen, [0, 2]);
    const loose: number[] = [];
    await assertRejects(
      async () => {
        for await (const x of pool.uimap(refuseOdd, [0, 1, 2, 4], ["", "", "", ""])) loose.push(x);
      },
      MapError,
      "odd: 1",
    );
    assertEquals(loose.toSorted(), [0, 2, 4]);
  });

  Deno.test(`${kind}.map() begins no more tasks after a failure when told`, async () => {
    await using pool = new Kind({ nodes: 1 });
    const list = Array.from({ length: 1000 }, (_, i) => i);
    const map = pool.map(
      (x: number, hits: Int32Array) => {
        Atomics.add(hits, 0, 1);
        if (x === 3) throw new Error("stop");
        return x;
      },
      list,
      list.map(() => hits),
      { stopOnError: true, chunkSize: 1 },
    );
    const error = await assertRejects(() => map, MapError, "1 task failed");
    assertEquals(error.errors.map(({ index }) => index), [3]);
    assert(hits[0]! < 10, `${hits[0]} tasks began`);
    hits[0] = 0;
  });
  const hits = counter(0);

  Deno.test(`${kind}.map() tries again as often as told`, async () => {
    await using pool = new Kind({ nodes: 2 });
    const once = named("failAtFirst");
    assertEquals(await pool.map(once, [1, 2], [counter(1), counter(2)], { retries: 2 }), [1, 2]);
    const map = pool.map(once, [5, 6], [counter(0), counter(9)], { retries: 2 });
    const error = await assertRejects(() => map, MapError, "not yet");
    assertEquals(error.errors.map(({ index, attempts }) => [index, attempts]), [[1, 3]]);
  });

  Deno.test(`${kind}.map() really ends tasks at their limit, and goes on`, async () => {
    await using pool = new Kind({ nodes: 1 });
    const loop = (x: number) => {
      for (; x < 0;);
      return x;
    };
    for (const chunkSize of [1, 5]) {
      const options = { timeoutMs: 60, settled: true, chunkSize } as const;
      const results = await pool.map(loop, [1, -1, 2, -1, 3], options);
      assertEquals(read(results), [1, "TimeoutError", 2, "TimeoutError", 3]);
    }
    const backtrack = (n: number) => /^(a+)+$/.test("a".repeat(n) + "b");
    const [short, long] = await pool.map(backtrack, [3, 60], { timeoutMs: 60, settled: true });
    assertEquals(read([short!, long!]), [false, "TimeoutError"]);
    assertEquals(await pool.map(Math.sqrt, [4]), [2]);
    assertEquals(pool.lost, 0);
  });

  Deno.test(`${kind}.map() does not wait for asynchronous tasks past their limit`, async () => {
    await using pool = new Kind({ nodes: 1 });
    const options = { timeoutMs: 60, settled: true } as const;
    const results = await pool.map(named("waitForEver"), [1, -1, 2], options);
    assertEquals(read(results), [1, "TimeoutError", 2]);
  });
}

for (const how of ENDS) {
  Deno.test(`ParallelPool survives a worker that ends: ${how}`, async () => {
    await using pool = new ParallelPool({ nodes: 1 });
    const list = [0, 1, -1, 3, 4];
    for (const chunkSize of [1, 5]) {
      const results = await pool.map(named("endThread"), list, list.map(() => how), {
        settled: true,
        chunkSize,
      });
      assertEquals(read(results), [0, 1, "WorkerLost", 3, 4]);
      const [, , lost] = results;
      assert(lost?.status === "rejected");
      assertStringIncludes(lost.reason.message, "Cannot finish the task: its worker ended, ");
    }
  });
}

Deno.test("ParallelPool ends the map when workers cannot start twice in a row", async () => {
  await using pool = new ParallelPool({ nodes: 2 });
  const broken = "data:text/javascript,export const f = (x) => x; throw new Error('broken here')";
  const map = pool.map(moduleFunction<(x: number) => number>(broken, "f"), [1, 2, 3]);
  await assertRejects(() => map, Error, "broken here");
  // The pool does not remember the module against others.
  assertEquals(await pool.map(Math.sqrt, [4]), [2]);
  assertEquals(await pool.map(named("twice"), [4]), [8]);
});

Deno.test("ParallelPool replaces a worker that computes after an await, and says so", async () => {
  await using pool = new ParallelPool({ nodes: 1 });
  const released = counter(0);
  const list = [1, -1, 2];
  const results = await pool.map(named("spinAfterAwait"), list, list.map(() => released), {
    timeoutMs: 50,
    settled: true,
  });
  // Here, and only here, the thread can be let go.
  released[0] = 1;
  assertEquals(read(results), [1, "TimeoutError", 2]);
  const [, lost] = results;
  assert(lost?.status === "rejected");
  assertStringIncludes(lost.reason.message, "could not be stopped");
  assertEquals(pool.lost, 1);
});
