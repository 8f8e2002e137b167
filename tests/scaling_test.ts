/** What each rank opens, reads and writes: counted in small, and docs/scaling.md held to it. */
import { assert, assertEquals } from "@std/assert";
import { Bitmap } from "../src/bitmap.ts";
import { formatBytes } from "../src/format/quantity.ts";
import { WINDOW_RANKS } from "../src/helping.ts";
import { findKernel } from "../src/kernels.ts";
import { makeManifest, settleManifest } from "../src/manifest.ts";
import { mergeRun } from "../src/merge.ts";
import { type Plan, planDigest } from "../src/plan.ts";
import { makePlan } from "../src/planner.ts";
import { runRanked } from "../src/ranked_sweep.ts";
import { publishSession } from "../src/session.ts";
import { ownerCounter } from "../src/share.ts";
import { statusOf } from "../src/status.ts";
import { countFiles, type FileCounts } from "./file_counts.ts";
import { inFolder } from "./program.ts";
import { root } from "./project.ts";
import { runOf, writeLedger } from "./run_fixture.ts";

/** Ranks, points, and the bytes of a point in a ledger and in results.csv. */
interface Scale {
  readonly ranks: number;
  readonly points: number;
  readonly pointBytes: number;
  readonly rowBytes: number;
}

/** A step of a run with several ranks, as a line of the table in docs/scaling.md. */
interface Step {
  readonly when: string;
  readonly who: string;
  readonly what: string;
  readonly growsWith: string;
  cost(scale: Scale): FileCounts;
}

/** The end of a ledger in which its last line is looked for. */
const TAIL_BYTES = 4096;
/** Rows that a merge holds at once. */
const heldRows = (ranks: number) => Math.min(1 << 19, Math.max(1 << 16, 512 * ranks));

const NOTHING: FileCounts = { opened: 0, read: 0, written: 0 };
const ownBytes = ({ ranks, points, pointBytes }: Scale) => points / ranks * pointBytes;
const neighbours = ({ ranks }: Scale) => Math.min(WINDOW_RANKS, ranks);
const tailBytes = (scale: Scale) => Math.min(TAIL_BYTES, ownBytes(scale));

/** Besides these a rank opens a few small files: run.json, its session, its own ledger. */
const STEPS = {
  again: {
    ...{ when: "start", who: "rank 0, going on", growsWith: "_P_" },
    what: "reads all ledgers; writes a bit a point",
    cost: ({ ranks, points, pointBytes }) => ({
      ...{ opened: ranks, read: points * pointBytes, written: points / 8 },
    }),
  },
  other: {
    ...{ when: "start", who: "every other, going on", growsWith: "_P_ / 8 bytes" },
    what: "reads the bits",
    cost: ({ points }) => ({ ...NOTHING, opened: 1, read: points / 8 }),
  },
  during: {
    ...{ when: "during", who: "every rank", growsWith: "_P_ / _R_" },
    what: "appends its lines",
    cost: (scale) => ({ ...NOTHING, opened: 1, written: ownBytes(scale) }),
  },
  end: {
    ...{ when: "end", who: "every rank", growsWith: "64 _P_ / _R_" },
    what: "reads the ledgers of its neighbourhood, once and then their ends",
    cost: (scale) => ({
      ...NOTHING,
      opened: neighbours(scale),
      read: neighbours(scale) * ownBytes(scale),
    }),
  },
  last: {
    ...{ when: "end", who: "the last rank", growsWith: "_R_" },
    what: "reads the ends of all other ledgers",
    cost: (scale) => ({
      ...NOTHING,
      opened: scale.ranks - neighbours(scale),
      read: (scale.ranks - neighbours(scale)) * tailBytes(scale),
    }),
  },
  merge: {
    ...{ when: "merge", who: "`merge`, `launch`", growsWith: "_P_" },
    what: "reads all ledgers three times, the third time in parts; writes results.csv",
    cost: ({ ranks, points, pointBytes, rowBytes }) => ({
      opened: ranks * (2 + Math.ceil(points / heldRows(ranks))),
      read: 3 * points * pointBytes,
      written: points * rowBytes,
    }),
  },
} satisfies Record<string, Step>;

