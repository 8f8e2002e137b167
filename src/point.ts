/** A point's identity: what it is, not where it stands in a grid. */
import { murmur3 } from "./murmur.ts";
import type { Plan } from "./plan.ts";

/** What makes the ids and streams of a plan's points, without allocating. */
export interface Identities {
  /**
   * The 128-bit id of the point with these values, as four u32: MurmurHash3 over the f64 bits of
   * all parameters in the kernel's order, of a file over a hash of its path. A view, valid until
   * the next call.
   */
  id(values: Float64Array): Uint32Array;
  /**
   * As `id`, with the content of its file in place of the path; undefined while that is not known.
   */
  contentId(values: Float64Array): Uint32Array | undefined;
  /**
   * What the row of the point with these values stands under, and what its random numbers come
   * from: its content's id where that is known, else `id`, which it may take the place of.
   */
  rowId(values: Float64Array, id: Uint32Array): Uint32Array;
  /** Says what the file of a number holds: 128 bits of a hash, undefined for not known. */
  setContent(file: number, hash: Uint32Array | undefined): void;
  /** The 128-bit key of the stream of (seed, id). A view, valid until the next call. */
  key(id: Uint32Array): Uint32Array;
  /** The 128-bit hash of (seed, kernel, version). */
  readonly seedKey: Uint32Array;
}

/** What a plan's hashes start from: 128 bits of SHA-256 each. */
export interface Salts {
  readonly point: Uint32Array;
  readonly stream: Uint32Array;
  readonly seed: Uint32Array;
}

type Identified = Pick<Plan, "kernel" | "version" | "parameters" | "seed"> & {
  readonly axes?: Plan["axes"];
};

/** SHA-256, once a plan, over everything about its points that is no number. */
export async function makeSalts({ kernel, version, parameters }: Identified): Promise<Salts> {
  const [point, stream, seed] = await Promise.all([
    salt(["point", kernel, String(version), ...parameters]),
    salt(["stream"]),
    salt(["seed", kernel, String(version)]),
  ]);
  return { point, stream, seed };
}

/** The identities of a plan's points: MurmurHash3 for each point. */
export function makeIdentities(plan: Identified, salts: Salts): Identities {
  const values = new Float64Array(plan.parameters.length);
  const valueWords = new Uint32Array(values.buffer);
  const idWords = new Uint32Array(4);
  const keyInput = new Uint32Array(6);
  const keyWords = new Uint32Array(4);
  const seedWords = new Uint32Array([plan.seed, Math.floor(plan.seed / 2 ** 32)]);
  const seedKey = new Uint32Array(4);
  murmur3(seedWords, 8, salts.seed, seedKey);
  keyInput.set(seedWords, 4);
  const files = filesOf(plan, salts);
  /** Hashes values, of a file two words of `hashes` in place of its number. */
  const hash = (point: Float64Array, hashes: Uint32Array | undefined) => {
    // Adding 0 makes −0 into 0.
    for (let i = 0; i < values.length; i++) values[i] = point[i]! + 0;
    if (hashes !== undefined) {
      const file = point[files!.slot]!;
      valueWords[2 * files!.slot] = hashes[2 * file]!;
      valueWords[2 * files!.slot + 1] = hashes[2 * file + 1]!;
    }
    murmur3(valueWords, valueWords.length * 4, salts.point, idWords);
    return idWords;
  };
  const contentId = (point: Float64Array) => {
    if (files === undefined) return hash(point, undefined);
    return files.isKnown[point[files.slot]!] === 1 ? hash(point, files.contents) : undefined;
  };
  return {
    id: (point) => hash(point, files?.paths),
    contentId,
    rowId: (point, id) => files === undefined ? id : contentId(point) ?? id,
    setContent(file, content) {
      if (content !== undefined) files!.contents.set(content.subarray(0, 2), 2 * file);
      files!.isKnown[file] = content === undefined ? 0 : 1;
    },
    key(id) {
      keyInput.set(id);
      murmur3(keyInput, 24, salts.stream, keyWords);
      return keyWords;
    },
    seedKey,
  };
}

/** Hashes of the files of a plan, two words each: of their paths, and of what they hold. */
function filesOf({ axes = [], parameters }: Identified, salts: Salts) {
  const axis = axes.find(({ texts }) => texts !== undefined);
  if (axis === undefined) return undefined;
  const paths = new Uint32Array(2 * axis.texts!.length);
  const pathHash = new Uint32Array(4);
  for (const [file, path] of axis.texts!.entries()) {
    const bytes = new TextEncoder().encode(path.normalize("NFC"));
    const words = new Uint32Array(4 * Math.ceil(bytes.length / 16));
    new Uint8Array(words.buffer).set(bytes);
    murmur3(words, bytes.length, salts.point, pathHash);
    paths.set(pathHash.subarray(0, 2), 2 * file);
  }
  return {
    slot: parameters.indexOf(axis.name),
    paths,
    contents: new Uint32Array(paths.length),
    isKnown: new Uint8Array(axis.texts!.length),
  };
}

/** The first 128 bits of SHA-256 over texts in normal form, as four little-endian u32. */
async function salt(texts: readonly string[]): Promise<Uint32Array> {
  const bytes = new TextEncoder().encode(texts.map((text) => text.normalize("NFC")).join("\0"));
  const digest = new DataView(await crypto.subtle.digest("SHA-256", bytes));
  return Uint32Array.from([0, 4, 8, 12], (offset) => digest.getUint32(offset, true));
}
