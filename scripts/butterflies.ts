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
import { primePassSource } from "./prime_pass.ts";
import { fixedRoot, nearestDouble } from "./roots_of_unity.ts";
import {
  add,
  Block,
  type Complex,
  indented,
  mul,
  product,
  rotated,
  stores,
  sub,
} from "./statements.ts";

/** The radices with a pass of their own: 4 and 8, and all primes up to the largest. */
const RADICES: readonly number[] = [2, 3, 4, 5, 7, 8, 11, 13];

/** The radices of two steps that one pass makes. */
type DoubleStep = readonly [first: number, second: number];

/** The last two steps of powers of two. */
const DOUBLE_STEPS: readonly DoubleStep[] = [[4, 4], [4, 8]];

/** The generated source file. */
export function butterfliesSource(): string {
  const constants = new Constants();
  const passes = [passSource, lastPassSource, gatheredPassSource].flatMap((source) =>
    RADICES.map((radix) => source(radix, constants))
  );
  const doubles = DOUBLE_STEPS.map((steps) => doubleStepSource(steps, constants));
  return [
    "/** Passes of the Fourier transform. Made by scripts/butterflies.ts. */",
    constants.source(),
    betweenSource(),
    dispatchSource(),
    ...passes,
    ...doubles,
    primePassSource(),
  ].join("\n\n") + "\n";
}

/** Room for what is between two steps of one pass. */
function betweenSource(): string {
  const largest = Math.max(...DOUBLE_STEPS.map(([first, second]) => first * second));
  return `const BETWEEN: usize = memory.data(${32 * largest}, 16);`;
}

/** The functions that call the pass of a radix, and how far they go. */
function dispatchSource(): string {
  const cases = RADICES.flatMap((radix) => [
    `    case ${radix}:`,
    `      if (stride == 1) last${radix}(groups, source, target);`,
    `      else pass${radix}(stride, groups, source, target, twiddles);`,
    "      break;",
  ]);
  const doubles = DOUBLE_STEPS.map(([first, second]) =>
    `    case ${first * second}: last${first * second}(groups, source, target); break;`
  );
  const gathered = RADICES.map((radix) =>
    `    case ${radix}: gathered${radix}(stride, source, places, target, twiddles); break;`
  );
  return [
    `export const LARGEST_BUTTERFLY: i32 = ${Math.max(...RADICES)};`,
    "",
    "/** Two last steps in one pass. */",
    "export function isDoubleStep(radix: i32): bool {",
    `  return ${DOUBLE_STEPS.map(([first, second]) => `radix == ${first * second}`).join(" || ")};`,
    "}",
    "",
    "export function butterflyPass(",
    "  radix: i32, stride: usize, groups: usize, source: usize, target: usize, twiddles: usize,",
    "): void {",
    "  switch (radix) {",
    ...cases,
    ...doubles,
    "  }",
    "}",
    "",
    "export function gatheredPass(",
    "  radix: i32, stride: usize, source: usize, places: usize, target: usize, twiddles: usize,",
    "): void {",
    "  switch (radix) {",
    ...gathered,
    "  }",
    "}",
  ].join("\n");
}

/** Numbers doubled in memory: loading them is faster than building them from an immediate. */
class Constants {
  readonly #values: number[] = [];

  /** An expression for the vector with `value` in both lanes. */
  vector(value: number): string {
    const known = this.#values.findIndex((other) => Object.is(other, value));
    const index = known < 0 ? this.#values.push(value) - 1 : known;
    return `v128.load(CONSTANTS, ${16 * index})`;
  }

  /** e^(−2πi·part/whole) for both lanes, bit for bit as in a table: a quarter is −0 − i. */
  root(part: number, whole: number): Complex {
    const { cos, sin } = fixedRoot(part, whole);
    const re = 4 * part === whole ? -0 : nearestDouble(cos);
    return { re: this.vector(re), im: this.vector(-nearestDouble(sin)) };
  }

