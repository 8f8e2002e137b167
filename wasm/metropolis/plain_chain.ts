/**
 * The Metropolis kernel written out plainly, one number at a time: what the fast one must equal,
 * bit for bit. Tests alone use it.
 */

const MASK = (1n << 64n) - 1n;

/** philox4x32-10 of four u32 and a key of two. */
export function philox(counter: readonly number[], key: readonly number[]): number[] {
  let [c0, c1, c2, c3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  const low = 0xffffffffn;
  for (let round = 0; round < 10; round++) {
    const p0 = 0xd2511f53n * c0;
    const p1 = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & low, (p0 >> 32n) ^ c3 ^ k1, p0 & low];
    k0 = (k0 + 0x9e3779b9n) & low;
    k1 = (k1 + 0xbb67ae85n) & low;
  }
  return [c0, c1, c2, c3].map(Number);
}

/** The numbers of xoshiro256+ from a state of four u64. */
export function* xoshiro256plus(state: readonly bigint[]): Generator<bigint> {
  let [s0, s1, s2, s3] = state as [bigint, bigint, bigint, bigint];
  for (;;) {
    yield (s0 + s3) & MASK;
    const t = (s1 << 17n) & MASK;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = ((s3 << 45n) | (s3 >> 19n)) & MASK;
  }
}

const bits = new BigUint64Array(1);
const double = new Float64Array(bits.buffer);

/** fdlibm's logarithm without special cases, for normal u in (0, 1]. */
export function logarithm(u: number): number {
  double[0] = u;
  const shifted = bits[0]! + 0x00095f619980c433n;
  const exponent = Number(shifted >> 52n) - 1023;
  bits[0] = (shifted & 0x000fffffffffffffn) + 0x3fe6a09e667f3bcdn;
  const m = double[0]!;
  const s = (m - 1) / (m + 1);
  const z = s * s;
  const w = z * z;
  const even = w * (3.999999999940941908e-01 +
    w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const odd = z * (6.666666666666735130e-01 +
    w * (2.857142874366239149e-01 +
        w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  return exponent * Math.LN2 + s * (2 + (even + odd));
}

/** A chain's parameters and the key of its stream. */
export interface ChainSetup {
  readonly beta: number;
  readonly m: number;
  readonly h: number;
  readonly iterations: number;
  readonly key: readonly number[];
}

/** x and whether it was accepted, step by step. */
export function* chain(
  { beta, m, h, iterations, key }: ChainSetup,
): Generator<{ x: number; accepted: boolean }> {
  // Lane 0 serves even steps, lane 1 odd ones; each pair of steps takes one number for d and one
  // for e from both.
  const lanes = [0, 1].map((lane) => {
    const words = [0, 1].flatMap((call) => philox(key, [0x4d455452, 2 * lane + call]));
    const state = [0, 2, 4, 6].map((i) => BigInt(words[i]!) | (BigInt(words[i + 1]!) << 32n));
    return xoshiro256plus(state);
  });
  const unit = (lane: number) => {
    bits[0] = ((lanes[lane]!.next().value as bigint) >> 12n) | 0x3ff0000000000000n;
    return double[0]!;
  };
  let x = m;
  for (let step = 0; step < iterations; step += 2) {
    const d = [0, 1].map((lane) => (unit(lane) - 1.5) * (2 * h));
    const e = [0, 1].map((lane) => logarithm(2 - unit(lane)) * (-1 / beta));
    for (let lane = 0; lane < Math.min(2, iterations - step); lane++) {
      const proposed = x + d[lane]!;
      const accepted = proposed * proposed <= x * x + e[lane]!;
      if (accepted) x = proposed;
      yield { x, accepted };
    }
  }
}

/** Sums of squares of bin sums by level, in the order in which the kernel adds them. */
class Binning {
  count = 0;
  total = 0;
  readonly squares = new Array<number>(54).fill(0);
  readonly pending = new Array<number>(54).fill(0);
  readonly #block: number[] = [];

  constructor(readonly origin: number) {}

  add(value: number): void {
    this.count++;
    this.#block.push(value - this.origin);
    if (this.#block.length === 1024) this.#binBlock(this.#block.splice(0));
  }

  /** Values that fill no block go in one by one. */
  finish(): void {
    let ordinal = this.count - this.#block.length;
    for (const value of this.#block) {
      this.total += value;
      this.#carry(0, ++ordinal, value);
    }
  }

  #binBlock(values: readonly number[]): void {
    const squares = [0, 0, 0];
    let bins: number[] = [];
    for (let i = 0; i < 1024; i += 4) {
      const [a, b, c, d] = values.slice(i, i + 4) as [number, number, number, number];
      const ab = a + b;
      const cd = c + d;
      squares[0]! += (a * a + b * b) + (c * c + d * d);
      squares[1]! += ab * ab + cd * cd;
      squares[2]! += (ab + cd) * (ab + cd);
      bins.push(ab + cd);
    }
    for (let level = 0; level < 3; level++) this.squares[level]! += squares[level]!;
    for (let level = 3; level < 10; level++) {
      bins = bins.filter((_, i) => i % 2 === 0).map((bin, i) => bin + bins[2 * i + 1]!);
      this.squares[level]! += bins.reduce((sum, bin) => sum + bin * bin, 0);
    }
    const sum = bins[0]! + bins[1]!;
    this.total += sum;
    this.#carry(10, this.count / 1024, sum);
  }

  #carry(level: number, ordinal: number, sum: number): void {
    for (;; level++, ordinal /= 2) {
      this.squares[level]! += sum * sum;
      if (ordinal % 2 === 1) {
        this.pending[level] = sum;
        return;
      }
      sum = this.pending[level]! + sum;
    }
  }

  /** Bin size times the variance of bin means. */
  longRunVariance(level: number): number {
    const bins = Math.floor(this.count / 2 ** level);
    if (bins < 2) return NaN;
    let sum = this.total;
    for (let below = 0; below < level; below++) {
      if (Math.floor(this.count / 2 ** below) % 2 === 1) sum -= this.pending[below]!;
    }
    return (this.squares[level]! - (sum * sum) / bins) / ((bins - 1) * 2 ** level);
  }

  /** At the smallest bin size B with B³ > 2 n τ². */
  plateau(): number {
    const variance = this.longRunVariance(0);
    if (!(variance > 0)) return NaN;
    let largest = NaN;
    for (let level = 0; this.count / 2 ** level >= 2; level++) {
      const binned = this.longRunVariance(level);
      const tau = binned / variance;
      if ((2 ** level) ** 3 > 2 * this.count * tau * tau) return binned;
      if (this.count / 2 ** level >= 4 && !(binned <= largest)) largest = binned;
    }
    return largest;
  }
}

/** The kernel's row for a chain of which the first `burnIn` steps are left out. */
export function row(setup: ChainSetup, burnIn: number): number[] {
  const measured = [...chain(setup)].slice(burnIn);
  const first = measured[0]!.x;
  const x = new Binning(first);
  const energy = new Binning(first * first);
  for (const step of measured) {
    x.add(step.x);
    energy.add(step.x * step.x);
  }
  x.finish();
  energy.finish();
  const n = measured.length;
  const tau = energy.plateau() / energy.longRunVariance(0);
  return [
    measured.filter(({ accepted }) => accepted).length / n,
    first + x.total / n,
    Math.sqrt(x.plateau() / n),
    first * first + energy.total / n,
    Math.sqrt(energy.plateau() / n),
    tau,
    n / tau,
  ];
}