/** A small run whose last rank merges: the ends once more, and one pass over all. */
function smallMerge(scale: Scale): FileCounts {
  const { ranks, points, pointBytes, rowBytes } = scale;
  return {
    opened: ranks - 1 + ranks,
    read: (ranks - 1) * tailBytes(scale) + points * pointBytes,
    written: points * rowBytes,
  };
}

const KERNEL = findKernel("metropolis");
const ROW = KERNEL.descriptor.columns.map((_, i) => 1 / (i + 3));

/** A plan of points that take no time. */
function quickPlan(points: number): Plan {
  const axes = new Map([["beta", [`1:${points / 100}`]], ["m", ["1:100"]], ["iterations", ["10"]]]);
  return makePlan(KERNEL.descriptor, {
    ...{ axes, zip: [], points: undefined, replicas: undefined, where: undefined, seed: 1 },
    ...{ series: "none", read: () => "" },
  }, []);
}

/** Writes the ledgers of all ranks but `left`, whose points are all done. */
async function writeLedgers(
  directory: string,
  plan: Plan,
  { ranks, points, left }: { ranks: number; points: number; left: number },
): Promise<void> {
  const shares = Array.from({ length: ranks }, (): number[] => []);
  const owner = ownerCounter(ranks);
  for (let index = 0; index < points; index++) shares[owner()]!.push(index);
  for (const [rank, indices] of shares.entries()) {
    if (rank === left) continue;
    const rows = indices.map((index) => [index, ROW] as const);
    const last = { closed: "now", shares: [rank, rank + 1] };
    await writeLedger(directory, { plan, rank, points: [...rows, last], dead: true });
  }
}

/** Runs one rank of a session, alone, to its end. */
async function countRank(
  directory: string,
  plan: Plan,
  place: { readonly rank: number; readonly size: number; readonly session: string },
): Promise<FileCounts & { readonly state: string | undefined }> {
  let state: string | undefined;
  const counts = await countFiles(async () => {
    const report = await runRanked({
      ...{ kernel: KERNEL, plan, directory, folder: directory, workers: 2, argv: [] },
      ...{ inputs: undefined, signal: new AbortController().signal, timeoutMs: Infinity },
      ...{ retries: 0, maxFailures: Infinity, skip: [], skipFailed: false, keepRows: false },
      ...{ rank: { ...place, source: "" }, progress() {}, announce() {} },
    });
    state = report.ranks?.state;
  });
  return { ...counts, state };
}

/** What the files of a run came to. */
function scaleOf(directory: string, ranks: number, points: number): Scale {
  const ledgers = [...Deno.readDirSync(`${directory}/ledger`)]
    .filter(({ name }) => name.endsWith("-1.ndjson"))
    .map(({ name }) => Deno.statSync(`${directory}/ledger/${name}`).size);
  return {
    ...{ ranks, points, pointBytes: ledgers.reduce((sum, size) => sum + size) / points },
    rowBytes: Deno.statSync(`${directory}/results.csv`).size / points,
  };
}

function sum(...costs: FileCounts[]): FileCounts {
  const total = { ...NOTHING };
  for (const { opened, read, written } of costs) {
    total.opened += opened;
    total.read += read;
    total.written += written;
  }
  return total;
}

/** Files and bytes that do not depend on ranks and points, and how exact the rest is. */
const FEW_FILES = 24;
const FEW_BYTES = 40_000;
const SHARE = 0.05;

function assertCost(counted: FileCounts, expected: FileCounts, what: string): void {
  const told = `${what}: ${JSON.stringify({ counted, expected })}`;
  const isNear = (found: number, sure: number, few: number) =>
    found >= sure * (1 - SHARE) && found <= sure * (1 + SHARE) + few;
  assert(isNear(counted.opened, expected.opened, FEW_FILES), told);
  assert(isNear(counted.read, expected.read, FEW_BYTES), told);
  assert(isNear(counted.written, expected.written, FEW_BYTES), told);
}

