/** How samples are cut into blocks, and blocks shared among streams. */

/** Points of a block, the last one of a job may have fewer: 2^20. */
export const BLOCK_SAMPLES = 2 ** 20;

/** How many blocks so many samples make. */
export function blockCount(samples: number): number {
  return Math.ceil(samples / BLOCK_SAMPLES);
}

/** A contiguous range of blocks. */
export interface BlockRange {
  readonly first: number;
  /** The block after the last. */
  readonly end: number;
}

/**
 * The blocks of one stream: as many as every other, or one more.
 *
 * @throws {RangeError} when there are more streams than blocks
 */
export function blocksOf(samples: number, streams: number, stream: number): BlockRange {
  const blocks = blockCount(samples);
  if (!(streams <= blocks)) {
    throw new RangeError(
      `Cannot make ${streams} streams of ${samples} samples: expected at most ${blocks}, ` +
        "as many as there are blocks of 2^20",
    );
  }
  const each = Math.floor(blocks / streams);
  const longer = blocks % streams;
  const begin = (number: number) => number * each + Math.min(number, longer);
  return { first: begin(stream), end: begin(stream + 1) };
}
