/** Series files: written under a temporary name, checksummed on the way, renamed when whole. */
import * as checksum from "../wasm/checksum/kernel.wasm";
import { reasonOf } from "./errors.ts";
import { removeIfThere } from "./text_file.ts";

/** What became of a series. */
export interface Written {
  readonly bytes: number;
  /** XXH64 in hex. */
  readonly checksum: string;
}

/** Writes the series of one worker's points, one at a time, all below one directory. */
export class SeriesWriter {
  readonly #directory: string | null;
  /** The directory without links, known when it is there. */
  #root: string | undefined;
  readonly #input: Uint8Array;
  readonly #known = new Set<string>();
  /** Bytes that wait at the start of the input for their stripe. */
  #held = 0;

  /** The directory need not be there yet; without one, series are checksummed and forgotten. */
  constructor(directory: string | null) {
    this.#directory = directory;
    const { memory, inputAddress, inputBytes } = checksum;
    this.#input = new Uint8Array(memory.buffer, inputAddress, inputBytes);
  }

  /**
   * Begins the series `name`, a path below the directory. `suffix` tells the temporary files of
   * this rank, attempt and worker from all others.
   */
  begin(name: string, suffix: string): SeriesFile {
    this.start();
    if (this.#directory === null) return new SeriesFile(undefined, this);
    const root = this.#root ??= Deno.realPathSync(this.#directory);
    // The template was checked: a name is a plain path, with nothing to normalise.
    const folder = name.slice(0, Math.max(0, name.lastIndexOf("/")));
    if (!this.#known.has(folder)) this.#makeFolder(root, folder);
    const path = `${root}/${name}`;
    return new SeriesFile({ path, temporary: `${path}.${suffix}.tmp` }, this);
  }

  /** Begins a checksum. */
  start(): void {
    checksum.start();
    this.#held = 0;
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
      const found = lstat(path);
      if (found === undefined) {
        throw new Error(`Cannot write to "${path}": it is gone, expected the folder made before`);
      }
      if (!found.isDirectory) {
        const what = found.isSymlink ? `a link to "${Deno.readLinkSync(path)}"` : "a file";
        throw new Error(`Cannot write to "${path}": it is ${what}, expected a folder`);
      }
    }
    this.#known.add(folder);
  }
}

/** What is at a path; undefined for nothing. */
function lstat(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Refuses a folder that was there and is gone, or has a link on its way by now: the permission to
 * write would not stop at a link.
 */
function refuseMoved(folder: string): void {
  let real: string;
  try {
    real = Deno.realPathSync(folder);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "it is gone" : reasonOf(error);
    throw new Error(`Cannot write to "${folder}": ${why}, expected the folder made at the start`, {
      cause: error,
    });
  }
  if (real === folder) return;
  throw new Error(
    `Cannot write to "${folder}": it is a link to "${real}" now, expected the folder made at the ` +
      "start",
  );
}

/** Creates the file of a series, or says what happened to its folder meanwhile. */
function create({ path, temporary }: Names): Deno.FsFile {
  const folder = path.slice(0, path.lastIndexOf("/"));
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(temporary, { write: true, createNew: true });
  } catch (error) {
    refuseMoved(folder);
    throw error;
  }
  try {
    // Once it is open it is where it is, whatever becomes of its folder.
    refuseMoved(folder);
  } catch (error) {
    // What was made behind a link goes, empty as it is; in a folder that was moved it stays.
    file.close();
    removeIfThere(temporary);
    throw error;
  }
  return file;
}

/** Gives a series its name, or says what happened to its folder meanwhile. */
function rename({ path, temporary }: Names): void {
  try {
    Deno.renameSync(temporary, path);
  } catch (error) {
    refuseMoved(path.slice(0, path.lastIndexOf("/")));
    removeIfThere(temporary);
    throw error;
  }
}

/** The name of a series, and the one that it has on its way. */
interface Names {
  readonly path: string;
  readonly temporary: string;
}

/** One series on its way; without names it is only checksummed. */
export class SeriesFile {
  readonly #names: Names | undefined;
  readonly #writer: SeriesWriter;
  readonly #file: Deno.FsFile | undefined;
  #bytes = 0;

  constructor(names: Names | undefined, writer: SeriesWriter) {
    this.#names = names;
    this.#writer = writer;
    this.#file = names && create(names);
  }

  append(bytes: Uint8Array): void {
    this.#writer.update(bytes);
    this.#bytes += bytes.length;
    if (this.#file === undefined) return;
    for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
  }

  /** Gives the file its name. */
  finish(): Written {
    this.#file?.close();
    if (this.#names !== undefined) rename(this.#names);
    return { bytes: this.#bytes, checksum: this.#writer.finish() };
  }

  /** Leaves nothing behind. */
  abandon(): void {
    this.#file?.close();
    if (this.#names !== undefined) removeIfThere(this.#names.temporary);
  }
}
