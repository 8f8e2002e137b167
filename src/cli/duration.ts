/** Durations as people type them: `30s`, `1h30m`, `2.5m`, `90`. */
import { UsageError } from "../errors.ts";

const UNIT_MS: Readonly<Record<string, number>> = { d: 864e5, h: 36e5, m: 6e4, s: 1000, ms: 1 };

/** Milliseconds of a duration; a bare number counts seconds. */
export function parseDuration(option: string, text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/g)];
  const isWhole = parts.map(([part]) => part).join("") === text && parts.length > 0;
  const milliseconds = isWhole
    ? parts.reduce((sum, [, number, unit]) => sum + Number(number) * UNIT_MS[unit!]!, 0)
    : /^\d+(\.\d+)?$/.test(text)
    ? Number(text) * 1000
    : NaN;
  if (milliseconds > 0) return milliseconds;
  throw new UsageError(
    `Cannot use --${option} "${text}": expected a duration such as 30s, 10m or 1h30m`,
  );
}
