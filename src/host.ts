/** The lesson's function: which machine ran a task. */

/**
 * The rank and the name of the machine: `Rank: 3 -- node1`. As in the lesson, the rank is the
 * argument. Needs permission to ask the system for its name.
 *
 * ```ts
 * import { host } from "./host.ts";
 * import { assertEquals } from "@std/assert";
 * assertEquals(host(3), `Rank: 3 -- ${Deno.hostname()}`);
 * ```
 */
export function host(id: number): string {
  return `Rank: ${id} -- ${Deno.hostname()}`;
}
