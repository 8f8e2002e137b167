/** The lists of a map, read side by side and no further than asked. */

/** What a map takes its arguments from. */
export type List<T> = Iterable<T> | AsyncIterable<T>;

/** Arguments of tasks that follow one another: a column a list. */
export interface Rows {
  readonly columns: readonly ArrayLike<unknown>[];
  readonly count: number;
}

/** Reads lists; all must be equally long. */
export interface Lists {
  /** How many tasks there are, when that can be known. */
  readonly size: number | undefined;
  /** Nothing is left. */
  readonly isExhausted: boolean;
  /**
   * At most so many of the next rows; undefined when none are there now.
   *
   * @throws {RangeError} when one list ends before another
   */
  take(most: number): Rows | undefined;
  /** Tells the lists that no more is wanted. */
  end(): void;
}

/** Rows that are read ahead of asynchronous lists at most. */
const MAX_READ_AHEAD = 1024;

/** How to read asynchronous lists. */
export interface ReadAhead {
  /** How many more rows are wanted now. */
  readonly room: () => number;
  /** Rows have come, or an error. */
  readonly onChange: () => void;
}

/** What reads some lists. */
export function readLists(lists: readonly unknown[], ahead: ReadAhead): Lists {
  for (const [i, list] of lists.entries()) {
    if (!isList(list)) {
      throw new TypeError(
        `Cannot map over argument ${i + 1}: it is ${describe(list)}, expected a list of values`,
      );
    }
  }
  if (lists.every(isIndexed)) return new IndexedLists(lists);
  if (lists.some((list) => !(Symbol.iterator in Object(list)))) {
    return new AsyncLists(lists as List<unknown>[], ahead);
  }
  return new SyncLists(lists as Iterable<unknown>[]);
}

/** Whether a value can be read as a list. */
export function isList(value: unknown): value is List<unknown> {
  return value !== null && value !== undefined &&
    (Symbol.iterator in Object(value) || Symbol.asyncIterator in Object(value));
}

type Indexed = readonly unknown[] | Float64Array;

function isIndexed(list: unknown): list is Indexed {
  return Array.isArray(list) || ArrayBuffer.isView(list) && !(list instanceof DataView);
}

/** Arrays: they need not be walked. */
class IndexedLists implements Lists {
  readonly #lists: readonly Indexed[];
  readonly size: number;
  #next = 0;

  constructor(lists: readonly Indexed[]) {
    this.#lists = lists;
    this.size = lists[0]!.length;
    const other = lists.find(({ length }) => length !== this.size);
    if (other !== undefined) {
      throw new RangeError(
        `Cannot map over lists of ${lists.map(({ length }) => length).join(", ")} values: ` +
          "expected as many in each",
      );
    }
  }

  get isExhausted(): boolean {
    return this.#next >= this.size;
  }

  take(most: number): Rows | undefined {
    const first = this.#next;
    const count = Math.min(most, this.size - first);
    if (count <= 0) return undefined;
    this.#next += count;
    return { columns: this.#lists.map((list) => list.slice(first, first + count)), count };
  }

  end(): void {}
}

/** Iterables. */
class SyncLists implements Lists {
  readonly #iterators: readonly Iterator<unknown>[];
  readonly size: number | undefined;
  isExhausted = false;
  #count = 0;
  #isReading = false;
  #isEnded = false;

  constructor(lists: readonly Iterable<unknown>[]) {
    this.#iterators = lists.map((list) => list[Symbol.iterator]());
    this.size = Math.min(...lists.map(sizeOf));
    if (this.size === Infinity) this.size = undefined;
  }

  take(most: number): Rows | undefined {
    if (this.isExhausted) return undefined;
    const columns: unknown[][] = this.#iterators.map(() => []);
    let count = 0;
    this.#isReading = true;
    try {
      // A list may end the map while it is read.
      for (; count < most && !this.isExhausted; count++) {
        const steps = this.#iterators.map((iterator) => iterator.next());
        if (isEnd(steps, this.#count + count)) {
          this.isExhausted = true;
          break;
        }
        for (let i = 0; i < steps.length; i++) columns[i]!.push(steps[i]!.value);
      }
    } catch (error) {
      this.end();
      throw error;
    } finally {
      this.#isReading = false;
      if (this.#isEnded) this.#close();
    }
    this.#count += count;
    return count === 0 ? undefined : { columns, count };
  }

  end(): void {
    if (this.isExhausted) return;
    this.isExhausted = true;
    this.#isEnded = true;
    if (!this.#isReading) this.#close();
  }

  #close(): void {
    for (const iterator of this.#iterators) {
      try {
        iterator.return?.();
      } catch {
        // How the map ends is decided; a list that does not end well changes nothing.
      }
    }
  }
}

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

/** Lists of which some are asynchronous: read ahead into columns, but not far. */
class AsyncLists implements Lists {
  readonly #iterators: readonly AnyIterator[];
  readonly #ahead: ReadAhead;
  readonly size = undefined;
  #columns: unknown[][];
  #count = 0;
  #isReading = false;
  #isEnded = false;
  #error: { readonly error: unknown } | undefined;

  constructor(lists: readonly List<unknown>[], ahead: ReadAhead) {
    this.#iterators = lists.map((list) =>
      Symbol.asyncIterator in list ? list[Symbol.asyncIterator]() : list[Symbol.iterator]()
    );
    this.#ahead = ahead;
    this.#columns = lists.map(() => []);
  }

  get isExhausted(): boolean {
    return this.#isEnded && this.#columns[0]!.length === 0 && this.#error === undefined;
  }

  take(most: number): Rows | undefined {
    const there = this.#columns[0]!.length;
    if (there === 0 && this.#error !== undefined) throw this.#error.error;
    const count = Math.min(most, there);
    const columns = this.#columns.map((column) => column.slice(0, count));
    this.#columns = this.#columns.map((column) => column.slice(count));
    if (!this.#isReading && !this.#isEnded) this.#read();
    return count === 0 ? undefined : { columns, count };
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    // A list that does not end well is of no interest any more: nobody waits for it.
    for (const iterator of this.#iterators) {
      Promise.resolve(iterator.return?.()).catch(() => {});
    }
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      while (
        !this.#isEnded && this.#columns[0]!.length < Math.min(MAX_READ_AHEAD, this.#ahead.room())
      ) {
        const steps = await Promise.all(this.#iterators.map((iterator) => iterator.next()));
        if (isEnd(steps, this.#count)) this.#isEnded = true;
        else {
          this.#count++;
          for (let i = 0; i < steps.length; i++) this.#columns[i]!.push(steps[i]!.value);
        }
        this.#ahead.onChange();
      }
    } catch (error) {
      this.end();
      this.#error = { error };
      this.#ahead.onChange();
    }
    this.#isReading = false;
  }
}

/** Whether all lists have ended after `count` rows. */
function isEnd(steps: readonly IteratorResult<unknown>[], count: number): boolean {
  const ended = steps.findIndex(({ done }) => done === true);
  if (ended < 0) return false;
  const longer = steps.findIndex(({ done }) => done !== true);
  if (longer < 0) return true;
  throw new RangeError(
    `Cannot map over lists of unequal length: list ${ended + 1} ends after ${count} values, ` +
      `list ${longer + 1} does not`,
  );
}

function sizeOf(list: Iterable<unknown>): number {
  if (isIndexed(list)) return list.length;
  return list instanceof Set || list instanceof Map ? list.size : Infinity;
}

function describe(value: unknown): string {
  return value === null || typeof value !== "object" ? String(value) : "an object";
}
