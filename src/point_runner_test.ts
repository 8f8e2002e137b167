/** Points in a worker, with kernels that fail, trap, hang and stop as a test wants them to. */
import { assert, assertEquals } from "@std/assert";
import { inFolder } from "../tests/program.ts";
import { planOf } from "../tests/run_fixture.ts";
import type { Job, Kernel, Point } from "../wasm/kernel.ts";
import type { Filter } from "./filter.ts";
import { idText } from "./id.ts";
import { isIntact } from "./ledger_line.ts";
import type { Plan } from "./plan.ts";
import { makeIdentities, makeSalts } from "./point.ts";
import { type BatchResult, Control, type WorkerSetup } from "./point_protocol.ts";
import { PointRunner } from "./point_runner.ts";
import { SeriesWriter } from "./series_file.ts";

const POINTS = 6;
const PLAN = planOf({ b: { start: "0", step: "1", over: 1, count: POINTS } });
const ALL = Float64Array.of(0, POINTS);
/** The worker of these tests, of two. */
const WORKER = 1;

/** What a kernel does at a point, known by its b; what is left out yields the row [b] at once. */
type Behaviour = (b: number, attempt: number) => Partial<Job>;

/** A kernel that behaves so. It counts how often each point is tried. */
function kernelOf(behaviour: Behaviour): Kernel & { readonly tries: readonly number[] } {
  const tries: number[] = [];
  return {
    tries,
    start([point]) {
      const b = Number(point!.values.b);
      tries[b] = (tries[b] ?? 0) + 1;
      const usual: Job = {
        slice: () => true,
        progress: 0,
        series: () => new Uint8Array(),
        row: () => Float64Array.of(b),
      };
      return Object.defineProperties(
        usual,
        Object.getOwnPropertyDescriptors(behaviour(b, tries[b]!)),
      );
    },
  };
}

/** How a runner differs from the usual one. */
interface Difference extends Partial<WorkerSetup> {
  readonly includes?: Filter;
  readonly series?: SeriesWriter;
}

async function runnerOf(kernel: Kernel, difference: Difference = {}) {
  const { includes = () => true, series, ...changed } = difference;
  const plan = changed.plan ?? PLAN;
  const control = Control.create(2);
  const setup: WorkerSetup = {
    ...{ plan, salts: await makeSalts(plan), directory: "", folder: "" },
    ...{ attempt: "0-1", worker: WORKER, control: control.memory },
    ...{ timeoutMs: Infinity, retries: 0, skip: [] },
    ...changed,
  };
  const tools = {
    setup,
    kernel,
    includes,
    series,
    reader: undefined,
    pictures: undefined,
    tick() {},
  };
  return { runner: new PointRunner(tools), control };
}

/** The lines of a batch: index, and row or error. */
function linesOf({ lines }: BatchResult): [number, unknown][] {
  const read: [number, unknown][] = [];
  for (let start = 0; start < lines.length;) {
    const end = lines.indexOf(10, start);
    assert(isIntact(lines, start, end));
    const [index, row, , worker] = JSON.parse(
      new TextDecoder().decode(lines.subarray(start, end)),
    );
    assertEquals(worker, WORKER);
    read.push([index, row.error ?? row]);
    start = end + 1;
  }
  return read;
}

function tally({ passed, computed, failed, isBroken }: BatchResult) {
  return { passed, computed, failed, isBroken };
}

function fail(message: string): never {
  throw new Error(message);
}

const WHOLE = { passed: POINTS, computed: POINTS, failed: 0, isBroken: false };

/** A kernel's function that traps: `(func (export "f") unreachable)`. */
function trap(): void {
  // deno-fmt-ignore
  const bytes = Uint8Array.of(
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0,
    10, 5, 1, 3, 0, 0, 0x0b,
  );
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  (exports.f as () => void)();
}

Deno.test("PointRunner computes the points of runs in their order", async () => {
  const seen: Point[] = [];
  const kernel = kernelOf(() => ({}));
  const start: Kernel["start"] = (points, wantsSeries) => {
    assertEquals([points.length, wantsSeries], [1, false]);
    seen.push(...points.map(({ values, key, seedKey }) => ({ values, key: key.slice(), seedKey })));
    return kernel.start(points, wantsSeries);
  };
  const { runner } = await runnerOf({ start });
  const result = await runner.run(Float64Array.of(4, 1, 0, 2), Infinity, "0-1");
  assertEquals(linesOf(result), [[4, [4]], [0, [0]], [1, [1]]]);
  assertEquals(tally(result), { ...WHOLE, passed: 3, computed: 3 });
  const identities = makeIdentities(PLAN, await makeSalts(PLAN));
  for (const [i, b] of [4, 0, 1].entries()) {
    assertEquals(seen[i]!.values, { a: 0.5, b });
    assertEquals(seen[i]!.key, identities.key(identities.id(Float64Array.of(0.5, b))));
    assertEquals(seen[i]!.seedKey, identities.seedKey);
  }
});

