/** The team of workers: answers as they come, errors with their names, and workers that die. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type CallSource, type Outcome, Team, WorkerError } from "./team.ts";
import type { Call } from "./protocol.ts";

const WORKER = new URL("../../tests/pool_worker.ts", import.meta.url);

function teamOf(nodes: number, worker = WORKER): Team {
  return new Team({ nodes, worker: () => worker, permissions: "none" });
}

function call(name: string, ...args: readonly unknown[]): Call {
  return { name, args };
}

const open = (worker: number) => call("open", worker);

/** Calls from a list, which may grow on the way. */
function sourceOf(calls: Call[]): CallSource {
  return { next: () => calls.shift() };
}

/** All that a map yields: values, or deaths in brackets. */
async function all(
  team: Team,
  calls: Call[],
  initializer: (worker: number) => Call = open,
): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const outcome of team.uimap(sourceOf(calls), initializer)) found.push(read(outcome));
  return found;
}

function read(outcome: Outcome<unknown>): unknown {
  return outcome.death === undefined ? outcome.value : [outcome.death];
}

function flag(value = 0): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4)).fill(value);
}

Deno.test("Team.uimap() answers every call once, on any number of workers", async () => {
  for (const nodes of [1, 2, 5]) {
    using team = teamOf(nodes);
    const calls = Array.from({ length: 20 }, (_, i) => call("add", i, 100));
    const found = await all(team, calls) as number[];
    assertEquals(found.toSorted(), Array.from({ length: 20 }, (_, i) => 100 + i));
  }
});

Deno.test("Team.uimap() needs no worker where there is no call", async () => {
  using team = teamOf(2, new URL("file:///nowhere.ts"));
  assertEquals(await all(team, []), []);
});

Deno.test("Team.uimap() yields values as they come, with their calls", async () => {
  using team = teamOf(2);
  const released = flag();
  // Only with the answer to the second call is the first one let go.
  const calls = [call("wait", released), call("add", 1, 2)];
  const taken = [...calls];
  const found: unknown[] = [];
  const source: CallSource = { next: (ahead) => ahead ? undefined : calls.shift() };
  for await (const outcome of team.uimap(source, open)) {
    found.push([taken.indexOf(outcome.call), outcome.worker, read(outcome)]);
    released[0] = 1;
  }
  assertEquals(found, [[1, 1, 3], [0, 0, "waited"]]);
});

Deno.test("Team.uimap() asks its source again after each answer", async () => {
  using team = teamOf(1);
  let last = 1;
  let isBusy = false;
  const source: CallSource = {
    next() {
      if (isBusy || last > 100) return undefined;
      isBusy = true;
      return call("add", last, last);
    },
  };
  for await (const outcome of team.uimap<number>(source, open)) {
    last = Number(read(outcome));
    isBusy = false;
  }
  assertEquals(last, 128);
});

Deno.test("Team.uimap() lets each worker hold two calls at most", async () => {
  using team = teamOf(2);
  const released = flag();
  const handed = { free: 0, ahead: 0 };
  let left = 30;
  const source: CallSource = {
    next(ahead) {
      if (left === 0) return undefined;
      left--;
      handed[ahead ? "ahead" : "free"]++;
      return call("wait", released);
    },
  };
  const values = team.uimap<string>(source, open);
  const first = values.next();
  // Nothing is answered yet.
  assertEquals(handed, { free: 2, ahead: 2 });
  released[0] = 1;
  await first;
  let answered = 1;
  for await (const outcome of { [Symbol.asyncIterator]: () => values }) {
    assertEquals(read(outcome), "waited");
    answered++;
    assert(handed.free + handed.ahead - answered <= 4);
  }
  assertEquals([answered, left], [30, 0]);
});

Deno.test("Team.uimap() opens each worker once, before its first call", async () => {
  using team = teamOf(2);
  const released = flag(1);
  const calls = [call("wait", released), call("wait", released)];
  await all(team, [...calls, call("opened"), call("opened")]);
  for (const found of await all(team, Array.from({ length: 8 }, () => call("opened")))) {
    assert(String(found) === "0" || String(found) === "1", `opened with ${found}`);
  }
});

