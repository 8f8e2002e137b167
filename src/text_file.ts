/** A text file that appears under its name only when it is whole. */

/** Characters gathered before they are handed to the system, and bytes handed over at once. */
const BUFFER_CHARACTERS = 1 << 16;
const BUFFER_BYTES = 1 << 17;

/** Writes to a temporary name in the same folder; `finish` syncs and renames. */
export class TextFile implements Disposable {
  readonly #temporary: string;
  readonly #file: Deno.FsFile;
  readonly #encoder = new TextEncoder();
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #pending = "";
  #open = true;

  constructor(readonly path: string) {
    this.#temporary = `${path}.${crypto.randomUUID()}.tmp`;
    this.#file = Deno.openSync(this.#temporary, { write: true, createNew: true });
  }

  write(text: string): void {
    this.#pending += text;
    if (this.#pending.length > BUFFER_CHARACTERS) this.#flush();
  }

  /** Gives the file its name. */
  finish(): void {
    this.#flush();
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
    Deno.removeSync(this.#temporary);
  }

  #flush(): void {
    let rest = this.#pending;
    this.#pending = "";
    while (rest !== "") {
      const { read, written } = this.#encoder.encodeInto(rest, this.#buffer);
      for (let at = 0; at < written;) {
        at += this.#file.writeSync(this.#buffer.subarray(at, written));
      }
      rest = rest.slice(read);
    }
  }
}

/** Removes a file; none there is as good. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