Deno.test("PointRunner passes over points outside the plan", async () => {
  const { runner } = await runnerOf(kernelOf(() => ({})), { includes: ([, b]) => b! % 2 === 1 });
  const result = await runner.run(ALL, Infinity, "0-1");
  assertEquals(linesOf(result), [[1, [1]], [3, [3]], [5, [5]]]);
  assertEquals(tally(result), { ...WHOLE, computed: 3 });
});

Deno.test("PointRunner records a point whose kernel throws, wherever, and goes on", async () => {
  const { runner } = await runnerOf(kernelOf((b): Partial<Job> =>
    [
      {},
      { slice: () => fail("in slice") },
      { row: () => fail("in row") },
      { row: () => new RangeError("given as row") },
      {
        slice: () => {
          throw "no error";
        },
      },
    ][b] ?? fail("in start")
  ));
  const result = await runner.run(ALL, Infinity, "0-1");
  assertEquals(linesOf(result), [
    [0, [0]],
    [1, "in slice"],
    [2, "in row"],
    [3, "given as row"],
    [4, "no error"],
    [5, "in start"],
  ]);
  assertEquals(tally(result), { ...WHOLE, failed: 5 });
  assertEquals(tally(await runner.run(Float64Array.of(0, 1), Infinity, "0-1")).failed, 0);
});

// `job.series` and `job.progress` were called outside of #attempt(): what they threw ended the run.
Deno.test("PointRunner records a point whose series or progress throws", async () => {
  await inFolder(async (folder) => {
    const kernel = kernelOf((b): Partial<Job> =>
      b === 0 ? { series: () => fail("in series") } : b === 1
        ? {
          slice: () => false,
          get progress() {
            return fail("in progress");
          },
        }
        : {}
    );
    const series = new SeriesWriter(folder);
    const { runner } = await runnerOf(kernel, { plan: { ...PLAN, series: "{b}" }, series });
    const result = await runner.run(Float64Array.of(0, 3), Infinity, "0-1");
    assertEquals(linesOf(result), [[0, "in series"], [1, "in progress"], [2, [2]]]);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["2"]);
  });
});

Deno.test("PointRunner ends a batch with a trap, and tries that point no more", async () => {
  const kernel = kernelOf((b) => b === 2 ? { slice: () => (trap(), true) } : {});
  const { runner } = await runnerOf(kernel, { retries: 3 });
  const result = await runner.run(ALL, Infinity, "0-1");
  assertEquals(linesOf(result), [[0, [0]], [1, [1]], [2, "unreachable"]]);
  assertEquals(tally(result), { passed: 3, computed: 3, failed: 1, isBroken: true });
});

// A worker holds two calls: the second began before the main thread knew of the trap, computed
// its first point in memory that cannot be trusted, and its line could reach the ledger.
Deno.test("PointRunner computes nothing more once its kernel trapped", async () => {
  const kernel = kernelOf((b) => b === 2 ? { slice: () => (trap(), true) } : {});
  const { runner } = await runnerOf(kernel);
  await runner.run(ALL, Infinity, "0-1");
  const after = await runner.run(Float64Array.of(4, 2), Infinity, "0-1");
  assertEquals(linesOf(after), []);
  assertEquals(tally(after), { passed: 0, computed: 0, failed: 0, isBroken: true });
  assertEquals(kernel.tries[4], undefined);
});

Deno.test("PointRunner writes a line a try, and ends with one that comes off", async () => {
  const kernel = kernelOf((b, attempt) =>
    b === 1 && attempt <= 2 || b === 2 ? { row: () => fail(`try ${attempt}`) } : {}
  );
  const { runner } = await runnerOf(kernel, { retries: 2 });
  const result = await runner.run(Float64Array.of(0, 4), Infinity, "0-1");
  assertEquals(linesOf(result), [
    [0, [0]],
    [1, "try 1"],
    [1, "try 2"],
    [1, [1]],
    [2, "try 1"],
    [2, "try 2"],
    [2, "try 3"],
    [3, [3]],
  ]);
  assertEquals(tally(result), { passed: 4, computed: 4, failed: 1, isBroken: false });
});

