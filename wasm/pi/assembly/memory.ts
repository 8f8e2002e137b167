/** Where things are in memory; constants of the compiler start at 2048. */

/** u32[4]: the key of seed, kernel and version. */
export const KEY: usize = 1024;
/** u32[4]: the counter of Philox. */
export const COUNTER: usize = 1040;
/** u32[4]: what Philox gives. */
export const DRAW: usize = 1056;
/** u32: how many points of the block are made. */
export const MADE: usize = 1072;
/** u32[8][4]: word w of the eight generators at 32 w. */
export const STATE: usize = 1088;
/** u32[16]: the points made last. */
export const GROUP: usize = 1216;
export const GROUP_POINTS: u32 = 16;
