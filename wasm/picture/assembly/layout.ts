/**
 * Where things lie in this module's memory. It never grows: JavaScript brings pictures of any size
 * piece by piece, and takes away what was made of each.
 */

/** Bytes that share one set of codes. */
export const BLOCK_BYTES: u32 = 65536;
/** Pixels of four bytes that are taken in one call. */
export const CHUNK_PIXELS: u32 = 16384;

/** u32[16][256] of the CRC-32. */
export const CRC_TABLES: usize = 0x4000;
/** u32[4][288]: how often each symbol comes, in four parts to be added up. */
export const COUNTS: usize = 0x8000;
export const COUNTS_BYTES: usize = 0x480;
/** u32[19]: how often each length of a code comes. */
export const LENGTH_COUNTS: usize = 0x9200;
/** u8[287] and u16[286]: codes of literals and runs; behind the lengths that of the distance. */
export const LENGTHS: usize = 0x9300;
export const CODES: usize = 0x9500;
/** u8[19] and u16[19]: the same of the codes for lengths. */
export const LENGTH_LENGTHS: usize = 0x9800;
export const LENGTH_CODES: usize = 0x9840;
/** u32[16]: how many codes have each length; the code that comes next of each. */
export const PER_LENGTH: usize = 0x9900;
export const NEXT_CODE: usize = 0x9980;
/** u32[256 + 259]: what a literal or a run becomes, its size in the top byte. */
export const PIECES: usize = 0xa000;
/** u16[259], u8[259], u8[259]: symbol, extra bits and their value of each run length. */
export const RUN_SYMBOLS: usize = 0xb000;
export const RUN_EXTRA_BITS: usize = 0xb300;
export const RUN_VALUES: usize = 0xb500;
/** u32[286] keys to sort; u32[571] weights, parents and depths of the nodes of a tree. */
export const KEYS: usize = 0xb800;
export const WEIGHTS: usize = 0xc000;
export const PARENTS: usize = 0xca00;
export const DEPTHS: usize = 0xd400;
/** u64[1025] each: bytes equal to the one before, and those with which three such begin. */
export const EQUAL: usize = 0x10000;
export const TRIPLE: usize = 0x12100;
/** Pixels of a block, behind the few to the left of them, and those one row above. */
export const PIXELS: usize = 0x14240;
export const ABOVE: usize = 0x24300;
/** The filtered bytes of a block, behind the last one of the block before. */
export const FILTERED: usize = 0x34400;
/** u32[21846]: literals << 9 | run, where a run of 0 is none. */
export const SPANS: usize = 0x44500;
/** A block's bits: at most 15 for each byte, and less than 400 bytes for its codes. */
export const OUTPUT: usize = 0x5a000;
/** f64[CHUNK_PIXELS], and in the same place u8[3 * CHUNK_PIXELS]. */
export const GREY: usize = 0x7a000;
export const COLOURS: usize = GREY;
