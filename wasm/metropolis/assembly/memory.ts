/** Where things lie in this kernel's memory; static data starts at 256 KiB. */

/** Steps made by one call: short enough to stop between, long enough to make the call free. */
export const BLOCK: i32 = 1024;

/** u32[4]: the point's key. */
export const KEY: usize = 1024;
/** v128[4]: the two generators' states, word by word. */
export const STATE: usize = 1088;
/** f64[7]: the finished row. */
export const ROW: usize = 1152;
/** f32[4][2]: below and above log v, of the four steps that come next. */
export const BOUNDS: usize = 1216;

/** f64[BLOCK]: x after each step of the block. */
export const POSITIONS: usize = 4096;
/** u8[BLOCK]: odd where the step was accepted, else even. */
export const ACCEPTED: usize = 16384;
/** f64[BLOCK]: measured positions, waiting until there are BLOCK of them. */
export const MEASURED: usize = 20480;
/** v128[BLOCK / 4]: bin sums on their way up. */
export const BINS: usize = 32768;
/** v128[LEVELS] each: sum of squared bin sums; the odd bin sum that waits for its partner. */
export const SQUARES: usize = 40960;
export const PENDING: usize = 45056;

/** f64[BLOCK]: the accepted positions of a block, one after the other. */
export const MOVES: usize = 0x10000;
/** BLOCK + 1 slots of SLOT_BYTES: the text of each, with its length in the last byte. */
export const SLOTS: usize = 0x14000;
export const SLOT_BYTES: usize = 32;

/** f64[BLOCK + 8] each: d and v of the block's steps, and of those already drawn beyond it. */
export const DISPLACEMENTS: usize = 0x1d000;
export const UNITS: usize = 0x20000;

/** Text of the chain. A line is at most 28 bytes: `-0.0000012345678901234567,1\n`. */
export const TEXT: usize = 0x60000;
export const TEXT_BYTES: usize = 0x100000;
export const BLOCK_TEXT_BYTES: usize = usize(BLOCK) * 28 + 64;
