/** Removes what starts that ended without a word left behind. */
import { join } from "@std/path/posix/join";
import { removeIfThere } from "./text_file.ts";

/** Temporary names: of series (rank, attempt, worker) and of files that are replaced (a UUID). */
const SERIES = /\.(\d+-\d+)-\d+\.tmp$/;
const REPLACING = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;
const PROBE = /^\.probe-[0-9a-f-]{36}$/;

/** How far the removal goes. */
export interface Leftovers {
  /** Folders too. */
  readonly isDeep: boolean;
  /** Writers whose series stay, as `rank-attempt`; asked when a temporary series is met. */
  readonly living: () => ReadonlySet<string>;
}

/**
 * Removes the temporary files of a run directory; nobody but the `living` may be writing there, and
 * these nothing but series.
 */
export function removeLeftovers(directory: string, { isDeep, living }: Leftovers): void {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(directory)) {
    const path = join(directory, name);
    if (isDirectory && isDeep) removeLeftovers(path, { isDeep, living });
    else if (isFile && isLeftover(name, living)) removeIfThere(path);
  }
}

function isLeftover(name: string, living: () => ReadonlySet<string>): boolean {
  const writer = SERIES.exec(name)?.[1];
  return writer === undefined ? REPLACING.test(name) || PROBE.test(name) : !living().has(writer);
}

/** Removes a folder; one that holds something stays, and none there is as good. */
export function removeFolderIfEmpty(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code !== "ENOTEMPTY" && code !== "EEXIST" && !(error instanceof Deno.errors.NotFound)) {
      throw error;
    }
  }
}
