/** The pool of the library: tasks on a fixed number of Web Workers. */
import { checkNames, checkOption } from "./map_arguments.ts";
import type { ModuleFunction } from "./module_function.ts";
import { nestedModules } from "./nested.ts";
import { Pool } from "./pool.ts";
import { wordsOf } from "./travel.ts";

/** How a pool is made. */
export interface PoolOptions {
  /** How many workers; as many as there are CPUs to use when it is not given. */
  readonly nodes?: number;
  /**
   * Called in each worker before its first task, with the worker's number. It travels as mapped
   * functions do.
   */
  readonly initializer?: ((worker: number) => unknown) | ModuleFunction<[worker: number], unknown>;
  /**
   * What tasks may do; nothing when it is not given. The modules of functions are loaded with the
   * permissions of this thread all the same.
   */
  readonly permissions?: Deno.PermissionOptions;
  /** Tasks after which a worker is replaced by a new one. */
  readonly maxTasksPerWorker?: number;
  /** Terminates the pool. */
  readonly signal?: AbortSignal;
}

/** Names of what a pool is made with, and of permissions. */
export const POOL_OPTIONS: readonly (keyof PoolOptions)[] = [
  ...["nodes", "initializer", "permissions", "maxTasksPerWorker", "signal"] as const,
];
const PERMISSIONS = ["read", "write", "net", "env", "sys", "run", "ffi", "import"];

/** Workers that one pool may have: each takes about 8 MB. */
const MAX_NODES = 1024;

/**
 * A fixed number of Web Workers that map functions over lists. They start with the first map and
 * end when the pool is disposed of, terminated or joined; until then they keep the program alive.
 * In a worker of another pool there is one worker only: the thread itself.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ParallelPool } from "@gridiron/gridiron";
 * await using pool = new ParallelPool({ nodes: 2 });
 * assertEquals(await pool.map((x: number, y: number) => x + y, [1, 2], [10, 20]), [11, 22]);
 * ```
 */
export class ParallelPool extends Pool {
  /**
   * Makes a pool; workers start with the first map.
   *
   * @throws {RangeError} for a number of nodes or tasks that is no whole number above 0
   * @throws {TypeError} for an option or permission that there is not
   */
  constructor(options: PoolOptions = {}) {
    checkNames("the option", options, POOL_OPTIONS);
    const { nodes = navigator.hardwareConcurrency, initializer, signal } = options;
    const { permissions = "none", maxTasksPerWorker } = options;
    if (typeof permissions === "object") checkNames("the permission", permissions, PERMISSIONS);
    checkOption("nodes", nodes, { minimum: 1, maximum: MAX_NODES });
    checkOption("maxTasksPerWorker", maxTasksPerWorker, { minimum: 1, maximum: 2 ** 31 });
    const isNested = nestedModules() !== undefined;
    const makeEngine = async () => {
      const words = initializer === undefined ? undefined : await wordsOf(initializer);
      if (isNested) {
        const { SerialEngine } = await import("./serial_engine.ts");
        return new SerialEngine({ initializer: words, original: initializer });
      }
      const { ParallelEngine } = await import("./parallel_engine.ts");
      return new ParallelEngine({
        ...{ nodes, permissions, initializer: words },
        maxTasksPerWorker: maxTasksPerWorker ?? Infinity,
      });
    };
    super(isNested ? 1 : nodes, makeEngine, signal);
  }
}
