/** A bit a point: which are done, in an eighth of a byte each. */

/** A set of indices 0…size − 1. */
export class Bitmap {
  readonly #bytes: Uint8Array;
  #count = 0;

  constructor(readonly size: number) {
    this.#bytes = new Uint8Array(Math.ceil(size / 8));
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
}
