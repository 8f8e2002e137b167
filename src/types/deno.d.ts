/** What Deno 2.9 has and its own types leave out. */

declare namespace Deno {
  /** CPU time of this process so far, all threads, in microseconds; needs no permission. */
  export function cpuUsage(): { user: number; system: number };
}
