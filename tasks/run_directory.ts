/** The run directory that a command is given, and the run in it. */
import { isAbsolute } from "@std/path/posix/is-absolute";
import { join } from "@std/path/posix/join";
import { UsageError } from "../src/errors.ts";
import { learnContents } from "../src/files.ts";
import { findKernel } from "../src/kernels.ts";
import { readManifest } from "../src/manifest.ts";
import { resolveLinks } from "../src/real_path.ts";
import { openRun, type Run } from "../src/run_ledgers.ts";
import { PROGRAM } from "../src/version.ts";
import type { Entry } from "../wasm/kernel.ts";

/** A path as the system needs it: relative ones are the user's, links are resolved. */
export function absolute(path: string, base: string): string {
  return resolveLinks(isAbsolute(path) ? path : join(base, path));
}

/** A run, with the kernel that made it. */
export interface OpenedRun {
  readonly run: Run;
  readonly kernel: Entry;
  /** As the user typed it. */
  readonly typedDirectory: string;
}

/**
 * The run in the one directory that a command was given.
 *
 * @throws {UsageError} when there is none, or its kernel is not here in that version
 */
export async function openTypedRun(
  command: string,
  words: readonly string[],
  base: string,
): Promise<OpenedRun> {
  const [typedDirectory] = words;
  if (typedDirectory === undefined || words.length > 1) {
    throw new UsageError(
      `Cannot ${command} ${words.length} directories: expected one, such as ` +
        `${PROGRAM} ${command} runs/scan`,
    );
  }
  const directory = absolute(typedDirectory, base);
  const manifest = await readManifest(directory);
  if (manifest === undefined) {
    const why = isThere(directory) ? "it holds no run (no run.json)" : "there is no such folder";
    throw new UsageError(
      `Cannot ${command} "${typedDirectory}": ${why}, expected the directory of a run`,
    );
  }
  const kernel = findKernel(manifest.kernel);
  if (kernel.descriptor.version !== manifest.version) {
    throw new UsageError(
      `Cannot ${command} "${typedDirectory}": it was made by ${manifest.kernel} ` +
        `${manifest.version}, this gridiron has version ${kernel.descriptor.version}; take the ` +
        "gridiron that began it, or begin anew in another directory",
    );
  }
  const run = await openRun(directory, manifest);
  learnContents(run);
  return { run, kernel, typedDirectory };
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}
