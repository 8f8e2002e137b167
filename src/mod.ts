/**
 * Parallel maps over Web Workers.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ParallelPool } from "@gridiron/gridiron";
 * await using pool = new ParallelPool({ nodes: 10 });
 * assertEquals(await pool.map(Math.pow, [1, 2, 3, 4], [5, 4, 3, 2]), [1, 16, 27, 16]);
 * ```
 *
 * @module
 */
export { type FailedTask, MapError, TaskError } from "./pool/failures.ts";
export type { Progress } from "./pool/job.ts";
export type { List } from "./pool/lists.ts";
export type { Lists, MapArguments, MapOptions, Needed } from "./pool/map_arguments.ts";
export type { Result, SettledArguments, TaskFunction } from "./pool/map_arguments.ts";
export { type ModuleFunction, moduleFunction } from "./pool/module_function.ts";
export { ParallelPool, type PoolOptions } from "./pool/parallel_pool.ts";
export { Pool, type Results } from "./pool/pool.ts";
export { Transfer, transfer } from "./pool/protocol.ts";
export { SerialPool } from "./pool/serial_pool.ts";
export type { Settled } from "./pool/sinks.ts";
