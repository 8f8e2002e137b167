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
import { fixedRoot, nearestDouble } from "./roots_of_unity.ts";

/** The radices with a pass of their own: 4 and 8, and all primes up to the largest. */
const RADICES: readonly number[] = [2, 3, 4, 5, 7, 8, 11, 13];

/** Outputs of the odd prime pass made side by side: what 16 registers can hold. */
const OUTPUTS_AT_ONCE = 3;

/** Names of the variables, or the expressions, that hold a complex number's two parts. */
interface Complex {
  readonly re: string;
  readonly im: string;
}

const add = (a: string, b: string) => `f64x2.add(${a}, ${b})`;
const sub = (a: string, b: string) => `f64x2.sub(${a}, ${b})`;
const mul = (a: string, b: string) => `f64x2.mul(${a}, ${b})`;

/** The generated source file. */
export function butterfliesSource(): string {
  const constants = new Constants();
  const passes = [passSource, lastPassSource].flatMap((source) =>
    RADICES.map((radix) => source(radix, constants))
  );
  return [
    "/** Passes of the Fourier transform. Made by scripts/butterflies.ts. */",
    constants.source(),
    dispatchSource(),
    ...passes,
    primePassSource(),
  ].join("\n\n") + "\n";
}

/** The function that calls the pass of a radix, and how far it goes. */
function dispatchSource(): string {
  const cases = RADICES.flatMap((radix) => [
    `    case ${radix}:`,
    `      if (stride == 1) last${radix}(groups, source, target);`,
    `      else pass${radix}(stride, groups, source, target, twiddles);`,
    "      break;",
  ]);
  return [
    `export const LARGEST_BUTTERFLY: i32 = ${Math.max(...RADICES)};`,
    "",
    "export function butterflyPass(",
    "  radix: i32, stride: usize, groups: usize, source: usize, target: usize, twiddles: usize,",
    "): void {",
    "  switch (radix) {",
    ...cases,
    "  }",
    "}",
  ].join("\n");
}

/** Numbers doubled in memory: loading them is faster than building them from an immediate. */
class Constants {
  readonly #values: number[] = [];

  /** An expression for the vector with `value` in both lanes. */
  vector(value: number): string {
    if (!this.#values.includes(value)) this.#values.push(value);
    return `v128.load(CONSTANTS, ${16 * this.#values.indexOf(value)})`;
  }

  source(): string {
    const rows = this.#values.map((value) => `  ${value}, ${value},`);
    return ["const CONSTANTS: usize = memory.data<f64>([", ...rows, "], 16);"].join("\n");
  }
}

/** Statements in order; every bound expression gets a name of its own. */
class Block {
  readonly statements: string[] = [];
  #names = 0;

  bind(expression: string): string {
    const name = `t${this.#names++}`;
    this.statements.push(`const ${name} = ${expression};`);
    return name;
  }

