/**
 * Cosines and sines of fractions of a turn to 2⁻¹²⁰ in whole numbers, as the platform's own are not
 * right to the last place: constants of the transform, and what its tests compare with.
 */

/** Bits behind the point; the last few are rounding. */
export const FRACTION_BITS = 128n;

const ONE = 1n << FRACTION_BITS;
const PI = machinPi();

/** cos and sin of 2π·k/n times 2^FRACTION_BITS, for 0 ≤ k < n; mirrored angles mirror exactly. */
export function fixedRoot(k: number, n: number): { cos: bigint; sin: bigint } {
  const octant = Math.floor((8 * k) / n);
  const eighths = octant % 2 === 0 ? 8 * k - octant * n : (octant + 1) * n - 8 * k;
  const angle = (PI * BigInt(eighths)) / BigInt(4 * n);
  const [a, b] = [taylor(angle, 0), taylor(angle, 1)];
  const swapped = octant % 4 === 1 || octant % 4 === 2;
  const [cos, sin] = swapped ? [b, a] : [a, b];
  return {
    cos: octant >= 2 && octant < 6 ? -cos : cos,
    sin: octant >= 4 ? -sin : sin,
  };
}

/** The double nearest to a number with FRACTION_BITS bits behind the point. */
export function nearestDouble(fixed: bigint): number {
  // Number() rounds a BigInt to the nearest double; the division by a power of two is exact.
  return Number(fixed) / 2 ** Number(FRACTION_BITS);
}

/** cos (`first` 0) or sin (`first` 1) by their series. */
function taylor(angle: bigint, first: 0 | 1): bigint {
  let term = first === 0 ? ONE : angle;
  let sum = 0n;
  for (let power = BigInt(first); term !== 0n; power += 2n) {
    sum += term;
    term = -(((term * angle) >> FRACTION_BITS) * angle >> FRACTION_BITS) /
      ((power + 1n) * (power + 2n));
    if (term === -1n) break;
  }
  return sum;
}

/** π = 16·arctan(1/5) − 4·arctan(1/239), J. Machin, 1706. */
function machinPi(): bigint {
  const arctanOfInverse = (x: bigint) => {
    let sum = 0n;
    for (let power = ONE / x, k = 1n; power !== 0n; power = -power / (x * x), k += 2n) {
      sum += power / k;
    }
    return sum;
  };
  return 16n * arctanOfInverse(5n) - 4n * arctanOfInverse(239n);
}
