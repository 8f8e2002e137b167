/** The files of a plan: what they hold, and whether finished rows were made from that. */
import { isAbsolute } from "@std/path/posix/is-absolute";
import { join } from "@std/path/posix/join";
import type { Picture } from "../wasm/kernel.ts";
import { messageOf, reasonOf } from "./errors.ts";
import { idText } from "./id.ts";
import { listLedgers, readLedger } from "./ledger.ts";
import { filesAxis } from "./plan.ts";
import type { Run } from "./run_ledgers.ts";

/** A ledger's note about a file that was read: 128 bits of the SHA-256 of what it held. */
interface FileNote {
  readonly file: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtime: number;
  readonly content: string;
}

/** Longer files are no pictures of this world. */
const MAX_FILE_BYTES = 1 << 30;
/** Digits of the hash that is kept. */
const HASH_DIGITS = 32;

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

/** What a worker read last; the next point most often needs the same. */
export class PictureReader {
  readonly #paths: readonly string[];
  readonly #folder: string;
  #read: { readonly file: number; readonly grey: string } = { file: -1, grey: "" };
  #held: Picture | Error = new Error("no file was read");

  constructor(paths: readonly string[], folder: string) {
    this.#paths = paths;
    this.#folder = folder;
  }

  /** The picture of the file that was loaded, or why there is none. */
  get picture(): Picture | Error {
    return this.#held;
  }

  /**
   * Reads and decodes a file, unless it is held already; `tell` gets the note for the ledger
   * and the hash of its content.
   */
  async load(
    file: number,
    grey: "luma" | "average",
    tell: (note: Record<string, unknown>, hash: Uint32Array) => void,
  ): Promise<void> {
    if (this.#read.file === file && this.#read.grey === grey) return;
    this.#read = { file, grey };
    // The one before makes room first.
    this.#held = new Error("no file was read");
    const path = this.#paths[file]!;
    try {
      const { bytes, state } = readWhole(placeOf(path, this.#folder));
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      const hash = new Uint32Array(digest.slice(0, HASH_DIGITS / 2).buffer);
      tell({ file: path, ...state, content: idText(hash) }, hash);
      const { decodeImage } = await import("./image/decode.ts");
      this.#held = await decodeImage(bytes, { grey });
    } catch (error) {
      this.#held = new Error(`Cannot read "${path}": ${whyNot(error)}`, { cause: error });
    }
  }
}

/** A path as the system needs it. */
export function placeOf(path: string, folder: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

function readWhole(place: string) {
  using file = Deno.openSync(place, { read: true });
  const { size, mtime, isDirectory } = file.statSync();
  if (isDirectory) throw new Error("it is a folder, expected an image");
  if (size > MAX_FILE_BYTES) {
    throw new RangeError(`it has ${size} bytes, expected at most ${MAX_FILE_BYTES}`);
  }
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const read = file.readSync(bytes.subarray(length));
    if (read === null) break;
    length += read;
  }
  return { bytes: bytes.subarray(0, length), state: { size, mtime: mtime?.getTime() ?? 0 } };
}

function stateOf(place: string): { size: number; mtime: number } | undefined {
  try {
    const { size, mtime } = Deno.statSync(place);
    return { size, mtime: mtime?.getTime() ?? 0 };
  } catch {
    return undefined;
  }
}

/** The system's reason in words, or what the decoder says. */
function whyNot(error: unknown): string {
  const isSystem = Object.values(Deno.errors).some((kind) => error instanceof kind);
  return isSystem ? reasonOf(error) : messageOf(error);
}

/** Four words from 32 hex digits. */
function wordsOf(hex: string): Uint32Array {
  return Uint32Array.from([0, 8, 16, 24], (at) => parseInt(hex.slice(at, at + 8), 16));
}
