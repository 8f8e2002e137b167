/** The files of a plan: what they hold, and whether finished rows were made from that. */
import { isAbsolute } from "@std/path/posix/is-absolute";
import { join } from "@std/path/posix/join";
import { UsageError } from "./errors.ts";
import { listLedgers, readLedger } from "./ledger.ts";
import { filesAxis, type Plan } from "./plan.ts";
import type { Run } from "./run_ledgers.ts";

/** A ledger's note about a file that was read: 128 bits of the SHA-256 of what it held. */
interface FileNote {
  readonly file: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtime: number;
  readonly content: string;
}

/**
 * Tells a run what its files hold, by the notes of its ledgers: a file of the same size and time as
 * when it was read holds what it held then; of one that is gone the last word stands.
 */
export function learnContents({ manifest, directory, folder, identities }: Run): void {
  const axis = filesAxis(manifest.plans.at(-1)!);
  if (axis === undefined) return;
  const notes = new Map<string, FileNote[]>();
  for (const ledger of listLedgers(directory)) {
    readLedger(ledger, {
      note(note) {
        if (typeof note.file !== "string") return;
        const known = notes.get(note.file);
        if (known === undefined) notes.set(note.file, [note as unknown as FileNote]);
        else known.push(note as unknown as FileNote);
      },
      point() {},
    });
  }
  for (const [file, path] of axis.texts!.entries()) {
    const known = notes.get(path) ?? [];
    const now = stateOf(placeOf(path, folder));
    const fitting = now === undefined
      ? known.at(-1)
      : known.findLast(({ size, mtime }) => size === now.size && mtime === now.mtime);
    identities.setContent(file, fitting && wordsOf(fitting.content));
  }
}

/**
 * Refuses a plan none of whose files is there: a name was mistyped. Of several that are, the
 * missing ones are for their points to find out.
 */
export function refuseMissing(plan: Plan, folder: string): void {
  const paths = filesAxis(plan)?.texts ?? [];
  if (paths.length === 0 || !paths.every((path) => isMissing(placeOf(path, folder)))) return;
  const others = paths.length > 1 ? `, nor any other of ${paths.length} files` : "";
  throw new UsageError(
    `Cannot find "${paths[0]}"${others}: nothing has that name, expected the path of a file`,
  );
}

function isMissing(place: string): boolean {
  try {
    Deno.statSync(place);
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}

/** A path as the system needs it. */
export function placeOf(path: string, folder: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

function stateOf(place: string): { size: number; mtime: number } | undefined {
  try {
    const { size, mtime } = Deno.statSync(place);
    return { size, mtime: mtime?.getTime() ?? 0 };
  } catch {
    return undefined;
  }
}

/** Four words from 32 hex digits. */
function wordsOf(hex: string): Uint32Array {
  return Uint32Array.from([0, 8, 16, 24], (at) => parseInt(hex.slice(at, at + 8), 16));
}