  bindComplex(re: string, im: string): Complex {
    return { re: this.bind(re), im: this.bind(im) };
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
    ...indented(6, butterflySource(radix, "step", false, constants)),
    "    }",
    "    let twiddle = twiddles;",
    "    for (from0 += 32, to0 += 32; from0 < end; from0 += 32, to0 += 32) {",
    ...indented(6, butterflySource(radix, "step", true, constants)),
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
    ...indented(4, butterflySource(radix, "32", false, constants)),
    "  }",
    "}",
  ].join("\n");
}

/** Addresses, loads `step` bytes apart, butterfly, twiddles if wanted, stores. */
function butterflySource(
  radix: number,
  step: string,
  twiddled: boolean,
  constants: Constants,
): string[] {
  const block = new Block();
  for (let j = 1; j < radix; j++) {
    block.statements.push(`const from${j} = from0 + ${step} * ${j};`);
    block.statements.push(`const to${j} = to0 + leap * ${j};`);
  }
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

/**
 * `value` times the root of unity at `address` + `offset`, one for both lanes. Two shuffles cost
 * less than a second load, as V8 checks the address of each.
 */
function rotated(value: Complex, address: string, offset: number, block: Block): Complex {
  const both = block.bind(`v128.load(${address}, ${offset})`);
  const root = block.bindComplex(
    `i64x2.shuffle(${both}, ${both}, 0, 2)`,
    `i64x2.shuffle(${both}, ${both}, 1, 3)`,
  );
  return {
    re: sub(mul(value.re, root.re), mul(value.im, root.im)),
    im: add(mul(value.im, root.re), mul(value.re, root.im)),
  };
}

function stores(address: string, { re, im }: Complex): string[] {
  return [`v128.store(${address}, ${re});`, `v128.store(${address}, ${im}, 16);`];
}

/**
 * The pass of any odd radix. `roots` holds cos and sin of 2π·jk/r for k, then j, both from 1 to
 * (r − 1)/2; `pairs` has room for (r − 1)/2 sums and differences, 64 bytes each.
 */
function primePassSource(): string {
  return [
    "export function primePass(",
    "  radix: usize, stride: usize, groups: usize, source: usize, target: usize,",
    "  twiddles: usize, roots: usize, pairs: usize,",
    "): void {",
    "  const step = stride << 5;",
    "  for (let group: usize = 0; group < groups; group++) {",
    "    for (let i: usize = 0; i < stride; i++) {",
    "      const from = source + group * step * radix + (i << 5);",
    "      const to = target + group * step + (i << 5);",
    "      // The first butterfly's twiddles are 1 and not stored; the address is then not used.",
    "      const twiddle = twiddles + (i - 1) * (radix - 1) * 16;",
    "      primeButterfly(",
    "        radix, step, step * groups, from, to, i > 0, twiddle, roots, pairs,",
    "      );",
    "    }",
    "  }",
    "}",
    "",
    "function primeButterfly(",
    "  radix: usize, step: usize, leap: usize, from: usize, to: usize,",
    "  twiddled: bool, twiddle: usize, roots: usize, pairs: usize,",
    "): void {",
    "  const half = (radix - 1) >> 1;",
    "  const row = half << 4;",
    "  const end = pairs + (half << 6);",
    "  const re0 = v128.load(from);",
    "  const im0 = v128.load(from, 16);",
    "  let re = re0;",
    "  let im = im0;",
    "  let a = from + step;",
    "  let b = from + step * (radix - 1);",
    "  for (let pair = pairs; pair < end; pair += 64) {",
    ...indented(4, pairSource()),
    "    a += step;",
    "    b -= step;",
    "  }",
    "  v128.store(to, re);",
    "  v128.store(to, im, 16);",
    "  let k: usize = 1;",
    `  for (; k + ${OUTPUTS_AT_ONCE - 1} <= half; k += ${OUTPUTS_AT_ONCE}) {`,
    ...indented(4, primeOutputsSource(OUTPUTS_AT_ONCE)),
    "  }",
    "  for (; k <= half; k++) {",
    ...indented(4, primeOutputsSource(1)),
    "  }",
    "}",
  ].join("\n");
}

/** Sum and difference of two mirrored inputs, kept; the sum is added to output 0. */
function pairSource(): string[] {
  const block = new Block();
  const x = block.bindComplex("v128.load(a)", "v128.load(a, 16)");
  const y = block.bindComplex("v128.load(b)", "v128.load(b, 16)");
  const sum = block.bindComplex(add(x.re, y.re), add(x.im, y.im));
  return [
    ...block.statements,
    ...stores("pair", sum),
    `v128.store(pair, ${sub(x.re, y.re)}, 32);`,
    `v128.store(pair, ${sub(x.im, y.im)}, 48);`,
    `re = ${add("re", sum.re)};`,
    `im = ${add("im", sum.im)};`,
  ];
}

/** Outputs k … k + count − 1 and their mirrors. */
function primeOutputsSource(count: number): string[] {
  const outputs = Array.from({ length: count }, (_, k) => k);
  const sums = outputs.flatMap((k) => [
    `let evenRe${k} = re0;`,
    `let evenIm${k} = im0;`,
    `let oddRe${k} = f64x2.splat(0);`,
    `let oddIm${k} = f64x2.splat(0);`,
  ]);
  const terms = outputs.flatMap((k) => [
    `const c${k} = v128.load64_splat(root${k > 0 ? ` + row * ${k}` : ""});`,
    `evenRe${k} = ${add(`evenRe${k}`, mul(`c${k}`, "sumRe"))};`,
    `evenIm${k} = ${add(`evenIm${k}`, mul(`c${k}`, "sumIm"))};`,
    `const s${k} = v128.load64_splat(root${k > 0 ? ` + row * ${k}` : ""}, 8);`,
    `oddRe${k} = ${add(`oddRe${k}`, mul(`s${k}`, "differenceIm"))};`,
    `oddIm${k} = ${add(`oddIm${k}`, mul(`s${k}`, "differenceRe"))};`,
  ]);
  return [
    ...sums,
    "let root = roots + row * (k - 1);",
    "for (let pair = pairs; pair < end; pair += 64) {",
    "  const sumRe = v128.load(pair);",
    "  const sumIm = v128.load(pair, 16);",
    "  const differenceRe = v128.load(pair, 32);",
    "  const differenceIm = v128.load(pair, 48);",
    ...indented(2, terms),
    "  root += 16;",
    "}",
    ...outputs.flatMap((k) => [
      ...primeStoreSource(
        `to + leap * (k + ${k})`,
        `twiddle + ((k + ${k - 1}) << 4)`,
        { re: add(`evenRe${k}`, `oddRe${k}`), im: sub(`evenIm${k}`, `oddIm${k}`) },
      ),
      ...primeStoreSource(
        `to + leap * (radix - k - ${k})`,
        `twiddle + ((radix - k - ${k + 1}) << 4)`,
        { re: sub(`evenRe${k}`, `oddRe${k}`), im: add(`evenIm${k}`, `oddIm${k}`) },
      ),
    ]),
  ];
}

/** Stores one output of the odd prime pass at `target`, turned by the root at `twiddle` if any. */
function primeStoreSource(target: string, twiddle: string, value: Complex): string[] {
  const block = new Block();
  const output = block.bindComplex(value.re, value.im);
  const bound = block.statements.length;
  const turned = rotated(output, "root", 0, block);
  return [
    "{",
    ...indented(2, block.statements.slice(0, bound)),
    `  const output = ${target};`,
    "  if (twiddled) {",
    `    const root = ${twiddle};`,
    ...indented(4, [...block.statements.slice(bound), ...stores("output", turned)]),
    "  } else {",
    ...indented(4, stores("output", output)),
    "  }",
    "}",
  ];
}

function indented(columns: number, lines: readonly string[]): string[] {
  return lines.map((line) => " ".repeat(columns) + line);
}