Deno.test("PointRunner fails a point that takes longer than the timeout", async () => {
  const kernel = kernelOf((b) => b === 1 ? { slice: () => false } : {});
  const { runner } = await runnerOf(kernel, { timeoutMs: 20, retries: 1 });
  const result = await runner.run(ALL, Infinity, "0-1");
  const late = "took longer than 0.02 s (--timeout)";
  assertEquals(linesOf(result).slice(0, 4), [[0, [0]], [1, late], [1, late], [2, [2]]]);
  assertEquals(tally(result), { ...WHOLE, failed: 1 });
});

Deno.test("PointRunner leaves a long point without a line when it is stopped", async () => {
  const kernel = kernelOf((b) => b === 2 ? { slice: () => false, progress: 0 } : {});
  const { runner, control } = await runnerOf(kernel, { retries: 1 });
  control.stop();
  const result = await runner.run(ALL, Infinity, "0-1");
  assertEquals(linesOf(result), [[0, [0]], [1, [1]]]);
  assertEquals(tally(result), { ...WHOLE, passed: 2, computed: 2 });
  assertEquals(kernel.tries, [1, 1, 1]);
});

Deno.test("PointRunner lets a point end that will soon, and no other", async () => {
  // Stopped in its second slice; its progress says that a thousandth of its time is left.
  const kernel = kernelOf((b) => {
    let slices = 0;
    const slice = () => {
      slices++;
      if (b === 1 && slices === 2) control.stop();
      return b === 1 ? slices === 5 : b !== 2;
    };
    return { slice, progress: b === 1 ? 0.999 : 1e-9 };
  });
  const { runner, control } = await runnerOf(kernel);
  const result = await runner.run(ALL, Infinity, "0-1");
  assertEquals(linesOf(result), [[0, [0]], [1, [1]]]);
  assertEquals(tally(result), { ...WHOLE, passed: 2, computed: 2 });
});

Deno.test("PointRunner gives up a point that was to end soon and does not", async () => {
  const kernel = kernelOf(() => ({ slice: () => false, progress: 1 }));
  const { runner, control } = await runnerOf(kernel);
  control.stop();
  assertEquals(tally(await runner.run(ALL, Infinity, "0-1")), { ...WHOLE, passed: 0, computed: 0 });
});

Deno.test("PointRunner hands back the rest of a batch when its time is up", async () => {
  const kernel = kernelOf((b) => b === 1 ? { slice: () => (waitFor(20), true) } : {});
  const { runner } = await runnerOf(kernel);
  // The first point may take long too, on a slow machine.
  const { passed, elapsedMs } = await runner.run(ALL, 10, "0-1");
  assert(passed === 1 || passed === 2);
  assert(elapsedMs > 10);
  const { passed: one } = await runner.run(Float64Array.of(1, 5), 10, "0-1");
  assertEquals(one, 1);
  assertEquals((await runner.run(ALL, Infinity, "0-1")).passed, POINTS);
});

Deno.test("PointRunner looks at the clock while it passes over points", async () => {
  const plan = planOf({ b: { start: "0", step: "1", over: 1, count: 10_000 } });
  const includes: Filter = ([, b]) => (b === 300 && waitFor(20), false);
  const { runner } = await runnerOf(kernelOf(() => ({})), { plan, includes });
  const result = await runner.run(Float64Array.of(300, 9_000), 10, "0-1");
  assertEquals(tally(result), { passed: 256, computed: 0, failed: 0, isBroken: false });
});

Deno.test("PointRunner fails points untried whose ids begin as given", async () => {
  const identities = makeIdentities(PLAN, await makeSalts(PLAN));
  const id = (b: number) => idText(identities.id(Float64Array.of(0.5, b)));
  const skip = [id(1).slice(0, 8), id(4), "0".repeat(32)];
  const kernel = kernelOf(() => ({}));
  const { runner } = await runnerOf(kernel, { skip, retries: 2 });
  const result = await runner.run(ALL, Infinity, "0-1");
  const skipped = "skipped by --skip";
  const rows = linesOf(result).map(([, row]) => row);
  assertEquals(rows, [[0], skipped, [2], [3], skipped, [5]]);
  assertEquals(tally(result), { ...WHOLE, failed: 2 });
  assertEquals([1, 4].map((b) => kernel.tries[b]), [undefined, undefined]);
});