  source(): string {
    const texts = this.#values.map((value) => Object.is(value, -0) ? "-0.0" : `${value}`);
    const rows = texts.map((text) => `  ${text}, ${text},`);
    return ["const CONSTANTS: usize = memory.data<f64>([", ...rows, "], 16);"].join("\n");
  }
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

/**
 * The last two steps: their twiddles are the same for every length, and what is between them stands
 * at fixed addresses, where V8 checks neither loads nor stores.
 */
function doubleStepSource([first, second]: DoubleStep, constants: Constants): string {
  const radix = first * second;
  const block = new Block();
  for (let i = 0; i < second; i++) firstStepOf([first, second], i, block, constants);
  for (let k = 0; k < first; k++) secondStepOf(second, k, block, constants);
  return [
    `function last${radix}(groups: usize, source: usize, target: usize): void {`,
    "  const leap = groups << 5;",
    `  const wide = leap * ${first};`,
    "  const end = target + leap;",
    "  let from = source;",
    `  for (let to = target; to < end; to += 32, from += ${32 * radix}) {`,
    ...indented(4, block.statements),
    "  }",
    "}",
  ].join("\n");
}

/** Butterfly i of the first of two steps, from the source to the room between them. */
function firstStepOf([first, second]: DoubleStep, i: number, block: Block, constants: Constants) {
  const radix = first * second;
  const input = (j: number) => {
    const address = block.bind(`from + ${32 * (i + second * j)}`);
    return block.bindComplex(`v128.load(${address})`, `v128.load(${address}, 16)`);
  };
  butterfly(first, input, block, constants).forEach((output, k) => {
    const turn = i * k;
    const { re, im } = turn > 0 ? product(output, constants.root(turn, radix)) : output;
    const offset = 32 * (i + second * k);
    block.statements.push(
      `v128.store(BETWEEN, ${re}, ${offset});`,
      `v128.store(BETWEEN, ${im}, ${offset + 16});`,
    );
  });
}

/** Butterfly k of the second of two steps, from the room between them to the target. */
function secondStepOf(second: number, k: number, block: Block, constants: Constants) {
  const input = (j: number) => {
    const offset = 32 * (j + second * k);
    return block.bindComplex(
      `v128.load(BETWEEN, ${offset})`,
      `v128.load(BETWEEN, ${offset + 16})`,
    );
  };
  let address = block.bind(`to + leap * ${k}`);
  butterfly(second, input, block, constants).forEach((output, j) => {
    if (j > 0) address = block.bind(`${address} + wide`);
    block.statements.push(...stores(address, output));
  });
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
  const input = (j: number) => block.bindComplex(`v128.load(from${j})`, `v128.load(from${j}, 16)`);
  butterfly(radix, input, block, constants).forEach((output, k) => {
    const result = twiddled && k > 0 ? rotated(output, "twiddle", 16 * (k - 1), block) : output;
    block.statements.push(...stores(`to${k}`, result));
  });
  return block.statements;
}

/** The transform of the inputs, e^(−2πi·jk/r) forward; they are loaded when they are needed. */
function butterfly(
  radix: number,
  input: (j: number) => Complex,
  block: Block,
  constants: Constants,
): Complex[] {
  if (radix === 2) return butterfly2(input(0), input(1), block);
  if (radix === 4) return butterfly4([input(0), input(1), input(2), input(3)], block);
  if (radix === 8) return butterfly8(input, block, constants);
  return oddButterfly(Array.from({ length: radix }, (_, j) => input(j)), block, constants);
}

/** Sum and difference. */
function butterfly2(a: Complex, b: Complex, block: Block): [Complex, Complex] {
  return [
    block.bindComplex(add(a.re, b.re), add(a.im, b.im)),
    block.bindComplex(sub(a.re, b.re), sub(a.im, b.im)),
  ];
}

/** Two times two; the inner twiddle is −i, which only swaps. */
function butterfly4(x: readonly [Complex, Complex, Complex, Complex], block: Block): Complex[] {
  const [a, c] = butterfly2(x[0], x[2], block);
  const [b, d] = butterfly2(x[1], x[3], block);
  const [y0, y2] = butterfly2(a, b, block);
  return [
    y0,
    block.bindComplex(add(c.re, d.im), sub(c.im, d.re)),
    y2,
    block.bindComplex(sub(c.re, d.im), add(c.im, d.re)),
  ];
}

/** Two times four; of the inner twiddles only those by an eighth of a turn are products. */
function butterfly8(input: (j: number) => Complex, block: Block, constants: Constants): Complex[] {
  const odd = butterfly4([input(1), input(3), input(5), input(7)], block);
  const eighth = constants.vector(nearestDouble(fixedRoot(1, 8).cos));
  const [b0, b1, b2, b3] = odd as [Complex, Complex, Complex, Complex];
  const turned = [
    b0,
    block.bindComplex(mul(eighth, add(b1.re, b1.im)), mul(eighth, sub(b1.im, b1.re))),
    { re: b2.im, im: b2.re },
    block.bindComplex(mul(eighth, sub(b3.im, b3.re)), mul(eighth, add(b3.re, b3.im))),
  ];
  const even = butterfly4([input(0), input(2), input(4), input(6)], block);
  // What is turned by a quarter or more stands with the sign of its imaginary part exchanged.
  const outputs = even.map((a, k) => {
    const { re, im } = turned[k]!;
    const [plus, minus] = k < 2 ? [add, sub] : [sub, add];
    return [
      block.bindComplex(add(a.re, re), plus(a.im, im)),
      block.bindComplex(sub(a.re, re), minus(a.im, im)),
    ];
  });
  return [...outputs.map(([first]) => first!), ...outputs.map(([, second]) => second!)];
}

/** An odd radix: inputs j and r − j share their cosines, and their sines but for the sign. */
function oddButterfly(x: readonly Complex[], block: Block, constants: Constants): Complex[] {
  const radix = x.length;
  const half = (radix - 1) / 2;
  const halves = Array.from({ length: half }, (_, j) => j + 1);
  const pairs = halves.map((j) => butterfly2(x[j]!, x[radix - j]!, block));
  const first = x[0]!;
  const outputs = [pairs.reduce(
    (sum, [even]) => block.bindComplex(add(sum.re, even.re), add(sum.im, even.im)),
    first,
  )];
  for (const k of halves) {
    let even = first;
    let odd: Complex | undefined;
    for (const j of halves) {
      const { cos, sin } = fixedRoot((j * k) % radix, radix);
      const [c, s] = [cos, sin].map((part) => constants.vector(nearestDouble(part)));
      const [sum, difference] = pairs[j - 1]!;
      even = block.bindComplex(add(even.re, mul(c!, sum.re)), add(even.im, mul(c!, sum.im)));
      const turned = { re: mul(s!, difference.im), im: mul(s!, difference.re) };
      odd = odd === undefined
        ? block.bindComplex(turned.re, turned.im)
        : block.bindComplex(add(odd.re, turned.re), add(odd.im, turned.im));
    }
    outputs[k] = block.bindComplex(add(even.re, odd!.re), sub(even.im, odd!.im));
    outputs[radix - k] = block.bindComplex(sub(even.re, odd!.re), add(even.im, odd!.im));
  }
  return outputs;
}
