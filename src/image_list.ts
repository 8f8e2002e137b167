/** The images that a command line names: words, options and a list in a file, in this order. */
import { reasonOf, UsageError } from "./errors.ts";
import { expandGlob, inBase, isPattern } from "./glob.ts";
import { isThere } from "./text_file.ts";

/** Images of one command. */
export const MAX_IMAGES = 1e6;
/** More than this is no list of paths. */
const MAX_LIST_BYTES = 256e6;

const STANDARD_INPUT = "-";
const LINE_FEED = 0x0a;
const EXAMPLES = "image files such as photos/*.jpg, --image FILE or --from LIST";

/** What a command line names images by. */
export interface ImageRequest {
  readonly words: readonly string[];
  /** Values of `--image`. */
  readonly options: readonly string[];
  /** A file with paths, `-` for standard input. */
  readonly from: string | undefined;
  /** Whether NUL stands after each path of the list, as `find -print0` writes it. */
  readonly isNulSeparated: boolean;
}

/**
 * The paths as given, repeats among them. Words and options that name nothing but are patterns are
 * expanded in the folder `base`; paths of the list are taken as they are. Whether a file is there
 * is for its point to find out.
 *
 * @throws {UsageError} for no images at all, more than `MAX_IMAGES`, names that are empty or hold
 * NUL, patterns that match nothing, lists that cannot be read
 */
export function listImages(
  request: ImageRequest,
  base: string,
  readStandardInput: () => Uint8Array,
): string[] {
  const images: string[] = [];
  const add = (paths: readonly string[]) => {
    if (images.length + paths.length > MAX_IMAGES) throw tooMany();
    for (const path of paths) images.push(path);
  };
  for (const word of [...request.words, ...request.options]) add(expand(word, base));
  const { from } = request;
  if (from !== undefined) {
    const bytes = from === STANDARD_INPUT ? readStandardInput() : readList(from, base);
    add(readPaths(sourceName(from), bytes, request.isNulSeparated));
  }
  if (images.length === 0) {
    const why = from === undefined ? "none is named" : `"${sourceName(from)}" names none`;
    throw new UsageError(`Cannot find images: ${why}, expected ${EXAMPLES}`);
  }
  return images;
}

/** What a word stands for: itself, or the files that it matches. */
function expand(word: string, base: string): readonly string[] {
  if (word === "") {
    throw new UsageError(`Cannot find image "": the name is empty, expected ${EXAMPLES}`);
  }
  if (word.includes("\0")) {
    throw new UsageError(
      `Cannot find image ${JSON.stringify(word)}: the name holds NUL, expected ${EXAMPLES}`,
    );
  }
  if (!isPattern(word) || isThere(inBase(base, word))) return [word];
  const paths = expandGlob(word, { base, limit: MAX_IMAGES });
  if (paths.length === 0) {
    throw new UsageError(
      `Cannot find images "${word}": nothing matches, expected the path of a file or a pattern ` +
        "that matches some",
    );
  }
  return paths;
}

/** The paths in the bytes of a list. */
function readPaths(source: string, bytes: Uint8Array, isNulSeparated: boolean): string[] {
  if (isNulSeparated) {
    const paths = decode(source, bytes, 0).split("\0");
    if (paths.at(-1) === "") paths.pop();
    if (paths.length > MAX_IMAGES) throw tooMany();
    const empty = paths.indexOf("");
    if (empty >= 0) throw cannotRead(source, `path ${empty + 1} is empty, expected names of files`);
    return paths;
  }
  const lines = decode(source, bytes, LINE_FEED).replace(/^\ufeff/, "").split("\n");
  const paths: string[] = [];
  for (const [i, line] of lines.entries()) {
    const path = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (path.includes("\0")) {
      throw cannotRead(source, `line ${i + 1} holds NUL, expected a path a line`);
    }
    if (path !== "") paths.push(path);
    if (paths.length > MAX_IMAGES) throw tooMany();
  }
  return paths;
}

/** Text of UTF-8; an error tells which path is wrong, counted by the byte that ends each. */
function decode(source: string, bytes: Uint8Array, separator: number): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(bytes);
  } catch (error) {
    const where = separator === LINE_FEED ? "line" : "path";
    const number = firstBad(bytes, separator);
    throw cannotRead(source, `${where} ${number} is not UTF-8, expected text in UTF-8`, error);
  }
}

/** The number of the first piece that is not UTF-8; no character holds the byte of a separator. */
function firstBad(bytes: Uint8Array, separator: number): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let start = 0, number = 1;; number++) {
    const end = bytes.indexOf(separator, start);
    try {
      decoder.decode(bytes.subarray(start, end < 0 ? undefined : end));
    } catch {
      return number;
    }
    if (end < 0) return number;
    start = end + 1;
  }
}

function readList(source: string, base: string): Uint8Array {
  const path = inBase(base, source);
  try {
    const { size } = Deno.statSync(path);
    if (size > MAX_LIST_BYTES) {
      throw new RangeError(`it has ${size} bytes, more than ${MAX_LIST_BYTES}`);
    }
    return Deno.readFileSync(path);
  } catch (error) {
    throw cannotRead(source, `${reasonOf(error)}, expected a file with a path a line`, error);
  }
}

/** Name for people. */
function sourceName(source: string): string {
  return source === STANDARD_INPUT ? "standard input" : source;
}

function tooMany(): UsageError {
  return new UsageError(`Cannot use more than ${MAX_IMAGES} images at once: expected fewer`);
}

function cannotRead(source: string, why: string, cause?: unknown): UsageError {
  return new UsageError(`Cannot read "${source}": ${why}`, { cause });
}
