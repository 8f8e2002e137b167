/** A bit a point: which are done, in an eighth of a byte each. */

/** A set of indices 0…size − 1. */
export class Bitmap {
  readonly #bytes: Uint8Array;
  #count = 0;

  /** Empty, or with the bits of another set's `bytes`. */
  constructor(readonly size: number, bytes?: Uint8Array) {
    this.#bytes = bytes ?? new Uint8Array(Math.ceil(size / 8));
    if (this.#bytes.length !== Math.ceil(size / 8)) {
      throw new RangeError(`Cannot read a set of ${size} from ${this.#bytes.length} bytes`);
    }
    if (bytes !== undefined) this.#count = countBits(bytes);
  }

  /** A bit an index, the lowest first: to be read only. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** How many indices are in it. */
  get count(): number {
    return this.#count;
  }

  has(index: number): boolean {
    return (this.#bytes[Math.floor(index / 8)]! >> (index % 8) & 1) === 1;
  }

  /** Adds an index; false when it was there. */
  add(index: number): boolean {
    if (this.has(index)) return false;
    this.#bytes[Math.floor(index / 8)]! |= 1 << (index % 8);
    this.#count++;
    return true;
  }

  /** A set with the indices of both. */
  with(other: Bitmap): Bitmap {
    const both = new Bitmap(this.size);
    for (const [i, byte] of this.#bytes.entries()) {
      const joined = byte | other.#bytes[i]!;
      both.#bytes[i] = joined;
      for (let bits = joined; bits !== 0; bits &= bits - 1) both.#count++;
    }
    return both;
  }

  /** The first index from `from` on that is not in it; `size` when there is none. */
  nextMissing(from: number): number {
    let index = from;
    while (index < this.size) {
      if (index % 8 === 0 && this.#bytes[index / 8] === 255) index += 8;
      else if (this.has(index)) index++;
      else return index;
    }
    return this.size;
  }

  /** The last index before `from` that is not in it; −1 when there is none. */
  previousMissing(from: number): number {
    let index = from - 1;
    while (index >= 0) {
      if (index % 8 === 7 && this.#bytes[(index - 7) / 8] === 255) index -= 8;
      else if (this.has(index)) index--;
      else return index;
    }
    return -1;
  }
}

function countBits(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) for (let bits = byte; bits !== 0; bits &= bits - 1) count++;
  return count;
}
