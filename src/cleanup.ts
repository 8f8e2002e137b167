/** Removes what starts that ended without a word left behind. */
import { join } from "@std/path/posix/join";
import { removeIfThere } from "./text_file.ts";

/** Temporary names: of series (rank, attempt, worker) and of files that are replaced (a UUID). */
const TEMPORARY = /\.(\d+-\d+-\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\.tmp$/;
const PROBE = /^\.probe-[0-9a-f-]{36}$/;

/**
 * Removes the temporary files of a run directory, with `isDeep` those of its folders too; nobody
 * may be writing there.
 */
export function removeLeftovers(directory: string, isDeep: boolean): void {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(directory)) {
    const path = join(directory, name);
    if (isDirectory && isDeep) removeLeftovers(path, isDeep);
    else if (isFile && (TEMPORARY.test(name) || PROBE.test(name))) removeIfThere(path);
  }
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
