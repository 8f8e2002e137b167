/** Merging: from shuffled ledgers to tables in the order of the grid. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Entry } from "../wasm/kernel.ts";
import { type Done, planOf, runOf, writeLedger } from "../tests/run_fixture.ts";
import { mergeRun } from "./merge.ts";

const FEW = { rules: [{ product: ["n"], below: 50 }], text: "few" };

const KERNEL: Entry = {
  descriptor: {
    name: "test",
    version: 1,
    doc: "",
    source: "",
    parameters: [],
    columns: [{ name: "y", doc: "" }, { name: "n", doc: "", doubtful: FEW }],
    lanes: 1,
  },
  wasmDigest: "",
  load: () => Promise.reject(new Error("a merge computes nothing")),
};

/** Merges what the ledgers say of a grid of b = 0, 1, … and gives both tables and the tally. */
async function merged(size: number, ...ledgers: (readonly Done[])[]) {
  const folder = Deno.makeTempDirSync();
  try {
    const plan = planOf({ b: Array.from({ length: size }, (_, i) => i) });
    for (const [rank, points] of ledgers.entries()) {
      await writeLedger(folder, { plan, rank, points });
    }
    const { doubtful, total: _total, firstFailure, ...tally } = await mergeRun(
      await runOf(folder, plan),
      KERNEL,
    );
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    const read = (name: string) =>
      names.includes(name) ? Deno.readTextFileSync(`${folder}/${name}`) : undefined;
    return {
      firstFailure,
      ...{ tally, doubtful: doubtful.map(({ column, count }) => `${column.name} ${count}`), names },
      ...{ results: read("results.csv"), failures: read("failures.csv") },
    };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** The first line of failures.csv. */
const FAILURES = "index,a,b,error,attempts,command\n";
const NOTHING = { rows: 0, failed: 0, missing: 0, repeated: 0, conflicting: 0 };

Deno.test("mergeRun() writes rows in the order of the grid, not of the ledgers", async () => {
  const { results, tally, names } = await merged(
    5,
    [[3, [0.3, 100]], [0, [1e-7, 100]], [4, [-4, 100]]],
    [[2, [2, 100]], [1, [1e21, 100]]],
  );
  assertEquals(
    results,
    "index,a,b,y,n\n0,0.5,0,1e-7,100\n1,0.5,1,1e+21,100\n2,0.5,2,2,100\n3,0.5,3,0.3,100\n" +
      "4,0.5,4,-4,100\n",
  );
  assertEquals(tally, { ...NOTHING, rows: 5 });
  assertEquals(names, ["ledger", "results.csv"]);
});

Deno.test("mergeRun() leaves a missing number empty, and writes infinities as words", async () => {
  const rows: Done[] = [[0, [NaN, 60]], [1, [NaN, NaN]], [2, [Infinity, 60]], [3, [-Infinity, 60]]];
  assertEquals(
    (await merged(4, rows)).results,
    "index,a,b,y,n\n0,0.5,0,,60\n1,0.5,1,,\n2,0.5,2,inf,60\n3,0.5,3,-inf,60\n",
  );
});

Deno.test("mergeRun() counts a row that comes again, and writes it once", async () => {
  const { results, tally } = await merged(
    2,
    [[0, [1, 60]], [1, [2, 60]], [0, [1, 60]]],
    [[0, [1, 60]]],
  );
  assertEquals(results, "index,a,b,y,n\n0,0.5,0,1,60\n1,0.5,1,2,60\n");
  assertEquals(tally, { ...NOTHING, rows: 2, repeated: 2 });
});

Deno.test("mergeRun() keeps the row of a failed point empty, and tells why elsewhere", async () => {
  const { results, failures, tally, names, firstFailure } = await merged(
    3,
    [[1, "first"], [0, [1, 60]]],
    [[1, 'said "no",\nand\r\nmore']],
    [[1, 'said "no", twice']],
  );
  assertEquals(results, "index,a,b,y,n\n0,0.5,0,1,60\n1,0.5,1,,\n2,0.5,2,,\n");
  assertEquals(
    failures,
    `${FAILURES}1,0.5,1,"said ""no"", twice",3,sweep test --a 0.5 --b 1 --seed 1\n`,
  );
  assertEquals(tally, { ...NOTHING, rows: 3, failed: 1, missing: 1 });
  assertEquals(firstFailure, { index: 1, error: 'said "no", twice' });
  assertEquals(names, ["failures.csv", "ledger", "results.csv"]);
});

Deno.test("mergeRun() quotes a message of several lines", async () => {
  const { failures } = await merged(1, [[0, "one\r\ntwo"]]);
  assertEquals(
    failures,
    `${FAILURES}0,0.5,0,"one\r\ntwo",1,sweep test --a 0.5 --b 0 --seed 1\n`,
  );
});

Deno.test("mergeRun() forgets a failure once the point has a row, in either order", async () => {
  for (const order of [[0, 1], [1, 0]]) {
    const ledgers = [[[0, "no"]], [[0, [1, 60]]]] as Done[][];
    const { tally, failures, results } = await merged(1, ...order.map((i) => ledgers[i]!));
    assertEquals(tally, { ...NOTHING, rows: 1 });
    assertEquals(failures, undefined);
    assertEquals(results, "index,a,b,y,n\n0,0.5,0,1,60\n");
  }
});

Deno.test("mergeRun() counts points in doubt by what their rows say", async () => {
  const rows: Done[] = [[0, [1, 49.9]], [1, [1, 50]], [2, [1, NaN]], [3, [1, Infinity]], [4, "no"]];
  assertEquals((await merged(6, rows)).doubtful, ["n 2"]);
});

Deno.test("mergeRun() counts rows that contradict each other, and keeps the first", async () => {
  const { results, tally } = await merged(
    2,
    [[0, [1, 60]], [0, [1.5, 60]], [1, [NaN, 60]]],
    [[0, [1, 60]], [1, [0, 60]]],
  );
  assertEquals(results, "index,a,b,y,n\n0,0.5,0,1,60\n1,0.5,1,,60\n");
  assertEquals(tally, { ...NOTHING, rows: 2, repeated: 3, conflicting: 2 });
});

Deno.test("mergeRun() ignores points beyond the grid, and rows of another point", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const plan = planOf({ b: [0] });
    // The wider grids are not this run's: at index 0 the second has b = 7, another point.
    await writeLedger(folder, {
      plan: planOf({ b: [0, 1, 2] }),
      points: [[0, [1, 60]], [1, [2, 60]], [2, "no"]],
    });
    await writeLedger(folder, { plan: planOf({ b: [7] }), rank: 1, points: [[0, [9, 60]]] });
    const { doubtful: _, total: _total, firstFailure: _first, ...tally } = await mergeRun(
      await runOf(folder, plan),
      KERNEL,
    );
    assertEquals(
      Deno.readTextFileSync(`${folder}/results.csv`),
      "index,a,b,y,n\n0,0.5,0,1,60\n",
    );
    assertEquals(tally, { ...NOTHING, rows: 1 });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("mergeRun() finds the rows of an older plan at their new places", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const older = planOf({ b: [1, 2] });
    const newer = planOf({ a: [0.5, 2], b: [2, 3, 1] });
    await writeLedger(folder, { plan: older, points: [[0, [10, 60]], [1, "no"]] });
    await writeLedger(folder, { plan: newer, number: 1, points: [[1, [30, 60]], [4, "no"]] });
    const { doubtful: _, total: _total, firstFailure: _first, ...tally } = await mergeRun(
      await runOf(folder, older, newer),
      KERNEL,
    );
    assertEquals(
      Deno.readTextFileSync(`${folder}/results.csv`),
      "index,a,b,y,n\n0,0.5,2,,\n1,0.5,3,30,60\n2,0.5,1,10,60\n3,2,2,,\n4,2,3,,\n5,2,1,,\n",
    );
    assertEquals(tally, { ...NOTHING, rows: 6, failed: 2, missing: 2 });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("mergeRun() leaves out what does not meet the condition", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const plan = planOf({ b: [1, 2, 3, 4] }, { where: "b > 1 && b != 3" });
    await writeLedger(folder, { plan, points: [[3, [4, 60]], [1, "no"], [0, [1, 60]]] });
    const { doubtful: _, total: _total, firstFailure: _first, ...tally } = await mergeRun(
      await runOf(folder, plan),
      KERNEL,
    );
    assertEquals(tally, { ...NOTHING, rows: 2, failed: 1 });
    const results = Deno.readTextFileSync(`${folder}/results.csv`);
    assertEquals(results, "index,a,b,y,n\n1,0.5,2,,\n3,0.5,4,4,60\n");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("mergeRun() makes empty rows without any ledger", async () => {
  const { results, tally } = await merged(2);
  assertEquals(results, "index,a,b,y,n\n0,0.5,0,,\n1,0.5,1,,\n");
  assertEquals(tally, { ...NOTHING, rows: 2, missing: 2 });
});

Deno.test("mergeRun() removes the failures.csv of an earlier merge", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const plan = planOf({ b: [7] });
    const run = await runOf(folder, plan);
    await writeLedger(folder, { plan, points: [[0, "no"]] });
    assertEquals((await mergeRun(run, KERNEL)).failed, 1);
    assert(Deno.statSync(`${folder}/failures.csv`).isFile);
    await writeLedger(folder, { plan, points: [[0, [1, 60]]] });
    assertEquals((await mergeRun(run, KERNEL)).failed, 0);
    assertThrows(() => Deno.statSync(`${folder}/failures.csv`), Deno.errors.NotFound);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("mergeRun() merges more points than it holds at once", async () => {
  // Two ledgers, in strides prime to the size, so that every stretch of them holds points of every
  // window; every tenth point is in both, three of the last window failed, two are missing.
  const size = 140_000;
  const row = (index: number) => [index / 8, index % 1000];
  const failed = [139_000, 139_001, 139_002];
  const missing = [5, 139_999];
  const shuffled = Array.from({ length: size }, (_, i) => i * 7919 % size);
  const done = (index: number): Done => [index, failed.includes(index) ? "no" : row(index)];
  const there = shuffled.filter((index) => !missing.includes(index));
  const { results, failures, tally, doubtful } = await merged(
    size,
    there.filter((index) => index % 2 === 0 || index % 10 === 5).map(done),
    there.filter((index) => index % 2 === 1).toReversed().map(done),
  );
  const isMissing = (index: number) => failed.includes(index) || missing.includes(index);
  const lines = Array.from(
    { length: size },
    (_, i) => `${i},0.5,${i},${isMissing(i) ? "," : row(i).join(",")}`,
  );
  assert(results === ["index,a,b,y,n", ...lines, ""].join("\n"), "results.csv differs");
  const failure = (i: number) => `${i},0.5,${i},no,1,sweep test --a 0.5 --b ${i} --seed 1\n`;
  assertEquals(failures, FAILURES + failed.map(failure).join(""));
  // 14 000 indices end in 5; index 5 itself is missing.
  assertEquals(tally, { ...NOTHING, rows: size, failed: 3, missing: 2, repeated: 13_999 });
  // 50 of every thousand have a number below 50; index 5 and the three failures fall out.
  assertEquals(doubtful, [`n ${140 * 50 - 4}`]);
});

Deno.test("mergeRun() writes the same bytes from the same points in other ledgers", async () => {
  const points = Array.from({ length: 50 }, (_, i): Done => [i, [Math.sqrt(i), 60]]);
  const one = await merged(50, points);
  const many = await merged(50, ...[3, 1, 0, 2].map((k) => points.filter(([i]) => i % 4 === k)));
  assertEquals(many.results, one.results);
});
