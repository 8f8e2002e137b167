/** Who worked on a run, how busy, and who does now: read from the ledgers, asking no process. */
import { busyText } from "./held_back.ts";
import { formatCount, formatDuration } from "./format/quantity.ts";
import { type LedgerVisitor, listLedgers, mayBeWritten, readLedger } from "./ledger.ts";

/** One start of one rank, as its ledger tells it. */
export interface Activity {
  readonly rank: number;
  readonly attempt: number;
  readonly host: string;
  readonly state: "running" | "ended" | "died";
  readonly points: number;
  readonly workers: number;
  readonly wall_seconds: number;
  /** The time in which `cpu_seconds` and `busy_seconds` were used. */
  readonly measured_seconds: number;
  /** Time each worker spent on points. */
  readonly busy_seconds: readonly number[];
  /** CPU time of the process, where it was written down. */
  readonly cpu_seconds: number | null;
  /** From the first worker without anything left to do to the end. */
  readonly idle_tail_seconds: number | null;
}

/** Starts that are told of in text. */
const MAX_TOLD = 64;

/** Of a ledger that is closed so much is read: the first line, the last ones. */
const HEAD_BYTES = 1 << 17;
const TAIL_BYTES = 1 << 17;

const COMMA = 0x2c;
const POINT = 0x2e;
const ZERO = 0x30;

/** What each ledger of a directory tells, by rank and attempt; `nowMs` since 1970. */
export function activityOf(directory: string, nowMs: number): Activity[] {
  return listLedgers(directory).map((path) => readActivity(path, nowMs));
}

function readActivity(path: string, nowMs: number): Activity {
  const told: Told = { header: {}, closed: undefined, time: undefined, points: 0, busyMs: [] };
  const { size } = Deno.statSync(path);
  // A closed ledger says all in its first and last lines.
  readLedger(path, visitorOf(told), 0, Math.min(size, HEAD_BYTES));
  readLedger(path, visitorOf(told), Math.max(0, size - TAIL_BYTES));
  const isTold = told.closed !== undefined && told.time !== undefined;
  Object.assign(told, { points: 0, busyMs: [] });
  if (!isTold) readLedger(path, visitorOf(told));
  const { header, closed, time, busyMs } = told;
  const points = typeof closed?.points === "number" ? closed.points : told.points;
  const changedMs = Deno.statSync(path).mtime?.getTime() ?? nowMs;
  // Without its header it is damaged, or very new.
  const isAlive = closed === undefined && mayBeWritten(path, header.host, nowMs);
  const endMs = closed !== undefined
    ? Date.parse(String(closed.closed))
    : isAlive
    ? nowMs
    : changedMs;
  const startMs = Date.parse(String(header.start));
  const noted = Array.isArray(time?.busy_ms) ? time.busy_ms.map(Number) : [];
  const workers = Number(header.workers ?? Math.max(busyMs.length, noted.length));
  const cpuMs = time?.cpu_ms;
  const tailMs = closed === undefined ? undefined : time?.tail_ms;
  const wallMs = Number.isNaN(startMs) ? 0 : Math.max(0, endMs - startMs);
  // Whoever is at work wrote it down some time ago.
  const isNoted = isAlive && typeof time?.wall_ms === "number";
  const measuredMs = isNoted ? Number(time.wall_ms) : wallMs;
  return {
    rank: Number(header.rank ?? 0),
    attempt: Number(header.attempt ?? 1),
    host: String(header.host ?? "?"),
    state: closed !== undefined ? "ended" : isAlive ? "running" : "died",
    points,
    workers,
    wall_seconds: wallMs / 1000,
    measured_seconds: measuredMs / 1000,
    busy_seconds: Array.from(
      { length: workers },
      (_, worker) => Math.max(noted[worker] ?? 0, isNoted ? 0 : busyMs[worker] ?? 0) / 1000,
    ),
    cpu_seconds: typeof cpuMs === "number" ? cpuMs / 1000 : null,
    idle_tail_seconds: typeof tailMs === "number" ? tailMs / 1000 : null,
  };
}

/** What was read of a ledger. */
interface Told {
  header: Record<string, unknown>;
  closed: Record<string, unknown> | undefined;
  /** The newest note of the time used. */
  time: Record<string, unknown> | undefined;
  points: number;
  readonly busyMs: number[];
}

function visitorOf(told: Told): LedgerVisitor {
  return {
    note(note) {
      if (typeof note.gridiron === "string") told.header = note;
      if (note.closed !== undefined) told.closed = note;
      if (note.cpu_ms !== undefined) told.time = note;
    },
    point({ rowEnd, idStart }, bytes) {
      told.points++;
      // `]` or `}` of the row, then `,ms,worker,"id"`; ms has two decimals.
      let at = rowEnd + 2;
      let hundredths = 0;
      for (; bytes[at] !== COMMA; at++) {
        if (bytes[at] !== POINT) hundredths = hundredths * 10 + bytes[at]! - ZERO;
      }
      let worker = 0;
      for (at++; at < idStart - 2; at++) worker = worker * 10 + bytes[at]! - ZERO;
      told.busyMs[worker] = (told.busyMs[worker] ?? 0) + hundredths / 100;
    },
  };
}

/** A line a start; the longest ago first. */
export function activityText(starts: readonly Activity[]): string {
  const told = starts.slice(-MAX_TOLD);
  const lines = told.map((start) => {
    const { rank, attempt, host, state, points, workers, wall_seconds: wall } = start;
    const measured = start.measured_seconds;
    const name = `rank ${rank}${attempt > 1 ? `, start ${attempt}` : ""} on ${host}: ${state}`;
    const parts = [
      `${formatCount(points, "point")} in ${formatDuration(1000 * wall)}`,
      formatCount(workers, "worker"),
    ];
    if (start.cpu_seconds !== null && measured > 0) {
      parts.push(`speed-up ${(start.cpu_seconds / measured).toFixed(2)}`);
    }
    if (measured > 0) parts.push(`workers busy ${busyText(start.busy_seconds, measured)}`);
    if (start.idle_tail_seconds !== null && start.idle_tail_seconds > 0) {
      parts.push(`idle tail ${formatDuration(1000 * start.idle_tail_seconds)}`);
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
