/**
 * From a 128-bit key to generator states: Philox4x32-10, so that different keys give different
 * states, each word of which looks random.
 *
 * Source: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * SC '11, section 3.3. For one Philox key the map from counter to output is a bijection: two
 * points whose keys differ can never share a state.
 */

const MULTIPLIER_0: u64 = 0xd2511f53;
const MULTIPLIER_1: u64 = 0xcd9e8d57;
const WEYL_0: u32 = 0x9e3779b9;
const WEYL_1: u32 = 0xbb67ae85;
const ROUNDS: i32 = 10;

/**
 * Writes the 16 bytes philox4x32-10(counter, key) to `target`; `counter` is the address of four
 * u32.
 */
export function philox(counter: usize, key0: u32, key1: u32, target: usize): void {
  let c0 = load<u32>(counter);
  let c1 = load<u32>(counter, 4);
  let c2 = load<u32>(counter, 8);
  let c3 = load<u32>(counter, 12);
  for (let round = 0; round < ROUNDS; round++) {
    const product0 = MULTIPLIER_0 * u64(c0);
    const product1 = MULTIPLIER_1 * u64(c2);
    c0 = u32(product1 >> 32) ^ c1 ^ key0;
    c1 = u32(product1);
    c2 = u32(product0 >> 32) ^ c3 ^ key1;
    c3 = u32(product0);
    key0 += WEYL_0;
    key1 += WEYL_1;
  }
  store<u32>(target, c0);
  store<u32>(target, c1, 4);
  store<u32>(target, c2, 8);
  store<u32>(target, c3, 12);
}
