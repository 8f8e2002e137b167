/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** The module that a sweep's workers run. */
import { loadFilter } from "./filter.ts";
import { kernels } from "./kernels.ts";
import type { BatchResult, WorkerSetup } from "./point_protocol.ts";
import { PointRunner } from "./point_runner.ts";
import { serve } from "./pool/serve.ts";
import { Transfer } from "./pool/protocol.ts";
import { SeriesWriter } from "./series_file.ts";

let runner: PointRunner;

serve({
  async open(setup: WorkerSetup): Promise<void> {
    const { plan, directory, attempt, worker } = setup;
    const [kernel, includes, series] = await Promise.all([
      kernels[plan.kernel]!.load().then((module) => module.open()),
      loadFilter(plan),
      plan.series === null ? undefined : SeriesWriter.open(directory, `${attempt}-${worker}`),
    ]);
    runner = new PointRunner({ setup, kernel, includes, series });
  },

  run(runs: Float64Array, budgetMs: number): Transfer<BatchResult> {
    const result = runner.run(runs, budgetMs);
    return new Transfer(result, [result.lines.buffer]);
  },
});
