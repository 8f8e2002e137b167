/** Quantities for people: `324 points`, `1.2 GB`, `3.4 s`. */

/** `1 point`, `10000000 points`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Powers of 1000, two or three digits. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let power = 0;
  // What would round up to 1000 belongs to the next unit.
  while (bytes >= 999.5 && power < units.length - 1) {
    bytes /= 1000;
    power++;
  }
  return `${bytes < 9.95 && power > 0 ? bytes.toFixed(1) : Math.round(bytes)} ${units[power]}`;
}

/** `1 ms` at least, `85 ms`, `3.4 s`, `12 min 5 s`, `3 h 20 min`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.max(1, Math.round(milliseconds))} ms`;
  if (milliseconds < 99_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 100) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
