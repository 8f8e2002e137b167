/** What the workers of a run do: open a kernel, run batches of points. */
import type { KernelModule } from "../wasm/kernel.ts";
import { loadFilter } from "./filter.ts";
import type { PictureReader } from "./picture_reader.ts";
import type { BatchResult, WorkerSetup } from "./point_protocol.ts";
import { type PictureTools, PointRunner } from "./point_runner.ts";
import { Transfer } from "./pool/protocol.ts";
import { serve, tick } from "./pool/serve.ts";
import { SeriesWriter } from "./series_file.ts";

/** Fewer bytes are copied sooner than they are handed over. */
const MAX_COPIED_BYTES = 1 << 16;

/** What a kernel that filters pictures needs besides. */
export interface Darkroom {
  openReader(setup: WorkerSetup): PictureReader;
  /** Has code compiled, while the kernel is loaded, that the first picture would wait for. */
  warmUp(setup: WorkerSetup): Promise<void>;
  readonly tools: PictureTools;
}

/** Serves the batches of a run; the last thing that a worker's module does. */
export function servePoints(module: KernelModule, darkroom?: Darkroom): void {
  let runner: PointRunner;
  serve({
    async open(setup: WorkerSetup): Promise<void> {
      const { plan, directory } = setup;
      const [kernel, includes] = await Promise.all([
        module.open(),
        loadFilter(plan),
        darkroom?.warmUp(setup),
      ]);
      const series = plan.series === null ? undefined : new SeriesWriter(directory);
      const [reader, pictures] = [darkroom?.openReader(setup), darkroom?.tools];
      runner = new PointRunner({ setup, kernel, includes, series, reader, pictures, tick });
    },

    async run(
      runs: Float64Array,
      budgetMs: number,
      attempt: string,
    ): Promise<Transfer<BatchResult>> {
      const result = await runner.run(runs, budgetMs, attempt);
      const { buffer } = result.lines;
      return new Transfer(result, buffer.byteLength > MAX_COPIED_BYTES ? [buffer] : []);
    },
  });
}
