/** Who worked on a run, how busy, and who does now: read from the ledgers, asking no process. */
import { busyText } from "./held_back.ts";
import { formatCount, formatDuration } from "./format/quantity.ts";
import { isBeingWritten, listLedgers, readLedger } from "./ledger.ts";

/** One start of one rank, as its ledger tells it. */
export interface Activity {
  readonly rank: number;
  readonly attempt: number;
  readonly host: string;
  readonly state: "running" | "ended" | "died";
  readonly points: number;
  readonly workers: number;
  readonly wall_seconds: number;
  /** Time each worker spent on points. */
  readonly busy_seconds: readonly number[];
  /** CPU time of the process, where it was written down. */
  readonly cpu_seconds: number | null;
  /** From the first worker without anything left to do to the end. */
  readonly idle_tail_seconds: number | null;
}

/** A ledger on another machine that was written to so recently belongs to a living process. */
const ALIVE_MS = 60_000;
/** Starts that are told of in text. */
const MAX_TOLD = 64;

/** What each ledger of a directory tells, by rank and attempt; `nowMs` since 1970. */
export function activityOf(directory: string, nowMs: number): Activity[] {
  return listLedgers(directory).map((path) => readActivity(path, nowMs));
}

function readActivity(path: string, nowMs: number): Activity {
  const decoder = new TextDecoder();
  const busyMs: number[] = [];
  let header: Record<string, unknown> = {};
  let closed: Record<string, unknown> | undefined;
  let cpuMs: number | undefined;
  let points = 0;
  readLedger(path, {
    note(note) {
      if (typeof note.gridiron === "string") header = note;
      if (note.closed !== undefined) closed = note;
      if (typeof note.cpu_ms === "number") cpuMs = note.cpu_ms;
    },
    point({ rowEnd, idStart }, bytes) {
      points++;
      // `]` or `}` of the row, then `,ms,worker,"id"`.
      const [ms, worker] = decoder.decode(bytes.subarray(rowEnd + 2, idStart - 2)).split(",");
      busyMs[Number(worker)] = (busyMs[Number(worker)] ?? 0) + Number(ms);
    },
  });
  const changedMs = Deno.statSync(path).mtime?.getTime() ?? nowMs;
  const isAlive = closed === undefined &&
    (header.host === Deno.hostname() ? isBeingWritten(path) : nowMs - changedMs < ALIVE_MS);
  const endMs = closed !== undefined
    ? Date.parse(String(closed.closed))
    : isAlive
    ? nowMs
    : changedMs;
  const workers = Number(header.workers ?? busyMs.length);
  const tailMs = closed?.tail_ms;
  return {
    rank: Number(header.rank ?? 0),
    attempt: Number(header.attempt ?? 1),
    host: String(header.host ?? "?"),
    state: closed !== undefined ? "ended" : isAlive ? "running" : "died",
    points,
    workers,
    wall_seconds: Math.max(0, endMs - Date.parse(String(header.start))) / 1000,
    busy_seconds: Array.from({ length: workers }, (_, worker) => (busyMs[worker] ?? 0) / 1000),
    cpu_seconds: cpuMs === undefined ? null : cpuMs / 1000,
    idle_tail_seconds: typeof tailMs === "number" ? tailMs / 1000 : null,
  };
}

/** A line a start; the longest ago first. */
export function activityText(starts: readonly Activity[]): string {
  const told = starts.slice(-MAX_TOLD);
  const lines = told.map((start) => {
    const { rank, attempt, host, state, points, workers, wall_seconds: wall } = start;
    const name = `rank ${rank}${attempt > 1 ? `, start ${attempt}` : ""} on ${host}: ${state}`;
    const parts = [
      `${formatCount(points, "point")} in ${formatDuration(1000 * wall)}`,
      formatCount(workers, "worker"),
    ];
    if (start.cpu_seconds !== null && wall > 0) {
      parts.push(`speed-up ${(start.cpu_seconds / wall).toFixed(2)}`);
    }
    if (wall > 0) parts.push(`workers busy ${busyText(start.busy_seconds, wall)}`);
    if (start.idle_tail_seconds !== null && start.idle_tail_seconds > 0) {
      parts.push(`idle tail ${formatDuration(1000 * start.idle_tail_seconds)}`);
    }
    if (points < workers && state === "ended" && points > 0) {
      parts.push(`${workers - points} idle: fewer points than workers`);
    }
    return `${name}, ${parts.join(", ")}\n`;
  });
  const more = starts.length - told.length;
  return (more > 0 ? `${formatCount(more, "earlier start")}\n` : "") + lines.join("");
}

/** Points that the running starts finish in a second, together. */
export function rateOf(starts: readonly Activity[]): number {
  return starts.filter(({ state, wall_seconds: wall }) => state === "running" && wall > 0)
    .reduce((sum, { points, wall_seconds: wall }) => sum + points / wall, 0);
}
