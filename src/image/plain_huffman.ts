/** Huffman codes of limited length, as deflate wants them: the plain version of `wasm/picture`. */

/**
 * The length of the code of each symbol by how often it comes, 0 for one that never does.
 *
 * Huffman's tree by two queues; where it is deeper than the limit, codes that are too long are cut
 * to it and the shortest of the longest others are lengthened until the code is one again (Kraft's
 * sum), which is a little worse than the best such code. Ties go to the lower symbol, so that the
 * lengths are the same on every machine.
 *
 * @param maximum the limit, large enough for the number of symbols
 */
export function codeLengths(counts: Uint32Array, maximum: number): Uint8Array<ArrayBuffer> {
  const lengths = new Uint8Array(counts.length);
  const used = [...counts.keys()].filter((symbol) => counts[symbol]! > 0);
  // One symbol alone has a code of one bit, which deflate allows.
  if (used.length < 2) {
    for (const symbol of used) lengths[symbol] = 1;
    return lengths;
  }
  used.sort((a, b) => counts[a]! - counts[b]! || a - b);
  const perLength = limited(depths(used.map((symbol) => counts[symbol]!)), maximum);
  for (let length = maximum, i = 0; length > 0; length--) {
    for (let n = perLength[length]!; n > 0; n--) lengths[used[i++]!] = length;
  }
  return lengths;
}

/** Canonical codes of given lengths (RFC 1951, section 3.2.2), the first bit lowest. */
export function codesOf(lengths: Uint8Array): Uint16Array<ArrayBuffer> {
  const codes = new Uint16Array(lengths.length);
  const maximum = lengths.reduce((a, b) => Math.max(a, b), 0);
  for (let length = 1, code = 0; length <= maximum; length++, code <<= 1) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] === length) codes[symbol] = reversed(code++, length);
    }
  }
  return codes;
}

/** How deep each leaf of Huffman's tree lies, for weights in rising order. */
function depths(weights: readonly number[]): number[] {
  const leaves = weights.length;
  const nodes = [...weights];
  const parents: number[] = [];
  let leaf = 0;
  let inner = leaves;
  const lightest = () =>
    leaf < leaves && (inner >= nodes.length || nodes[leaf]! <= nodes[inner]!) ? leaf++ : inner++;
  while (nodes.length < 2 * leaves - 1) {
    const [left, right] = [lightest(), lightest()];
    parents[left] = parents[right] = nodes.length;
    nodes.push(nodes[left]! + nodes[right]!);
  }
  const depth = new Array<number>(nodes.length).fill(0);
  for (let node = nodes.length - 2; node >= 0; node--) depth[node] = depth[parents[node]!]! + 1;
  return depth.slice(0, leaves);
}

/** How many codes have each length when none may be longer than `maximum`. */
function limited(depths: readonly number[], maximum: number): number[] {
  const perLength = new Array<number>(maximum + 1).fill(0);
  for (const depth of depths) perLength[Math.min(depth, maximum)]!++;
  // In units of the longest code: each code of length l takes 2^(maximum − l) of 2^maximum.
  let excess = perLength.reduce((sum, n, l) => l === 0 ? 0 : sum + n * 2 ** (maximum - l), 0) -
    2 ** maximum;
  while (excess > 0) {
    // A leaf above goes down one level with one of the longest codes beside it: saves one unit.
    let length = maximum - 1;
    while (perLength[length] === 0) length--;
    perLength[length]!--;
    perLength[length + 1]! += 2;
    perLength[maximum]!--;
    excess--;
  }
  return perLength;
}

function reversed(code: number, length: number): number {
  let bits = 0;
  for (let i = 0; i < length; i++) bits |= (code >> i & 1) << length - 1 - i;
  return bits;
}
