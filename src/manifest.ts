/** run.json: what a run directory is for, written once and checked at every start. */
import { join } from "@std/path/posix/join";
import { addressOf } from "./address.ts";
import { sha256 } from "./checksum.ts";
import { isAbsence, reasonOf, UsageError } from "./errors.ts";
import { filesAxis, type Plan, planDigest } from "./plan.ts";
import { isThere, removeIfThere, TextFile } from "./text_file.ts";
import { VERSION } from "./version.ts";

/** The content of run.json. */
export interface Manifest {
  /** Raised when older programs could misread the directory. */
  readonly format: number;
  readonly gridiron: string;
  readonly kernel: string;
  readonly version: number;
  /** SHA-256 of the kernel's WebAssembly. */
  readonly wasm: string;
  /** Where relative paths of files start; absent when there are no files. */
  readonly folder?: string;
  /** Every plan this directory has had, newest last. */
  readonly plans: readonly Plan[];
}

const FORMAT = 1;
const NAME = "run.json";
/** How often is looked whether a lock is free. */
const LOCK_POLL_MS = 50;
/** What a run writes beside it, and nothing else may be there before. */
const OWN_NAMES = ["results.csv", "failures.csv", "ledger", "inputs", "sessions"];

/** A manifest for a first plan. */
export function makeManifest(plan: Plan, wasmDigest: string, folder: string): Manifest {
  return {
    format: FORMAT,
    gridiron: VERSION,
    kernel: plan.kernel,
    version: plan.version,
    wasm: wasmDigest,
    ...filesAxis(plan) === undefined ? {} : { folder },
    plans: [plan],
  };
}

/**
 * Writes run.json when there is none, else reads the one there: whoever comes first, in any number
 * of processes, all get the same.
 *
 * @throws {UsageError} when the directory cannot be one, or holds something that is no run
 */
export async function settleManifest(directory: string, manifest: Manifest): Promise<Manifest> {
  const existing = await readManifest(directory);
  if (existing !== undefined) return existing;
  await refuseForeign(directory, manifest.plans.at(-1)!);
  makeRunDirectory(directory);
  const text = await sealed(manifest);
  const path = join(directory, NAME);
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    writeWhole(temporary, text);
    if (link(temporary, path, text)) return manifest;
  } finally {
    removeIfThere(temporary);
  }
  return await readManifest(directory) ?? manifest;
}

/** Puts another content in the place of run.json, whole or not at all. */
export async function replaceManifest(directory: string, manifest: Manifest): Promise<Manifest> {
  using file = new TextFile(join(directory, NAME));
  file.write(await sealed(manifest));
  file.finish();
  return manifest;
}

/** A lock on run.json; `isOurs` is false where the file system has no locks. */
export interface ManifestLock extends Disposable {
  readonly isOurs: boolean;
}

/**
 * Waits for the lock on run.json and holds it until disposed of. Whoever puts another content in
 * its place has it, and whoever merges or clears up.
 *
 * @throws {Error} when the run is not there any more
 */
export async function lockManifest(directory: string): Promise<ManifestLock> {
  const path = join(directory, NAME);
  for (;;) {
    const file = openToLock(path);
    const lock = { isOurs: true, [Symbol.dispose]: () => file.close() };
    try {
      while (!file.tryLockSync(true)) {
        await new Promise<void>((resolve) => setTimeout(resolve, LOCK_POLL_MS));
      }
    } catch {
      return { ...lock, isOurs: false };
    }
    // Who had it may have put another file in the place of this one.
    if (isAt(file, path)) return lock;
    file.close();
  }
}

/** A network file system wants a file open for writing; a directory may be for reading alone. */
function openToLock(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { read: true, write: true });
  } catch {
    try {
      return Deno.openSync(path, { read: true });
    } catch (error) {
      throw new Error(`Cannot read "${path}": ${reasonOf(error)}`, { cause: error });
    }
  }
}

