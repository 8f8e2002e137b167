/**
 * Huffman codes of limited length, the same as those of `src/image/plain_huffman.ts`, which says
 * how they are chosen.
 */
import { DEPTHS, KEYS, NEXT_CODE, PARENTS, PER_LENGTH, WEIGHTS } from "./layout";

/** Writes u8 lengths of the codes of `symbols` symbols by their u32 counts, each below 2²³. */
export function codeLengths(counts: usize, symbols: u32, maximum: u32, lengths: usize): void {
  memory.fill(lengths, 0, symbols);
  let used: u32 = 0;
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const count = load<u32>(counts + (symbol << 2));
    if (count > 0) store<u32>(KEYS + (used++ << 2), (count << 9) | symbol);
  }
  // One symbol alone has a code of one bit, which deflate allows.
  if (used < 2) {
    if (used === 1) store<u8>(lengths + (load<u32>(KEYS) & 511), 1);
    return;
  }
  sortKeys(used);
  countDepths(used, maximum);
  limit(maximum);
  for (let length = maximum, key = KEYS; length > 0; length--) {
    for (let n = load<u32>(PER_LENGTH + (length << 2)); n > 0; n--, key += 4) {
      store<u8>(lengths + (load<u32>(key) & 511), u8(length));
    }
  }
}

/** Writes u16 canonical codes (RFC 1951, section 3.2.2), the first bit lowest. */
export function codesOf(lengths: usize, symbols: u32, codes: usize): void {
  memory.fill(PER_LENGTH, 0, 64);
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const counter = PER_LENGTH + (usize(load<u8>(lengths + symbol)) << 2);
    store<u32>(counter, load<u32>(counter) + 1);
  }
  store<u32>(PER_LENGTH, 0);
  for (let length: u32 = 1, code: u32 = 0; length < 16; length++) {
    code = (code + load<u32>(PER_LENGTH + (length << 2) - 4)) << 1;
    store<u32>(NEXT_CODE + (length << 2), code);
  }
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const length = load<u8>(lengths + symbol);
    if (length === 0) continue;
    const next = NEXT_CODE + (usize(length) << 2);
    const code = load<u32>(next);
    store<u32>(next, code + 1);
    store<u16>(codes + (symbol << 1), u16(reversed(code, length)));
  }
}

/** Shell's sort, with the gaps of Ciura; no two keys are equal. */
function sortKeys(used: u32): void {
  sortApart(used, 132);
  sortApart(used, 57);
  sortApart(used, 23);
  sortApart(used, 10);
  sortApart(used, 4);
  sortApart(used, 1);
}

function sortApart(used: u32, gap: u32): void {
  for (let i = gap; i < used; i++) {
    const key = load<u32>(KEYS + (i << 2));
    let j = i;
    for (; j >= gap; j -= gap) {
      const before = load<u32>(KEYS + ((j - gap) << 2));
      if (before < key) break;
      store<u32>(KEYS + (j << 2), before);
    }
    store<u32>(KEYS + (j << 2), key);
  }
}

/** How many leaves of Huffman's tree lie at each depth, those deeper than `maximum` at it. */
function countDepths(leaves: u32, maximum: u32): void {
  for (let i: u32 = 0; i < leaves; i++) {
    store<u32>(WEIGHTS + (i << 2), load<u32>(KEYS + (i << 2)) >> 9);
  }
  let leaf: u32 = 0;
  let inner = leaves;
  for (let node = leaves; node < 2 * leaves - 1; node++) {
    let sum: u32 = 0;
    for (let side = 0; side < 2; side++) {
      const isLeaf = leaf < leaves && (inner >= node || weight(leaf) <= weight(inner));
      const child = isLeaf ? leaf++ : inner++;
      store<u32>(PARENTS + (child << 2), node);
      sum += weight(child);
    }
    store<u32>(WEIGHTS + (node << 2), sum);
  }
  memory.fill(PER_LENGTH, 0, 64);
  const root = 2 * leaves - 2;
  store<u32>(DEPTHS + (root << 2), 0);
  for (let node = i32(root) - 1; node >= 0; node--) {
    const parent = load<u32>(PARENTS + (usize(node) << 2));
    const depth = load<u32>(DEPTHS + (usize(parent) << 2)) + 1;
    store<u32>(DEPTHS + (usize(node) << 2), depth);
    if (u32(node) < leaves) {
      const counter = PER_LENGTH + (usize(min(depth, maximum)) << 2);
      store<u32>(counter, load<u32>(counter) + 1);
    }
  }
}

@inline
function weight(node: u32): u32 {
  return load<u32>(WEIGHTS + (node << 2));
}

/** Lengthens codes until those that were cut to `maximum` fit (Kraft's sum). */
function limit(maximum: u32): void {
  // In units of the longest code: each code of length l takes 2^(maximum − l) of 2^maximum.
  let excess = -(1 << maximum);
  for (let length: u32 = 1; length <= maximum; length++) {
    excess += load<u32>(PER_LENGTH + (length << 2)) << (maximum - length);
  }
  for (; excess > 0; excess--) {
    // A leaf above goes down one level with one of the longest codes beside it: saves one unit.
    let at = PER_LENGTH + ((maximum - 1) << 2);
    while (load<u32>(at) === 0) at -= 4;
    store<u32>(at, load<u32>(at) - 1);
    store<u32>(at, load<u32>(at, 4) + 2, 4);
    const longest = PER_LENGTH + (maximum << 2);
    store<u32>(longest, load<u32>(longest) - 1);
  }
}

function reversed(code: u32, length: u32): u32 {
  let bits: u32 = 0;
  for (let i: u32 = 0; i < length; i++) bits |= ((code >> i) & 1) << (length - 1 - i);
  return bits;
}
