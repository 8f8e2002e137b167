/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** The module that a sweep's workers run. */
import { loadFilter } from "./filter.ts";
import { kernels } from "./kernels.ts";
import type { BatchResult, WorkerSetup } from "./point_protocol.ts";
import { type PictureTools, PointRunner } from "./point_runner.ts";
import { serve, tick } from "./pool/serve.ts";
import { Transfer } from "./pool/protocol.ts";
import { SeriesWriter } from "./series_file.ts";

async function loadPictureTools(): Promise<PictureTools> {
  const [{ encodePng }, { drawFigure }] = await Promise.all([
    import("./image/encode_png.ts"),
    import("./image/figure.ts"),
  ]);
  return { encodePng, drawFigure };
}

let runner: PointRunner;

serve({
  async open(setup: WorkerSetup): Promise<void> {
    const { plan, directory } = setup;
    const [kernel, includes] = await Promise.all([
      kernels[plan.kernel]!.load().then((module) => module.open()),
      loadFilter(plan),
    ]);
    const series = plan.series === null ? undefined : new SeriesWriter(directory);
    const { content } = kernels[plan.kernel]!.descriptor.series ?? {};
    const pictures = series !== undefined && content === "picture"
      ? await loadPictureTools()
      : undefined;
    runner = new PointRunner({ setup, kernel, includes, series, pictures, tick });
  },

  async run(
    runs: Float64Array,
    budgetMs: number,
    attempt: string,
  ): Promise<Transfer<BatchResult>> {
    const result = await runner.run(runs, budgetMs, attempt);
    return new Transfer(result, [result.lines.buffer]);
  },
});
