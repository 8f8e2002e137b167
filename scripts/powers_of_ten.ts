/**
 * Writes the table of powers of ten that the number formatter multiplies by, as AssemblyScript:
 * 10^k for k = -292…324 as the 128 leading bits, rounded up, as in R. Giulietti, "The Schubfach
 * way to render doubles" (2021), section 9.8.3.
 */

export const FIRST_POWER = -292;
export const LAST_POWER = 324;

/** The generated source file: `POWERS`, two u64 a power, high word first. */
export function powersOfTenSource(): string {
  const lines: string[] = [];
  for (let k = FIRST_POWER; k <= LAST_POWER; k++) {
    const bits = leadingBits(k);
    lines.push(`  ${hex(bits >> 64n)}, ${hex(bits & (2n ** 64n - 1n))},`);
  }
  return [
    "/** The 128 leading bits of 10^k, rounded up. Made by scripts/powers_of_ten.ts. */",
    `export const FIRST_POWER: i32 = ${FIRST_POWER};`,
    "export const POWERS: usize = memory.data<u64>([",
    ...lines,
    "]);",
  ].join("\n");
}

/** ⌈10^k / 2^e⌉ with e such that the result has 128 bits. */
export function leadingBits(k: number): bigint {
  const numerator = k >= 0 ? 10n ** BigInt(k) : 1n;
  const denominator = k >= 0 ? 1n : 10n ** BigInt(-k);
  let shift = 128 - (bitLength(numerator) - bitLength(denominator));
  let bits = scaled(numerator, denominator, shift);
  while (bits >= 2n ** 128n) bits = scaled(numerator, denominator, --shift);
  while (bits < 2n ** 127n) bits = scaled(numerator, denominator, ++shift);
  return bits;
}

/** ⌈numerator · 2^shift / denominator⌉ */
function scaled(numerator: bigint, denominator: bigint, shift: number): bigint {
  const a = shift >= 0 ? numerator << BigInt(shift) : numerator;
  const b = shift >= 0 ? denominator : denominator << BigInt(-shift);
  return (a + b - 1n) / b;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

function hex(value: bigint): string {
  return "0x" + value.toString(16).padStart(16, "0");
}