Deno.test("Team.uimap() ends with the error of a call, and its own name", async () => {
  const cases: readonly (readonly [Call, name: string, message: string])[] = [
    [call("fail", "too far"), "RangeError", "too far"],
    [call("failWithText", "just text"), "Error", "just text"],
    [call("nothing"), "TypeError", 'Cannot call "nothing": not served here'],
    [call("answerFunction"), "DataCloneError", "could not be cloned"],
  ];
  for (const [bad, name, message] of cases) {
    using team = teamOf(1);
    const calls = [call("add", 1, 1), bad, call("add", 2, 2)];
    const error = await assertRejects(() => all(team, calls), WorkerError, message);
    assertEquals([error.name, error.original, error.worker], ["WorkerError", name, 0]);
  }
});

Deno.test("Team.uimap() ends with what goes wrong at a worker's tick", async () => {
  using team = teamOf(2);
  team.onTick = () => {
    throw new RangeError("No space left on device");
  };
  await assertRejects(() => all(team, [call("tickAndWait")]), RangeError, "No space left");
});

Deno.test("Team.uimap() ends with the error of an initializer", async () => {
  using team = teamOf(1);
  const start = () => all(team, [call("add", 1, 1)], () => call("fail", "not today"));
  const error = await assertRejects(start, WorkerError, "not today");
  assertEquals(error.original, "RangeError");
});

Deno.test("Team.uimap() tells what a worker held that died, and replaces it", async () => {
  using team = teamOf(1);
  const calls = [call("die", "gone"), call("add", 1, 1), call("add", 2, 2)];
  const lost: Call[] = [];
  const found: unknown[] = [];
  for await (const outcome of team.uimap<unknown>(sourceOf(calls), open)) {
    if (outcome.death === undefined) found.push(outcome.value);
    else {
      assert(outcome.death.includes("gone"), outcome.death);
      assertEquals(outcome.worker, 0);
      lost.push(outcome.call);
      if (outcome.call.name === "add") calls.push(outcome.call, call("opened"));
    }
  }
  assertEquals(lost.map(({ name, args }) => [name, ...args]), [["die", "gone"], ["add", 1, 1]]);
  assertEquals(found, [4, 2, [0]]);
});

Deno.test("Team.uimap() goes on with the other workers when one dies", async () => {
  using team = teamOf(3);
  const calls = Array.from({ length: 40 }, (_, i) => call("add", i, 0));
  calls.splice(10, 0, call("die", "gone"));
  calls.splice(20, 0, call("die", "gone"));
  const values: unknown[] = [];
  let died = 0;
  for await (const outcome of team.uimap<unknown>(sourceOf(calls), open)) {
    if (outcome.death === undefined) values.push(outcome.value);
    else if (outcome.call.name === "die") died++;
    else calls.push(outcome.call);
  }
  assertEquals(died, 2);
  assertEquals(new Set(values), new Set(Array.from({ length: 40 }, (_, i) => i)));
  assertEquals(values.length, 40);
});

Deno.test("Team.uimap() forgives one worker that dies before it is open", async () => {
  using team = teamOf(1);
  const deaths = flag(1);
  const calls = [call("add", 1, 1)];
  const found: unknown[] = [];
  const initializer = (worker: number) => call("openOrDie", worker, deaths);
  for await (const outcome of team.uimap(sourceOf(calls), initializer)) {
    found.push(outcome.death === undefined ? outcome.value : "died");
    if (outcome.death !== undefined) calls.push(outcome.call, call("opened"));
  }
  assertEquals(found, ["died", 2, [0]]);
});

Deno.test("Team.uimap() ends when two in a row die before they are open", async () => {
  using team = teamOf(1);
  const deaths = flag(100);
  const calls = [call("add", 1, 1), call("add", 2, 2), call("add", 3, 3), call("add", 4, 4)];
  const start = () => all(team, calls, (worker) => call("openOrDie", worker, deaths));
  await assertRejects(start, WorkerError, "dead on arrival");
  assertEquals(deaths[0], 98);
});

