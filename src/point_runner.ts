/** Runs points one after the other: kernel, series file, ledger line. */
import type { Kernel, Panel, Point } from "../wasm/kernel.ts";
import type { Filter } from "./filter.ts";
import { type Grid, makeGrid, pointsAFile } from "./grid.ts";
import { idText } from "./id.ts";
import { LineWriter, MAX_LINE_BYTES } from "./ledger_line.ts";
import { type Identities, makeIdentities } from "./point.ts";
import type { PictureReader } from "./picture_reader.ts";
import { PointMaker } from "./point_maker.ts";
import {
  type BatchResult,
  Control,
  MAX_RETRIES,
  TICK_MS,
  type WorkerSetup,
} from "./point_protocol.ts";
import type { SeriesFile, SeriesWriter } from "./series_file.ts";
import { FIGURES, seriesNamer } from "./template.ts";

/** How long a kernel works before the stop flag is looked at. */
const SLICE_MS = 1;
/** A stopped point that is expected to end within this time may do so. */
const GRACE_MS = 1000;
/** Points outside the plan that are passed over between two looks at the clock. */
const SKIPS_A_LOOK = 256;
/** A point may come with a note about its file. */
const FILE_LINES = 3;
/** Points that share a file are parted only when they take longer: it is read again then. */
const MAX_GROUP_MS = 150;
/** Room for the lines of one batch. */
const LINES_BYTES = (MAX_RETRIES + 14) * MAX_LINE_BYTES;

/** Encoders of kernels that make pictures; what one gives is there until the next call. */
export interface PictureTools {
  encodePng(width: number, height: number, grey: Uint8Array): Uint8Array;
  drawFigure(panels: readonly Panel[]): Uint8Array;
}

/** What a runner works with. */
export interface RunnerTools {
  readonly setup: WorkerSetup;
  readonly kernel: Kernel;
  readonly includes: Filter;
  /** Undefined when the plan has no series. */
  readonly series: SeriesWriter | undefined;
  /** Undefined when the plan has no files. */
  readonly reader: PictureReader | undefined;
  /** What makes pictures, when series are such. */
  readonly pictures: PictureTools | undefined;
  /** Called every second of a long point. */
  readonly tick: () => void;
}

/** The points of one worker. */
export class PointRunner {
  readonly #tools: RunnerTools;
  readonly #grid: Grid;
  readonly #identities: Identities;
  readonly #control: Control;
  readonly #values: Float64Array;
  readonly #name: ReturnType<typeof seriesNamer>;
  readonly #lines = new LineWriter(LINES_BYTES);
  readonly #points: PointMaker;
  /** Neighbouring points that share a file. */
  readonly #group: number;
  #panels: readonly Panel[] = [];
  #suffix = "";
  #failed = 0;
  #isBroken = false;

  constructor(tools: RunnerTools) {
    const { plan, salts, control } = tools.setup;
    this.#tools = tools;
    this.#grid = makeGrid(plan);
    this.#identities = makeIdentities(plan, salts);
    this.#control = new Control(control);
    this.#values = new Float64Array(plan.parameters.length);
    this.#name = seriesNamer(plan.series ?? "", plan);
    this.#points = new PointMaker(plan, this.#identities, tools.reader);
    this.#group = pointsAFile(plan);
  }

