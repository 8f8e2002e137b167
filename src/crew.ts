/** The workers of a run: what each is told, and what it may do. */
import { dirname } from "@std/path/posix/dirname";
import { addressOf } from "./address.ts";
import { placeOf } from "./files.ts";
import { gridSize } from "./grid.ts";
import { findKernel } from "./kernels.ts";
import { filesAxis, type Plan } from "./plan.ts";
import type { Salts } from "./point.ts";
import { Control, type WorkerSetup } from "./point_protocol.ts";
import type { Call } from "./pool/protocol.ts";
import { Team } from "./pool/team.ts";
import { resolveLinks } from "./real_path.ts";
import type { SweepOptions } from "./sweep_options.ts";

/** A team with the memory that its workers share. */
export class Crew implements Disposable {
  readonly team: Team;
  readonly control: Control;
  readonly #options: SweepOptions;
  readonly #salts: Salts;

  constructor(options: SweepOptions, salts: Salts) {
    const { plan, workers } = options;
    this.#salts = salts;
    const nodes = Math.min(workers, gridSize(plan));
    this.#options = options;
    this.control = Control.create(nodes);
    this.team = new Team({
      nodes,
      worker: () => workerOf(plan),
      permissions: permissionsOf(options),
    });
  }

  /** The first call of each worker. */
  readonly initializer = (worker: number): Call => {
    const { plan, directory, folder, timeoutMs, retries, skip } = this.#options;
    const control = this.control.memory;
    const setup: WorkerSetup = {
      ...{ plan, salts: this.#salts, directory, folder, worker, control },
      ...{ timeoutMs, retries, skip },
    };
    return { name: "open", args: [setup] };
  };

  /** Ends every batch after the slice under way. */
  readonly stop = (): void => this.control.stop();

  [Symbol.dispose](): void {
    this.stop();
    this.team[Symbol.dispose]();
  }
}

/** The module that computes the points of a plan, of a kernel that is known. */
export function workerOf({ kernel }: Plan): URL {
  const { name } = findKernel(kernel).descriptor;
  return new URL(addressOf(`src/workers/${name}.ts`));
}

/** Beyond this many files, workers may read the folders that they are in. */
const MAX_NAMED_FILES = 1000;

/** What workers need: to write series, to read files. */
export function permissionsOf(
  { plan, directory, folder }: Pick<WorkerSetup, "plan" | "directory" | "folder">,
): Deno.PermissionOptions {
  const typed = filesAxis(plan)?.texts?.map((path) => placeOf(path, folder)) ?? [];
  // Whoever follows a link needs leave for both its ends.
  const paths = [...new Set(typed.flatMap((path) => [path, resolveLinks(path)]))];
  const isMany = typed.length > MAX_NAMED_FILES;
  const readable = isMany ? [...new Set(paths.map(dirname))] : paths;
  if (plan.series === null || directory === null) {
    return readable.length === 0 ? "none" : { read: readable };
  }
  return { read: [directory, ...readable], write: [directory] };
}