function isAt(file: Deno.FsFile, path: string): boolean {
  const { dev, ino } = file.statSync();
  try {
    const there = Deno.statSync(path);
    return there.dev === dev && there.ino === ino;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

/** How a directory is to a run that was read from it. */
export type Standing = "same" | "before" | "other";

/**
 * Whether a directory still has the plans of a run, or all but the newest, which is to be written;
 * else others are at work in it.
 */
export async function standingOf(directory: string, { plans }: Manifest): Promise<Standing> {
  if (hasPlans(directory, plans)) return "same";
  const written = await readManifest(directory);
  const there = await Promise.all(written?.plans.map(planDigest) ?? []);
  const ours = await Promise.all(plans.map(planDigest));
  if (there.join() === ours.join()) return "same";
  return there.length > 0 && there.join() === ours.slice(0, -1).join() ? "before" : "other";
}

/** Whether run.json has these plans, as they were written: mostly nobody has touched it. */
function hasPlans(directory: string, plans: readonly Plan[]): boolean {
  try {
    const written = JSON.parse(Deno.readTextFileSync(join(directory, NAME))) as Manifest;
    return JSON.stringify(written.plans) === JSON.stringify(plans);
  } catch {
    // Whoever reads it in earnest will say what is wrong.
    return false;
  }
}

/** The error of whoever finds a run with another plan than it had. */
export function changedMeanwhile(directory: string): UsageError {
  return new UsageError(
    `Cannot use "${directory}": another process has changed its plan meanwhile, expected the ` +
      "same command once more",
  );
}

/** Whether a directory holds a run already. */
export function isRun(directory: string): boolean {
  try {
    return Deno.statSync(join(directory, NAME)).isFile;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw new UsageError(`Cannot use "${directory}": ${reasonOf(error)}`, { cause: error });
  }
}

/** Refuses to take files of somebody else for a run's own, and to write over them. */
export async function refuseForeign(directory: string, plan: Plan): Promise<void> {
  if (!isThere(directory)) return;
  for (const name of OWN_NAMES) {
    if (!isThere(join(directory, name))) continue;
    // Somebody else may have begun this very run meanwhile: run.json comes before all other files.
    if (isRun(directory)) return;
    throw new UsageError(
      `Cannot use "${directory}": it holds ${name} but no run, expected an empty folder or a run's`,
    );
  }
  if (plan.series === null) return;
  // Only who begins a run in a folder that is there needs it.
  const { findTaken } = await import(addressOf("src/taken.ts")) as {
    findTaken(plan: Plan, directory: string): Promise<string | undefined>;
  };
  const taken = await findTaken(plan, directory);
  if (taken === undefined || isRun(directory)) return;
  throw new UsageError(
    `Cannot use "${directory}": it holds ${taken} but no run, and a series would take its place, ` +
      "expected another directory (-o DIR) or other names (--series TEMPLATE)",
  );
}

/** The manifest of a directory; undefined when it has none. */
export async function readManifest(directory: string): Promise<Manifest | undefined> {
  const path = join(directory, NAME);
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    // Where a file is in the way, whoever makes the directory will say so.
    if (isAbsence(error)) return undefined;
    throw new UsageError(`Cannot read "${path}": ${reasonOf(error)}`, { cause: error });
  }
  const refuse = (why: string): never => {
    throw new UsageError(
      `Cannot use "${path}": ${why}; restore it from a copy, or take another directory with -o`,
    );
  };
  let manifest: (Manifest & { check?: unknown }) | null;
  try {
    manifest = JSON.parse(text);
  } catch {
    return refuse("it is damaged (no JSON)");
  }
  if (manifest === null || typeof manifest !== "object") return refuse("it is damaged (no object)");
  const { check, ...content } = manifest;
  if (typeof content.format === "number" && content.format > FORMAT) {
    return refuse(`it has format ${content.format}, this gridiron knows ${FORMAT}`);
  }
  if (check !== await digest(content)) return refuse("it is damaged (its check value is wrong)");
  if (content.plans.some(({ kernel }) => kernel !== content.kernel)) {
    return refuse("its plans are not all of one kernel");
  }
  return content;
}

/**
 * Makes a run directory, or sees that files can be made in it.
 *
 * @throws {UsageError} that says in one line why not
 */
export function makeRunDirectory(directory: string): void {
  try {
    Deno.mkdirSync(directory, { recursive: true });
    if (!Deno.statSync(directory).isDirectory) throw new Deno.errors.NotADirectory();
    const probe = join(directory, `.probe-${crypto.randomUUID()}`);
    Deno.writeFileSync(probe, new Uint8Array(), { createNew: true });
    removeIfThere(probe);
  } catch (error) {
    throw new UsageError(
      `Cannot write to "${directory}": ${reasonOf(error)}, expected a folder to write to`,
      { cause: error },
    );
  }
}

/** Gives a file its name; false when somebody may have been sooner. */
function link(temporary: string, path: string, text: string): boolean {
  try {
    Deno.linkSync(temporary, path);
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) writeUnlinked(path, text, error);
    return false;
  }
}

/** Where the file system has no links: only the first one succeeds, as it must be new. */
function writeUnlinked(path: string, text: string, cause: unknown): void {
  try {
    writeWhole(path, text);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw new Error(String(error), { cause });
  }
}

function writeWhole(path: string, text: string): void {
  using file = Deno.openSync(path, { write: true, createNew: true });
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
  file.syncDataSync();
}

/** The text of run.json, with a check value over its content. */
async function sealed(manifest: Manifest): Promise<string> {
  return JSON.stringify({ ...manifest, check: await digest(manifest) }, undefined, 2) + "\n";
}

async function digest(content: Omit<Manifest, "check">): Promise<string> {
  return (await sha256(JSON.stringify(content))).slice(0, 16);
}
