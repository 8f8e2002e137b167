/** A pool without workers, for debugging: the same face, one task at a time, in this thread. */
import { checkNames } from "./map_arguments.ts";
import { POOL_OPTIONS, type PoolOptions } from "./parallel_pool.ts";
import { Pool } from "./pool.ts";
import { SerialEngine } from "./serial_engine.ts";
import { wordsOf } from "./travel.ts";

/**
 * Runs tasks in this thread, one at a time, so that a debugger stops in them. It refuses what
 * {@linkcode ParallelPool} refuses, and copies arguments and results as that does. Permissions and
 * `maxTasksPerWorker` have no meaning here.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { SerialPool } from "@gridiron/gridiron";
 * await using pool = new SerialPool();
 * assertEquals(await pool.map(Math.pow, [1, 2, 3, 4], [5, 4, 3, 2]), [1, 16, 27, 16]);
 * ```
 */
export class SerialPool extends Pool {
  /** Makes a pool of this thread; `nodes` is 1, whatever is asked for. */
  constructor(options: PoolOptions = {}) {
    checkNames("the option", options, POOL_OPTIONS);
    const { initializer, signal } = options;
    const makeEngine = async () => {
      const words = initializer === undefined ? undefined : await wordsOf(initializer);
      return new SerialEngine({ initializer: words, original: initializer });
    };
    super(1, makeEngine, signal);
  }
}