Deno.test("PointRunner hands back points for whose lines there is no room", async () => {
  const plan = planOf({ b: { start: "0", step: "1", over: 1, count: 300 } });
  const { runner } = await runnerOf(kernelOf(() => ({ row: () => fail("€".repeat(999)) })), {
    plan,
  });
  const indices: number[] = [];
  let batches = 0;
  for (; indices.length < 300; batches++) {
    const result = await runner.run(
      Float64Array.of(indices.length, 300 - indices.length),
      Infinity,
      "0-1",
    );
    const lines = linesOf(result);
    assert(lines.length >= 64 || indices.length + lines.length === 300);
    assertEquals(tally(result), {
      ...{ passed: lines.length, computed: lines.length, failed: lines.length, isBroken: false },
    });
    indices.push(...lines.map(([index]) => index));
  }
  assertEquals(indices, Array.from({ length: 300 }, (_, i) => i));
  assert(batches > 1);
});

// The point whose lines filled the buffer counted as failed after the tries that found room.
Deno.test("PointRunner tries a point as often as asked wherever it stands", async () => {
  const plan = planOf({ b: { start: "0", step: "1", over: 1, count: 300 } });
  const kernel = kernelOf(() => ({ row: () => fail("€".repeat(999)) }));
  const { runner } = await runnerOf(kernel, { plan, retries: 3 });
  for (let next = 0; next < 300;) {
    const result = await runner.run(Float64Array.of(next, 300 - next), Infinity, "0-1");
    next += result.passed;
  }
  assertEquals(kernel.tries.filter((tries) => tries < 4), []);
});

Deno.test("PointRunner writes a series, and leaves none of a point that fails", async () => {
  await inFolder(async (folder) => {
    const bytes = new TextEncoder().encode("0123456789");
    // Each point writes ten bytes in ten slices, and all but the first then end badly.
    const kernel = kernelOf((b, attempt) => {
      let slices = 0;
      const slice = () => {
        if (b === 1 && slices === 5) fail("in slice");
        return ++slices >= 10 && b !== 3 && b !== 5;
      };
      const row = () => b === 2 && attempt === 1 ? fail("in row") : Float64Array.of(b);
      return { slice, row, series: () => bytes.subarray(slices - 1, slices) };
    });
    const plan: Plan = { ...PLAN, series: "data/x{b}.txt" };
    const series = new SeriesWriter(folder);
    const identities = makeIdentities(PLAN, await makeSalts(PLAN));
    const skip = [idText(identities.id(Float64Array.of(0.5, 4)))];
    const { runner, control } = await runnerOf(kernel, { plan, series, retries: 1, skip });
    const result = await runner.run(Float64Array.of(0, 3, 4, 1), Infinity, "0-1");
    assertEquals(linesOf(result).map(([index]) => index), [0, 1, 1, 2, 2, 4]);
    control.stop();
    assertEquals((await runner.run(Float64Array.of(5, 1), Infinity, "0-1")).passed, 0);
    const { runner: hurried } = await runnerOf(kernel, { plan, series, timeoutMs: 20 });
    assertEquals((await hurried.run(Float64Array.of(3, 1), Infinity, "0-1")).failed, 1);
    const names = [...Deno.readDirSync(`${folder}/data`)].map(({ name }) => name);
    assertEquals(names.toSorted(), ["x0.txt", "x2.txt"]);
    for (const name of names) {
      assertEquals(Deno.readTextFileSync(`${folder}/data/${name}`), "0123456789");
    }
    const line = new TextDecoder().decode(result.lines).split("\n")[0]!;
    const [size, checksum] = JSON.parse(line)[5];
    assert(size === 10 && /^[0-9a-f]{16}$/.test(checksum));
  });
});

Deno.test("PointRunner says which point it is at, and that it is at none", async () => {
  const seen: unknown[] = [];
  const kernel = kernelOf((b) => {
    let slices = 0;
    const slice = () => {
      if (slices > 0) {
        const { index, progress, sinceMs } = control.states()[WORKER]!;
        assert(Math.abs(sinceMs - Date.now()) < 3_600_000);
        seen.push([b, index, progress]);
      }
      return ++slices === 2;
    };
    return { slice, progress: 0.25 };
  });
  const { runner, control } = await runnerOf(kernel);
  await runner.run(Float64Array.of(1, 1, 4, 1), Infinity, "0-1");
  assertEquals(seen, [[1, 1, 0.25], [4, 4, 0.25]]);
  assertEquals(control.states().map(({ index }) => index), [0, -1]);
});

/** Waits until the clock has moved by so much. */
function waitFor(milliseconds: number): void {
  const endMs = performance.now() + milliseconds;
  while (performance.now() <= endMs);
}
