/** Why a run was not as parallel as its workers could have been, in words. */
import { formatCount, formatDuration } from "./format/quantity.ts";
import type { Work } from "./meter.ts";

/** What is known of a start. */
export interface Start {
  /** Points that there were to compute; fewer may have been. */
  readonly points: number;
  /** Whether it ended before they were done. */
  readonly isStopped: boolean;
  /** Workers asked for, and CPUs that they could use. */
  readonly workers: number;
  readonly cpus: number;
  readonly work: Work;
  /** From the start of the command to its end. */
  readonly wholeMs: number;
}

/** A share of the workers' time that is worth a word. */
const NOTABLE = 0.1;
/** Workers that had work but less than this share of a CPU. */
const STARVED = 0.75;
/** Runs that are over sooner say no more: nobody minds, and the clock is too coarse. */
const SHORT_MS = 500;
/** Workers whose shares are listed one by one. */
const MAX_LISTED = 16;

/** The reasons, the largest first; none when the workers were busy all the time. */
export function heldBack({ points, isStopped, workers, cpus, work, wholeMs }: Start): string[] {
  if (points === 0) return [];
  if (points < workers) {
    const most = 100 * points / workers;
    return [
      `${formatCount(points, "point")} for ${formatCount(workers, "worker")}: ` +
      `${workers - points} idle, ${most < 1 ? "less than 1" : `at most ${Math.floor(most)}`} %`,
    ];
  }
  const { wallMs, cpuMs, aloneMs } = work;
  if (wallMs < SHORT_MS) return [];
  const lost = (time: (worker: Work["workers"][number]) => number) =>
    work.workers.reduce((sum, worker) => sum + time(worker), 0) / (wallMs * work.workers.length);
  const reasons: { readonly share: number; readonly text: string }[] = [];
  const longest = (times: number[]) => formatDuration(Math.max(...times));
  // One worker made them, the others waited.
  const alone = (1 - 1 / work.workers.length) * aloneMs / wallMs;
  if (alone > NOTABLE) {
    const time = formatDuration(aloneMs);
    reasons.push({
      share: alone,
      text: `what a start that died was at was made one point at a time, for ${time}`,
    });
  }
  const startMs = (worker: Work["workers"][number]) => Math.max(0, worker.startMs - aloneMs);
  const start = lost(startMs);
  if (start > NOTABLE) {
    const took = longest(work.workers.map(startMs));
    reasons.push({ share: start, text: `starting the workers took ${took}` });
  }
  const tail = lost(({ tailMs }) => tailMs);
  // Whoever is stopped sooner waits for the others.
  if (tail > NOTABLE && !isStopped) {
    const time = longest(work.workers.map(({ tailMs }) => tailMs));
    reasons.push({
      share: tail,
      text: `idle tail: for the last ${time} some workers had nothing left to do`,
    });
  }
  const beside = 1 - wallMs / wholeMs;
  if (beside > NOTABLE) {
    const time = formatDuration(wholeMs - wallMs);
    reasons.push({ share: beside, text: `reading and merging ledgers took ${time}` });
  }
  const busyMs = work.workers.reduce((sum, { busyMs }) => sum + busyMs, 0);
  if (workers <= cpus && cpuMs < STARVED * busyMs) {
    const share = Math.round(100 * cpuMs / busyMs);
    reasons.push({
      share: 1 - cpuMs / busyMs,
      text: `workers had ${share} % of a CPU each while at work: other programs, or slow files`,
    });
  }
  return reasons.sort((a, b) => b.share - a.share).map(({ text }) => text);
}

/** `97 %, 95 %`: the time with work in hand of each worker, or of the least and most busy. */
export function busyText(busyMs: readonly number[], wallMs: number): string {
  const shares = busyMs.map((busy) => Math.min(100, Math.round(100 * busy / wallMs)));
  if (shares.length <= MAX_LISTED) return shares.map((share) => `${share} %`).join(", ");
  return `${Math.min(...shares)} to ${Math.max(...shares)} %`;
}
