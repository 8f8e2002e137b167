/** Files that appear under their name only when they are whole. */
import { isAbsence } from "./errors.ts";

/** Characters gathered before they are handed to the system, and bytes handed over at once. */
const BUFFER_CHARACTERS = 1 << 16;
const BUFFER_BYTES = 1 << 17;

/** Bytes under a temporary name in the same folder; `finish` syncs and renames. */
export class WholeFile implements Disposable {
  readonly #temporary: string;
  readonly #file: Deno.FsFile;
  #open = true;

  constructor(readonly path: string) {
    this.#temporary = `${path}.${crypto.randomUUID()}.tmp`;
    this.#file = Deno.openSync(this.#temporary, { write: true, createNew: true });
  }

  /** Where that fails, nothing is left behind: whoever made the file may not hold it yet. */
  write(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Puts other bytes in the place of the first ones; nothing is written after that. */
  rewriteStart(bytes: Uint8Array): void {
    this.#file.seekSync(0, Deno.SeekMode.Start);
    this.write(bytes);
  }

  /** Gives the file its name. */
  finish(): void {
    this.#file.syncDataSync();
    Deno.renameSync(this.#temporary, this.path);
    this.#file.close();
    this.#open = false;
  }

  /** Without `finish` nothing is left behind. */
  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    this.#file.close();
    // Its folder may have gone, which would hide why nothing was finished.
    removeIfThere(this.#temporary);
  }
}

/** A text, written like the bytes of a `WholeFile`. */
export class TextFile implements Disposable {
  readonly #file: WholeFile;
  readonly #encoder = new TextEncoder();
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #pending = "";

  constructor(readonly path: string) {
    this.#file = new WholeFile(path);
  }

  write(text: string): void {
    this.#pending += text;
    if (this.#pending.length > BUFFER_CHARACTERS) this.#flush();
  }

  /** Gives the file its name. */
  finish(): void {
    this.#flush();
    this.#file.finish();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  #flush(): void {
    let rest = this.#pending;
    this.#pending = "";
    while (rest !== "") {
      const { read, written } = this.#encoder.encodeInto(rest, this.#buffer);
      this.#file.write(this.#buffer.subarray(0, written));
      rest = rest.slice(read);
    }
  }
}

/** Removes a file; none there is as good. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!isAbsence(error)) throw error;
  }
}

/** Whether a path names anything that can be looked at, be it a link that leads nowhere. */
export function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
