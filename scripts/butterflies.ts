/**
 * Writes the passes of the Fourier transform as AssemblyScript, which has no functions with several
 * results: one pass for each small radix, written out, and one for any odd prime.
 *
 * A pass of radix r is one step of Stockham's autosort algorithm (C. Van Loan, "Computational
 * Frameworks for the Fast Fourier Transform", 1992, section 1.7). An element is two complex numbers
 * of two transforms side by side: 16 bytes of real parts, then 16 of imaginary parts. With
 * n = r · stride · groups, input j of butterfly (group, i) is element i + stride·(j + r·group), and
 * output k, times e^(−2πi·k·i·groups/n), becomes element i + stride·(group + groups·k).
 */
import { butterfly, Constants } from "./butterfly.ts";
import { doubleStepCases, doubleStepsSource } from "./double_steps.ts";
import { primePassSource } from "./prime_pass.ts";
import { Block, indented, loadedRoot, loads, product, stores } from "./statements.ts";

/** The radices with a pass of their own: 4 and 8, and all primes up to the largest. */
const RADICES: readonly number[] = [2, 3, 4, 5, 7, 8, 11, 13];

/** The generated source file. */
export function butterfliesSource(): string {
  const constants = new Constants();
  const passes = [passSource, lastPassSource, gatheredPassSource].flatMap((source) =>
    RADICES.map((radix) => source(radix, constants))
  );
  return [
    "/** Passes of the Fourier transform. Made by scripts/butterflies.ts. */",
    ...doubleStepsSource(constants),
    dispatchSource(),
    ...passes,
    primePassSource(),
    constants.source(),
  ].join("\n\n") + "\n";
}

/** The functions that call the pass of a radix, and how far they go. */
function dispatchSource(): string {
  const cases = RADICES.flatMap((radix) => [
    `    case ${radix}:`,
    `      if (stride == 1) last${radix}(groups, source, target);`,
    `      else pass${radix}(stride, groups, source, target, twiddles);`,
    "      break;",
  ]);
  const gathered = RADICES.map((radix) =>
    `    case ${radix}: gathered${radix}(stride, source, places, target, twiddles); break;`
  );
  return [
    `const LARGEST_BUTTERFLY: i32 = ${Math.max(...RADICES)};`,
    "",
    "export function hasButterfly(radix: i32): bool {",
    "  return radix <= LARGEST_BUTTERFLY || radix == FIRST_DOUBLE_STEP || isLastDoubleStep(radix);",
    "}",
    "",
    "export function butterflyPass(",
    "  radix: i32, stride: usize, groups: usize, source: usize, target: usize, twiddles: usize,",
    "): void {",
    "  switch (radix) {",
    ...cases,
    ...doubleStepCases(),
    "  }",
    "}",
    "",
    "export function gatheredPass(",
    "  radix: i32, stride: usize, source: usize, places: usize, target: usize, twiddles: usize,",
    "): void {",
    "  switch (radix) {",
    ...gathered,
    "    case FIRST_DOUBLE_STEP: gatheredTwo(stride, source, places, target, twiddles); break;",
    "  }",
    "}",
  ].join("\n");
}

/** The pass of one radix: the first butterfly of each group has no twiddles, the others do. */
function passSource(radix: number, constants: Constants): string {
  return [
    `function pass${radix}(`,
    "  stride: usize, groups: usize, source: usize, target: usize, twiddles: usize,",
    "): void {",
    "  const step = stride << 5;",
    "  const leap = step * groups;",
    "  for (let group: usize = 0; group < groups; group++) {",
    `    let from0 = source + group * step * ${radix};`,
    "    let to0 = target + group * step;",
    "    const end = from0 + step;",
    "    {",
    ...indented(6, butterflySource(radix, addressesSource(radix, "step"), false, constants)),
    "    }",
    "    let twiddle = twiddles;",
    "    for (from0 += 32, to0 += 32; from0 < end; from0 += 32, to0 += 32) {",
    ...indented(6, butterflySource(radix, addressesSource(radix, "step"), true, constants)),
    `      twiddle += ${16 * (radix - 1)};`,
    "    }",
    "  }",
    "}",
  ].join("\n");
}

/** The same of stride 1, whose butterflies have no twiddles: one tight loop. */
function lastPassSource(radix: number, constants: Constants): string {
  return [
    `function last${radix}(groups: usize, source: usize, target: usize): void {`,
    "  const leap = groups << 5;",
    "  const end = target + leap;",
    "  let from0 = source;",
    `  for (let to0 = target; to0 < end; to0 += 32, from0 += ${32 * radix}) {`,
    ...indented(4, butterflySource(radix, addressesSource(radix, "32"), false, constants)),
    "  }",
    "}",
  ].join("\n");
}

/** The first pass of elements that lie apart, each at `source` plus a u32 of `places`. */
function gatheredPassSource(radix: number, constants: Constants): string {
  const addresses = Array.from({ length: radix }, (_, j) => [
    `const from${j} = source + load<u32>(place${j > 0 ? ` + row * ${j}` : ""});`,
    ...(j > 0 ? [`const to${j} = to0 + leap * ${j};`] : []),
  ]).flat();
  return [
    `function gathered${radix}(`,
    "  stride: usize, source: usize, places: usize, target: usize, twiddles: usize,",
    "): void {",
    "  const row = stride << 2;",
    "  const leap = stride << 5;",
    "  const end = places + row;",
    "  let place = places;",
    "  let to0 = target;",
    "  {",
    ...indented(4, butterflySource(radix, addresses, false, constants)),
    "  }",
    "  let twiddle = twiddles;",
    "  for (place += 4, to0 += 32; place < end; place += 4, to0 += 32) {",
    ...indented(4, butterflySource(radix, addresses, true, constants)),
    `    twiddle += ${16 * (radix - 1)};`,
    "  }",
    "}",
  ].join("\n");
}

/** Where all inputs and outputs but the first are, inputs `step` bytes apart. */
function addressesSource(radix: number, step: string): string[] {
  return Array.from({ length: radix - 1 }, (_, i) => i + 1).flatMap((j) => [
    `const from${j} = from0 + ${step} * ${j};`,
    `const to${j} = to0 + leap * ${j};`,
  ]);
}

/** Addresses, loads, butterfly, twiddles if wanted, stores. */
function butterflySource(
  radix: number,
  addresses: readonly string[],
  twiddled: boolean,
  constants: Constants,
): string[] {
  const block = new Block();
  block.statements.push(...addresses);
  const input = (j: number) => loads(`from${j}`, block);
  butterfly(radix, input, block, constants).forEach((output, k) => {
    const result = twiddled && k > 0
      ? product(output, loadedRoot("twiddle", 16 * (k - 1), block))
      : output;
    block.statements.push(...stores(`to${k}`, result));
  });
  return block.statements;
}
