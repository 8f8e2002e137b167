/** Reads the picture files of points in a worker. */
import type { Picture } from "../wasm/kernel.ts";
import { messageOf, reasonOf } from "./errors.ts";
import { placeOf } from "./files.ts";
import { idText } from "./id.ts";

/** Longer files are no pictures of this world. */
const MAX_FILE_BYTES = 1 << 30;
/** Bytes of the hash that are kept. */
const HASH_BYTES = 16;

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
      const hash = new Uint32Array(digest.slice(0, HASH_BYTES).buffer);
      tell({ file: path, ...state, content: idText(hash) }, hash);
      const { decodeImage } = await import("./image/decode.ts");
      this.#held = await decodeImage(bytes, { grey });
    } catch (error) {
      this.#held = new Error(`Cannot read "${path}": ${whyNot(error)}`, { cause: error });
    }
  }
}

function readWhole(place: string) {
  const { isFile, isDirectory } = Deno.statSync(place);
  if (isDirectory) throw new Error("it is a folder, expected an image");
  // To open a pipe would wait for whoever writes to it.
  if (!isFile) throw new Error("it is a pipe or a device, expected a file with an image");
  using file = Deno.openSync(place, { read: true });
  const { size, mtime } = file.statSync();
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

/** The system's reason in words, or what the decoder says. */
function whyNot(error: unknown): string {
  const isSystem = Object.values(Deno.errors).some((kind) => error instanceof kind);
  return isSystem ? reasonOf(error) : messageOf(error);
}