Deno.test("Team.uimap() ends with the reason when the module cannot start", async () => {
  using team = teamOf(2, new URL("data:text/javascript,throw new Error('broken module')"));
  const calls = Array.from({ length: 10 }, () => call("add", 1, 1));
  await assertRejects(() => all(team, calls), WorkerError, "broken module");
});

Deno.test("Team.retire() replaces a worker, and tells what it held", async () => {
  using team = teamOf(1);
  const calls = [call("forget"), call("never")];
  const found: unknown[] = [];
  for await (const outcome of team.uimap<unknown>(sourceOf(calls), open)) {
    found.push(read(outcome));
    if (found.length === 1) team.retire(0, "not to be trusted");
    if (found.length === 2) calls.push(call("opened"));
  }
  // The old worker forgot its opening; the new one was opened itself.
  assertEquals(found, ["forgotten", ["not to be trusted"], [0]]);
});

Deno.test("Team.retire() forgets what the old worker still answers", async () => {
  using team = teamOf(1);
  const released = flag();
  const calls = [call("add", 1, 1), call("wait", released)];
  const found: unknown[] = [];
  for await (const outcome of team.uimap<unknown>(sourceOf(calls), open)) {
    found.push(read(outcome));
    if (found.length === 2) calls.push(call("opened"));
    if (found.length !== 1) continue;
    team.retire(0, "replaced");
    team.retire(0, "replaced twice");
    released[0] = 1;
  }
  assertEquals(found, [2, ["replaced"], [0]]);
});

// The map fed all workers before it came to the news that one is retired.
Deno.test("Team.retire() keeps further calls from the worker", async () => {
  using team = teamOf(1);
  const calls = [call("forget"), call("never"), call("opened")];
  const found: unknown[] = [];
  for await (const outcome of team.uimap<unknown>(sourceOf(calls), open)) {
    found.push(read(outcome));
    if (found.length === 1) team.retire(0, "not to be trusted");
  }
  assertEquals(found, ["forgotten", ["not to be trusted"], [0]]);
});

// A retired worker that holds nothing gets no call, and a map in which nobody holds one ends.
Deno.test("Team.uimap() goes on after the only worker was retired", async () => {
  using team = teamOf(1);
  const calls = [call("forget"), call("opened")];
  const source: CallSource = { next: (ahead) => ahead ? undefined : calls.shift() };
  const found: unknown[] = [];
  for await (const outcome of team.uimap<unknown>(source, open)) {
    found.push(read(outcome));
    if (found.length === 1) team.retire(0, "not to be trusted");
  }
  assertEquals(found, ["forgotten", [0]]);
});

// What is left to be told of the one map is told at the start of the next.
Deno.test("Team.uimap() begins though its worker was retired before", async () => {
  using team = teamOf(1);
  for await (const _ of team.uimap(sourceOf([call("forget")]), open)) team.retire(0, "broken");
  assertEquals(await all(team, [call("opened")]), [[0]]);
});

Deno.test("Team.uimap() takes values whose buffers are handed over", async () => {
  using team = teamOf(1);
  assertEquals(await all(team, [call("handOver")]), [Uint8Array.of(1, 2, 3)]);
});

Deno.test("Team.start() begins the one worker that the map then uses", async () => {
  using team = teamOf(2);
  team.start(open);
  team.start(open);
  assertEquals(await all(team, [call("opened")]), [[0]]);
});

Deno.test("Team can be disposed of unused, started, and amid a call", async () => {
  for (const step of ["unused", "started", "amid"]) {
    using team = teamOf(1);
    if (step !== "unused") team.start(open);
    if (step !== "amid") continue;
    const values = team.uimap(sourceOf([call("add", 1, 1), call("never")]), open);
    const { value } = await values.next();
    assertEquals(value && read(value), 2);
  }
});