  /**
   * Computes the points of `runs` (first, count, …) for about `budgetMs`, or until stopped.
   * `attempt` is the rank and attempt of the ledger, for names of temporary files.
   */
  async run(runs: Float64Array, budgetMs: number, attempt: string): Promise<BatchResult> {
    this.#suffix = `${attempt}-${this.#tools.setup.worker}`;
    const startMs = performance.now();
    this.#failed = 0;
    let passed = 0;
    let computed = 0;
    batch: for (let i = 0; i < runs.length; i += 2) {
      const end = runs[i]! + runs[i + 1]!;
      for (let index = runs[i]!; index < end; index++) {
        if (!this.#hasRoom) break batch;
        this.#grid.decode(index, this.#values);
        const isIncluded = this.#tools.includes(this.#values, index);
        if (isIncluded) {
          const loading = this.#points.load(this.#values, (note) => this.#lines.note(note));
          if (loading !== undefined) await loading;
          if (!this.#runPoint(index)) break batch;
          computed++;
        }
        passed++;
        if (!isIncluded && passed % SKIPS_A_LOOK !== 0) continue;
        if (this.#isBroken || this.#isOver(index, performance.now() - startMs, budgetMs)) {
          break batch;
        }
      }
    }
    this.#control.begin(this.#tools.setup.worker, -1, 0);
    const lines = this.#lines.take();
    const elapsedMs = performance.now() - startMs;
    return { passed, computed, failed: this.#failed, lines, elapsedMs, isBroken: this.#isBroken };
  }

  /** Whether another point may run: its lines fit, all tries included, and no trap came before. */
  get #hasRoom(): boolean {
    return !this.#isBroken && this.#lines.hasRoomFor(FILE_LINES + 1 + this.#tools.setup.retries);
  }

  /** Whether a batch ends with this point: in time, but not between points that share a file. */
  #isOver(index: number, elapsedMs: number, budgetMs: number): boolean {
    if (elapsedMs <= budgetMs) return false;
    return (index + 1) % this.#group === 0 || elapsedMs > MAX_GROUP_MS;
  }

  /** Computes the point of `#values` and writes its line; false when it was stopped. */
  #runPoint(index: number): boolean {
    const { setup, series } = this.#tools;
    const values = this.#values;
    const startMs = performance.now();
    this.#control.begin(setup.worker, index, performance.timeOrigin + startMs);
    const id = this.#identities.id(values);
    const idCheck = idText(id, 2);
    const isSkipped = setup.skip.length > 0 && setup.skip.some((s) => idText(id).startsWith(s));
    const name = series === undefined ? undefined : this.#name(values, id);
    const rowId = this.#identities.rowId(values, id);
    const rowCheck = idText(rowId, 2);
    const point = this.#points.make(values, rowId);
    for (let attempt = 1;; attempt++) {
      const file = name === undefined ? undefined : series!.begin(name, this.#suffix);
      const row = isSkipped
        ? new Error("skipped by --skip")
        : point instanceof Error
        ? point
        : this.#compute(point, file);
      const failed = row === undefined || row instanceof Error;
      if (failed) file?.abandon();
      if (row === undefined) return false;
      const written = failed ? undefined : file?.finish();
      if (!failed && name !== undefined) this.#drawFigure(name);
      this.#lines.write({
        index,
        row,
        milliseconds: performance.now() - startMs,
        worker: setup.worker,
        idCheck: failed ? idCheck : rowCheck,
        series: written,
      });
      if (!failed) return true;
      const isFinal = attempt > setup.retries || isSkipped || this.#isBroken;
      if (!isFinal) continue;
      this.#failed++;
      return true;
    }
  }

  /**
   * Runs the kernel in slices; undefined when the stop flag went up. What the kernel throws is the
   * point's error; what a file throws is not, and goes on its way.
   */
  #compute(point: Point, file: SeriesFile | undefined): Float64Array | Error | undefined {
    const { kernel, setup } = this.#tools;
    const startMs = performance.now();
    const job = this.#attempt(() => kernel.start([point], file !== undefined));
    if (job instanceof Error) return job;
    let tickMs = startMs;
    for (let stoppedMs = Infinity;;) {
      const finished = this.#attempt(() => job.slice(performance.now() + SLICE_MS));
      if (finished instanceof Error) return finished;
      const bytes = this.#attempt(() => job.series(0));
      if (bytes instanceof Error) return bytes;
      file?.append(this.#encoded(bytes, point));
      if (finished) {
        const panels = setup.plan.figures && this.#attempt(() => job.panels?.(0));
        if (panels instanceof Error) return panels;
        this.#panels = panels ?? [];
        return this.#attempt(() => job.row(0));
      }
      const nowMs = performance.now();
      if (nowMs - startMs > setup.timeoutMs) {
        return new Error(`took longer than ${setup.timeoutMs / 1000} s (--timeout)`);
      }
      const progress = this.#attempt(() => job.progress);
      if (progress instanceof Error) return progress;
      this.#control.progress(setup.worker, progress);
      if (nowMs - tickMs > TICK_MS) {
        this.#tools.tick();
        tickMs = nowMs;
      }
      if (!this.#control.isStopped) continue;
      stoppedMs = Math.min(stoppedMs, nowMs);
      if (!endsSoon(progress, nowMs - startMs, nowMs - stoppedMs)) return undefined;
    }
  }

  /** What a kernel returns, or the error that it throws; a trap is its last word. */
  #attempt<T>(action: () => T): T | Error {
    try {
      return action();
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) this.#isBroken = true;
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** What a kernel wrote, as it stands in the file. */
  #encoded(bytes: Uint8Array, { picture }: Point): Uint8Array {
    const { pictures } = this.#tools;
    if (pictures === undefined || bytes.length === 0) return bytes;
    return pictures.encodePng(picture!.width, picture!.height, bytes);
  }

  /** Draws what the point just computed is about, beside its series. */
  #drawFigure(name: string): void {
    const { pictures, series } = this.#tools;
    if (this.#panels.length === 0) return;
    const figure = series!.begin(`${FIGURES}/${name}`, this.#suffix);
    figure.append(pictures!.drawFigure(this.#panels));
    figure.finish();
    this.#panels = [];
  }
}

/** Whether a point that ran for so long will, by its progress, end within the grace. */
function endsSoon(progress: number, elapsedMs: number, sinceStopMs: number): boolean {
  const leftMs = elapsedMs * (1 - progress) / progress;
  return sinceStopMs + leftMs < GRACE_MS;
}
