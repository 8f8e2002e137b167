/**
 * Rows of neighbouring points, held as the bytes of their ledger lines. As texts they would outlive
 * the young heap, and a merge of ten million points would grow by a hundred megabytes of garbage.
 */

/** Bytes at first for each row. */
const BYTES_A_ROW = 64;

/** Room for so many rows, used again and again. */
export class RowWindow {
  readonly #starts: Float64Array;
  /** Bytes of each row; −1 for none. */
  readonly #lengths: Int32Array;
  readonly #decoder = new TextDecoder();
  #bytes: Uint8Array;
  #filled = 0;
  /** Rows of points that had one. */
  repeated = 0;
  /** Of these, rows that differ from the first. */
  conflicting = 0;

  constructor(size: number) {
    this.#starts = new Float64Array(size);
    this.#lengths = new Int32Array(size);
    this.#bytes = new Uint8Array(size * BYTES_A_ROW);
    this.clear();
  }

  clear(): void {
    this.#lengths.fill(-1);
    this.#filled = 0;
    this.repeated = 0;
    this.conflicting = 0;
  }

  /** Takes the row in the bytes `start`…`end` − 1; the first one of a place stands. */
  add(place: number, bytes: Uint8Array, { start, end }: { start: number; end: number }): void {
    const length = this.#lengths[place]!;
    if (length >= 0) {
      this.repeated++;
      if (!this.#isEqual(place, bytes, start, end)) this.conflicting++;
      return;
    }
    if (this.#filled + end - start > this.#bytes.length) {
      const larger = new Uint8Array(2 * (this.#filled + end - start));
      larger.set(this.#bytes.subarray(0, this.#filled));
      this.#bytes = larger;
    }
    for (let i = start; i < end; i++) this.#bytes[this.#filled + i - start] = bytes[i]!;
    this.#starts[place] = this.#filled;
    this.#lengths[place] = end - start;
    this.#filled += end - start;
  }

  /** The row at a place as the cells of a CSV file; undefined for none. */
  row(place: number): string | undefined {
    const length = this.#lengths[place]!;
    if (length < 0) return undefined;
    const start = this.#starts[place]!;
    const row = this.#decoder.decode(this.#bytes.subarray(start, start + length));
    // Missing numbers are empty, and infinities need no quotes.
    return row.includes("n") ? row.replaceAll("null", "").replaceAll('"', "") : row;
  }

  #isEqual(place: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#lengths[place] !== end - start) return false;
    const before = this.#starts[place]!;
    for (let i = start; i < end; i++) {
      if (this.#bytes[before + i - start] !== bytes[i]) return false;
    }
    return true;
  }
}
