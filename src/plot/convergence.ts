/** How an estimate made of many points comes closer to what it is of, as points are added. */
import type { Entry } from "../../wasm/kernel.ts";
import { formatCount } from "../format/quantity.ts";
import { makeGrid } from "../grid.ts";
import { listLedgers } from "../ledger.ts";
import { readRunLedger, type Run } from "../run_ledgers.ts";
import type { Figure } from "./figure.ts";
import { shortNumber } from "./scale.ts";

/** Numbers that are held, and steps that are drawn. */
const MAX_NUMBERS = 1 << 22;
const MAX_STEPS = 400;
/** Beyond this ratio the samples go by logarithms. */
const LOG_RATIO = 20;

/** The figure of a kernel whose rows amount to an estimate; undefined for all others. */
export function convergenceOf(run: Run, { descriptor, openTotal }: Entry): Figure | undefined {
  const total = openTotal?.();
  if (total === undefined || !("standard_error" in total.numbers())) return undefined;
  const plan = run.manifest.plans.at(-1)!;
  const { size } = makeGrid(plan);
  const width = descriptor.columns.length;
  const held = Math.min(size, Math.floor(MAX_NUMBERS / width));
  const rows = rowsOf(run, held, width);
  const steps = { samples: [] as number[], values: [] as number[], errors: [] as number[] };
  const every = Math.ceil(held / MAX_STEPS);
  let points = 0;
  for (let index = 0; index < held; index++) {
    const row = rows.subarray(index * width, (index + 1) * width);
    if (!Number.isNaN(row[0]!)) {
      total.add([...row]);
      points++;
    }
    if (points === 0 || (index % every !== every - 1 && index < held - 1)) continue;
    const { samples, estimate, standard_error } = total.numbers();
    steps.samples.push(samples!);
    steps.values.push(estimate!);
    steps.errors.push(standard_error!);
  }
  const remarks: string[] = [];
  if (held < size) remarks.push(`the first ${held} of ${formatCount(size, "point")}`);
  if (points < held) remarks.push(`incomplete: ${formatCount(held - points, "point")} missing`);
  const count = Math.max(1, steps.samples.length);
  if (points === 0) steps.samples.push(1);
  const { samples } = steps;
  return {
    remarks,
    cells: {
      x: {
        ...{ name: "samples", isNumeric: true, count, values: count, of: () => 0 },
        centres: samples,
        texts: samples.map(shortNumber),
      },
      ...{ y: undefined, facet: undefined, points, failed: 0, absent: 0, unnumbered: 0, most: 1 },
      values: Float64Array.from(points === 0 ? [NaN] : steps.values),
      errors: Float64Array.from(points === 0 ? [NaN] : steps.errors),
      missing: new Uint8Array(count),
    },
    words: {
      title: `${descriptor.name}: the estimate as points are added`,
      lines: [
        `${points === 0 ? "no point is done yet" : total.text()} (seed ${plan.seed}); ` +
        "band: one standard error",
        ...remarks,
      ],
      ...{ xLabel: "samples", yLabel: "", facetLabel: "", colourLabel: "estimate" },
    },
    style: {
      isBand: true,
      isLog: samples.at(-1)! / samples[0]! > LOG_RATIO,
      ...total.exact && { reference: total.exact },
    },
  };
}

/** The rows of points 0…`held` − 1 side by side; NaN for those that are not there. */
function rowsOf(run: Run, held: number, width: number): Float64Array {
  const rows = new Float64Array(held * width).fill(NaN);
  const decoder = new TextDecoder();
  for (const path of listLedgers(run.directory)) {
    readRunLedger(run, path, {
      note() {},
      point(index, { failed, rowStart, rowEnd }, bytes) {
        if (failed || index >= held || !Number.isNaN(rows[index * width]!)) return;
        const cells = decoder.decode(bytes.subarray(rowStart, rowEnd)).split(",");
        for (const [i, cell] of cells.entries()) rows[index * width + i] = Number(cell);
      },
    });
  }
  return rows;
}