for (const [ranks, points] of [[4, 8000], [128, 12_800], [512, 12_800], [128, 51_200]] as const) {
  Deno.test(`runRanked() costs what is said: ${points} points, ${ranks} ranks`, () =>
    inFolder(async (directory) => {
      const plan = quickPlan(points);
      const left = ranks - 1;
      await settleManifest(directory, makeManifest(plan, KERNEL.wasmDigest, directory));
      await writeLedgers(directory, plan, { ranks, points, left });
      const begun = { attempt: 1, plan: 0, digest: await planDigest(plan), dead: [] };
      const A = { size: ranks, session: "A" };
      publishSession(directory, { ...A, rank: 0, source: "" }, begun, new Bitmap(points));
      const last = await countRank(directory, plan, { ...A, rank: left });
      assertEquals(last.state, "merged");
      const scale = scaleOf(directory, ranks, points);
      const { again, other, during, end, last: looks } = STEPS;
      assertCost(
        last,
        sum(during.cost(scale), end.cost(scale), looks.cost(scale), smallMerge(scale)),
        "the last rank",
      );
      // Going on when all is done: a start, and a look for ledgers of neighbours.
      const look = { ...NOTHING, opened: neighbours(scale) };
      const B = { size: ranks, session: "B" };
      const states = ["open"];
      for (const [rank, { cost }] of [again, other].entries()) {
        const counted = await countRank(directory, plan, { ...B, rank });
        // Of few ranks the first one sees that all is covered, and merges.
        const merged = counted.state === "merged" ? smallMerge(scale) : NOTHING;
        assertCost(counted, sum(cost(scale), look, merged), `rank ${rank}, going on`);
        states.push(counted.state!);
      }
      assertEquals(states.slice(1), ranks > 64 ? ["covered", "covered"] : ["merged", "elsewhere"]);
    }));
}

// A stretch of a ledger used to be a megabyte, however many windows it touched: a thousand ranks
// would have had each ledger read for a hundred windows.
for (const [ranks, points] of [[32, 100_000], [64, 200_000]] as const) {
  Deno.test(`merge looks at ledgers, then reads twice: ${points} points, ${ranks} ranks`, () =>
    inFolder(async (directory) => {
      const plan = quickPlan(points);
      await writeLedgers(directory, plan, { ranks, points, left: -1 });
      const run = await runOf(directory, plan);
      const counted = await countFiles(async () => {
        assert((await statusOf(run)).complete);
        assertEquals((await mergeRun(run, KERNEL)).missing, 0);
      });
      assertCost(counted, STEPS.merge.cost(scaleOf(directory, ranks, points)), "merge");
    }));
}

/** What docs/scaling.md works out. */
const EXAMPLE: Scale = { ranks: 1000, points: 1e8, pointBytes: 190, rowBytes: 130 };

Deno.test("no step grows with ranks × points", () => {
  const factor = 8;
  // A neighbourhood, which the last rank has read before.
  const few = { opened: WINDOW_RANKS, read: WINDOW_RANKS * TAIL_BYTES, written: 0 };
  for (const { when, what, cost } of Object.values(STEPS)) {
    const small = cost({ ...EXAMPLE, ranks: EXAMPLE.ranks / factor });
    const large = cost({ ...EXAMPLE, points: EXAMPLE.points * factor });
    for (const name of ["opened", "read", "written"] as const) {
      const most = 1.1 * factor * (small[name] + few[name]);
      assert(large[name] <= most, `${when}: ${what}: ${name}`);
    }
  }
});

Deno.test("docs/scaling.md has the figures of 1000 ranks and 10⁸ points", () => {
  const docs = Deno.readTextFileSync(new URL("docs/scaling.md", root)).replaceAll(/ +/g, " ");
  const lines = Object.values(STEPS).map(({ when, who, what, growsWith, cost }) => {
    const { opened, read, written } = cost(EXAMPLE);
    return `| ${when} | ${who} | ${what} | ${growsWith} | ${opened} | ${formatBytes(read)} | ` +
      `${formatBytes(written)} |`;
  });
  assertEquals(lines.filter((line) => !docs.includes(line)), []);
  assert(docs.includes(`lines of about ${EXAMPLE.pointBytes} bytes`));
});

Deno.test("a point takes as many bytes as docs/scaling.md says", () =>
  inFolder(async (directory) => {
    const points = 2000;
    const plan = quickPlan(points);
    await countRank(directory, plan, { rank: 0, size: 1, session: "A" });
    const { pointBytes, rowBytes } = scaleOf(directory, 1, points);
    assert(Math.abs(pointBytes / EXAMPLE.pointBytes - 1) < 0.15, `${pointBytes} bytes a point`);
    assert(Math.abs(rowBytes / EXAMPLE.rowBytes - 1) < 0.15, `${rowBytes} bytes a row`);
  }));
