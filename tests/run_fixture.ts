/** Run directories with ledgers of small plans, written without running anything. */
import { makeGrid } from "../src/grid.ts";
import { idText } from "../src/id.ts";
import { Ledger } from "../src/ledger.ts";
import { LineWriter, MAX_LINE_BYTES } from "../src/ledger_line.ts";
import type { Manifest } from "../src/manifest.ts";
import type { Plan } from "../src/plan.ts";
import { makeIdentities, makeSalts } from "../src/point.ts";
import { openRun, type Run } from "../src/run_ledgers.ts";
import type { Values } from "../src/values.ts";

/** A plan of a kernel `test` with the parameters a and b; without an axis they are 0.5 and 0. */
export function planOf(axes: Readonly<Record<string, Values>>, more: Partial<Plan> = {}): Plan {
  const defaults = Object.entries({ a: 0.5, b: 0 });
  return {
    ...{ kernel: "test", version: 1, parameters: ["a", "b"], zip: [], derived: {} },
    ...{ where: null, seed: 1, series: null },
    fixed: Object.fromEntries(defaults.filter(([name]) => !(name in axes))),
    axes: Object.entries(axes).map(([name, values]) => ({ name, typed: [], values })),
    ...more,
  };
}

/** A run that had these plans, newest last. */
export async function runOf(directory: string, ...plans: Plan[]): Promise<Run> {
  const { kernel, version } = plans[0]!;
  const manifest: Manifest = { format: 1, gridiron: "test", kernel, version, wasm: "", plans };
  return await openRun(directory, manifest);
}

/** A point of a ledger: its index, its row or the message of its error, bytes of its series. */
export type Done = readonly [
  index: number,
  row: readonly number[] | string,
  seriesBytes?: number,
];

/** What a ledger is to hold. */
export interface LedgerContent {
  readonly plan: Plan;
  /** The plan's number in the manifest. */
  readonly number?: number;
  readonly rank?: number;
  readonly points: readonly (Done | Readonly<Record<string, unknown>>)[];
  /** Its process ended without a last line. */
  readonly dead?: boolean;
}

/** Writes a ledger as a start under a plan would: points with their real ids, and notes. */
export async function writeLedger(directory: string, content: LedgerContent): Promise<string> {
  const { plan, number = 0, rank = 0, points, dead = false } = content;
  const identities = makeIdentities(plan, await makeSalts(plan));
  const grid = makeGrid(plan);
  const values = new Float64Array(plan.parameters.length);
  using ledger = Ledger.begin(directory, rank, { gridiron: "test", plan: number, host: "test" });
  const writer = new LineWriter(16 * MAX_LINE_BYTES);
  for (const point of points) {
    if (!isDone(point)) {
      ledger.append(writer.take());
      ledger.note(point);
      continue;
    }
    const [index, row, seriesBytes] = point;
    if (!writer.hasRoomFor(1)) ledger.append(writer.take());
    grid.decode(index, values);
    writer.write({
      ...{ index, milliseconds: index % 7, worker: rank },
      idCheck: idText(identities.id(values), 2),
      row: typeof row === "string" ? new Error(row) : Float64Array.from(row),
      series: seriesBytes === undefined
        ? undefined
        : { bytes: seriesBytes, checksum: "0123456789abcdef" },
    });
  }
  ledger.append(writer.take());
  if (!dead) ledger.close({ closed: true });
  return `${directory}/ledger/${rank}-${ledger.attempt}.ndjson`;
}

function isDone(point: Done | Readonly<Record<string, unknown>>): point is Done {
  return Array.isArray(point);
}
