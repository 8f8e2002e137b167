/** What every kernel must do to be run by the harness: one test for all of them. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { kernels } from "../src/kernels.ts";
import type { Descriptor, Job, Kernel, Point } from "../wasm/kernel.ts";
import { makePoints } from "./points.ts";

/** A small grid of each kernel: enough for several slices a point. */
const SAMPLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  pi: { samples: "3000001", streams: "3", stream: "0,1,2" },
  metropolis: { beta: "0.5,1,3", m: "0,2", iterations: "1,20001", burn_in: "0" },
  fourier: { image: "one,two", operation: "lowpass,noise,autocorrelation", radius: "3" },
};

/** What came out of a lane. */
interface Product {
  /** A character a byte. */
  readonly series: string;
  readonly row: readonly number[];
}

function samplePoints(descriptor: Descriptor): Promise<Point[]> {
  return makePoints(descriptor, SAMPLES[descriptor.name]!, 1);
}

/** Runs points together to their end, `sliceMs` at a time. */
function runTogether(kernel: Kernel, points: readonly Point[], sliceMs: number): Product[] {
  const job = kernel.start(points, true);
  // Of all labels this one gives a character of its own to each of the 256 bytes.
  const decoder = new TextDecoder("latin1");
  const series = points.map(() => "");
  let progress = 0;
  for (let finished = false; !finished;) {
    finished = job.slice(performance.now() + sliceMs);
    for (const lane of points.keys()) series[lane] += decoder.decode(job.series(lane));
    assert(job.progress >= progress && job.progress <= 1, "progress goes from 0 to 1");
    progress = job.progress;
  }
  return points.map((_, lane) => ({ series: series[lane]!, row: rowOf(job, lane) }));
}

function rowOf(job: Job, lane: number): number[] {
  const row = job.row(lane);
  if (row instanceof Error) throw row;
  return [...row];
}

for (const { descriptor, load, wasmDigest } of Object.values(kernels)) {
  const { name } = descriptor;
  const folder = new URL(`../wasm/${name}/`, import.meta.url);

  Deno.test(`kernel ${name} describes itself in plain data`, () => {
    assertEquals(structuredClone(descriptor), descriptor);
    assert(Number.isSafeInteger(descriptor.version) && descriptor.version >= 1);
    const names = [...descriptor.parameters, ...descriptor.columns].map(({ name }) => name);
    assertEquals(new Set(names).size, names.length, "no name twice");
    for (const name of names) assertMatch(name, /^[a-z][a-z0-9_]*$/);
    for (const { name, default: fallback } of descriptor.parameters) {
      assert(!["help", "out", "axis", "zip", "seed", "series", "workers"].includes(name));
      if (typeof fallback === "object") assert(names.includes(fallback.of));
    }
    for (const { doc } of [...descriptor.parameters, ...descriptor.columns]) assert(doc !== "");
  });

  Deno.test(`kernel ${name} imports nothing and is what its digest says`, async () => {
    const bytes = await Deno.readFile(new URL("kernel.wasm", folder));
    assertEquals(WebAssembly.Module.imports(new WebAssembly.Module(bytes)), []);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    assertEquals(hex, wasmDigest);
  });

  Deno.test(`kernel ${name} gives the same bytes in slices of any length`, async () => {
    const kernel = await (await load()).open();
    for (const point of await samplePoints(descriptor)) {
      const whole = runTogether(kernel, [point], 1000);
      const sliced = runTogether(kernel, [point], 0);
      assertEquals(sliced, whole);
      assertEquals(whole[0]!.row.length, descriptor.columns.length);
    }
  });

  Deno.test(`kernel ${name} gives the same row with and without panels`, async () => {
    const kernel = await (await load()).open();
    for (const point of await samplePoints(descriptor)) {
      const job = kernel.start([point], false);
      while (!job.slice(performance.now() + 100));
      job.panels?.(0);
      assertEquals(rowOf(job, 0), runTogether(kernel, [point], 100)[0]!.row);
    }
  });

  Deno.test(`kernel ${name} does not remember the point before`, async () => {
    const kernel = await (await load()).open();
    const points = await samplePoints(descriptor);
    const forwards = points.map((point) => runTogether(kernel, [point], 1));
    const backwards = points.toReversed().map((point) => runTogether(kernel, [point], 1));
    assertEquals(backwards.toReversed(), forwards);
  });

  Deno.test(`kernel ${name} can be left in the middle of a point`, async () => {
    const kernel = await (await load()).open();
    const points = await samplePoints(descriptor);
    const [last] = points.slice(-1);
    const undisturbed = runTogether(kernel, [last!], 1);
    for (const point of points) {
      const abandoned = kernel.start([point], true);
      abandoned.slice(performance.now());
      assertEquals(runTogether(kernel, [last!], 1), undisturbed);
    }
  });

  Deno.test(`kernel ${name} has ${descriptor.lanes} lanes with the arithmetic of one`, async () => {
    const kernel = await (await load()).open();
    const points = await samplePoints(descriptor);
    for (let lanes = 1; lanes <= descriptor.lanes; lanes++) {
      const group = points.slice(0, lanes);
      const alone = group.flatMap((point) => runTogether(kernel, [point], 1));
      assertEquals(runTogether(kernel, group, 1), alone);
    }
  });
}

Deno.test("every kernel has a worker, and deno compile embeds it", async () => {
  const root = new URL("../", import.meta.url);
  const { compile } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const names = Object.keys(kernels).map((name) => `${name}.ts`).sort();
  const workers = [...Deno.readDirSync(new URL("src/workers/", root))].map(({ name }) => name);
  assertEquals(workers.sort(), names);
  const embedded = (compile.include as string[]).filter((path) => path.startsWith("src/workers/"));
  assertEquals(embedded.map((path) => path.replace("src/workers/", "")).sort(), names);
});

Deno.test("every folder of wasm with a descriptor is in the registry", () => {
  const folders = [...Deno.readDirSync(new URL("../wasm/", import.meta.url))];
  const described = folders.filter(({ name, isDirectory }) => {
    if (!isDirectory) return false;
    const files = [...Deno.readDirSync(new URL(`../wasm/${name}/`, import.meta.url))];
    return files.some((file) => file.name === "descriptor.ts");
  });
  assertEquals(described.map(({ name }) => name).sort(), Object.keys(kernels).sort());
});
