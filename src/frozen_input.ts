/** Files and standard input that a plan is made from: read once, kept in the run directory. */
import { isAbsolute } from "@std/path/posix/is-absolute";
import { join } from "@std/path/posix/join";
import { reasonOf, UsageError } from "./errors.ts";
import type { ReadInput } from "./input.ts";
import { TextFile } from "./text_file.ts";

/** The folder of frozen inputs in a run directory. */
const FOLDER = "inputs";
/** More than this is no list of values. */
const MAX_BYTES = 256e6;
const STANDARD_INPUT = "-";

/** Where inputs are looked for. */
export interface InputPlaces {
  /** The user's working directory. */
  readonly base: string;
  /** The run directory, when it was named: it holds what the first start read. */
  readonly directory: string | undefined;
}

/** Reads inputs and remembers what it read. */
export class Inputs {
  readonly #places: InputPlaces;
  readonly #texts = new Map<string, string>();
  /** Lines for the user about inputs that came from the run directory. */
  readonly notices: string[] = [];

  constructor(places: InputPlaces) {
    this.#places = places;
  }

  /** The text of a path or of standard input; of the frozen copy when that is gone. */
  readonly read: ReadInput = (source) => {
    const known = this.#texts.get(source);
    if (known !== undefined) return known;
    const text = this.#readFrom(source);
    this.#texts.set(source, text);
    return text;
  };

  #readFrom(source: string): string {
    try {
      return source === STANDARD_INPUT ? readStandardInput() : this.#readFile(source);
    } catch (error) {
      const frozen = this.#readFrozen(source);
      if (frozen === undefined) throw error;
      this.notices.push(`@${source}: taken from ${FOLDER}/${frozenName(source)}`);
      return frozen;
    }
  }

  #readFile(source: string): string {
    const path = isAbsolute(source) ? source : join(this.#places.base, source);
    try {
      using file = Deno.openSync(path, { read: true });
      return readAll(file);
    } catch (error) {
      throw new UsageError(
        `Cannot read "${source}": ${reasonOf(error)}, expected a file with a value a line`,
        { cause: error },
      );
    }
  }

  #readFrozen(source: string): string | undefined {
    const { directory } = this.#places;
    return directory === undefined ? undefined : readFrozen(directory, source);
  }

  /**
   * Keeps what was read, so that going on needs neither files nor standard input; what is there
   * already stays as it is.
   */
  freeze(directory: string): void {
    for (const [source, text] of this.#texts) {
      if (readFrozen(directory, source) === text) continue;
      const folder = join(directory, FOLDER);
      Deno.mkdirSync(folder, { recursive: true });
      using file = new TextFile(join(folder, frozenName(source)));
      file.write(text);
      file.finish();
    }
  }
}

/** The copy of a source in a run directory; undefined when there is none. */
function readFrozen(directory: string, source: string): string | undefined {
  try {
    return Deno.readTextFileSync(join(directory, FOLDER, frozenName(source)));
  } catch {
    return undefined;
  }
}

/** A file name for any source: `-` is standard input, the rest is as in a URL. */
function frozenName(source: string): string {
  return source === STANDARD_INPUT ? "standard-input" : encodeURIComponent(source).slice(-200);
}

function readStandardInput(): string {
  if (Deno.stdin.isTerminal()) {
    throw new UsageError(
      "Cannot read standard input: it is a terminal, expected values, one a line, through a pipe",
    );
  }
  let text: string;
  try {
    text = readAll(Deno.stdin);
  } catch (error) {
    throw new UsageError(`Cannot read standard input: ${reasonOf(error)}`, { cause: error });
  }
  if (text.trim() === "") {
    throw new UsageError("Cannot read standard input: it is empty, expected values, one a line");
  }
  return text;
}

/** A text to its end, which a device does not have. */
function readAll(file: { readSync(buffer: Uint8Array): number | null }): string {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(1 << 16);
  let text = "";
  for (let length = file.readSync(buffer); length !== null; length = file.readSync(buffer)) {
    text += decoder.decode(buffer.subarray(0, length), { stream: true });
    if (text.length > MAX_BYTES) throw new Error(`it has more than ${MAX_BYTES / 1e6} MB`);
  }
  return text + decoder.decode();
}
