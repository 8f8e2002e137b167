/** Series files: written under a temporary name, checksummed on the way, renamed when whole. */
import * as checksum from "../wasm/checksum/kernel.wasm";

/** What became of a series. */
export interface Written {
  readonly bytes: number;
  /** XXH64 in hex. */
  readonly checksum: string;
}

/** Writes the series of one worker's points, one at a time, all below one directory. */
export class SeriesWriter {
  readonly #directory: string;
  /** The directory without links, known when it is there. */
  #root: string | undefined;
  readonly #input: Uint8Array;
  readonly #known = new Set<string>();
  /** Bytes that wait at the start of the input for their stripe. */
  #held = 0;

  /** The directory need not be there yet. */
  constructor(directory: string) {
    this.#directory = directory;
    const { memory, inputAddress, inputBytes } = checksum;
    this.#input = new Uint8Array(memory.buffer, inputAddress, inputBytes);
  }

  /**
   * Begins the series `name`, a path below the directory. `suffix` tells the temporary files of
   * this rank, attempt and worker from all others.
   */
  begin(name: string, suffix: string): SeriesFile {
    const root = this.#root ??= Deno.realPathSync(this.#directory);
    // The template was checked: a name is a plain path, with nothing to normalise.
    const folder = name.slice(0, Math.max(0, name.lastIndexOf("/")));
    if (!this.#known.has(folder)) this.#makeFolder(root, folder);
    const path = `${root}/${name}`;
    const temporary = `${path}.${suffix}.tmp`;
    checksum.start();
    this.#held = 0;
    return new SeriesFile(path, temporary, this);
  }

  /** Takes bytes into the checksum. */
  update(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + this.#input.length - this.#held);
      this.#input.set(piece, this.#held);
      this.#held = checksum.update(piece.length);
      at += piece.length;
    }
  }

  finish(): string {
    return BigInt.asUintN(64, checksum.finish()).toString(16).padStart(16, "0");
  }

  /** Makes a folder below the directory, and refuses one that a symbolic link leads out of. */
  #makeFolder(root: string, folder: string): void {
    let path = root;
    for (const part of folder.split("/").filter((part) => part !== "")) {
      path += `/${part}`;
      try {
        Deno.mkdirSync(path);
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      }
      const found = Deno.lstatSync(path);
      if (!found.isDirectory) {
        const what = found.isSymlink ? `a link to "${Deno.readLinkSync(path)}"` : "a file";
        throw new Error(`Cannot write to "${path}": it is ${what}, expected a folder`);
      }
    }
    this.#known.add(folder);
  }
}

/** One series on its way. */
export class SeriesFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #writer: SeriesWriter;
  readonly #file: Deno.FsFile;
  #bytes = 0;

  constructor(path: string, temporary: string, writer: SeriesWriter) {
    this.#path = path;
    this.#temporary = temporary;
    this.#writer = writer;
    this.#file = Deno.openSync(temporary, { write: true, createNew: true });
  }

  append(bytes: Uint8Array): void {
    this.#writer.update(bytes);
    for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
    this.#bytes += bytes.length;
  }

  /** Gives the file its name. */
  finish(): Written {
    this.#file.close();
    Deno.renameSync(this.#temporary, this.#path);
    return { bytes: this.#bytes, checksum: this.#writer.finish() };
  }

  /** Leaves nothing behind. */
  abandon(): void {
    this.#file.close();
    Deno.removeSync(this.#temporary);
  }
}
