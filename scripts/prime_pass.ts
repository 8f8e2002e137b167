/** The pass of the Fourier transform for any odd prime, as AssemblyScript: see butterflies.ts. */
import {
  add,
  Block,
  type Complex,
  indented,
  loadedRoot,
  mul,
  product,
  stores,
  sub,
} from "./statements.ts";

/** Outputs of the odd prime pass made side by side: what 16 registers can hold. */
const OUTPUTS_AT_ONCE = 3;

/**
 * The pass of any odd radix. `roots` holds cos and sin of 2π·jk/r for k, then j, both from 1 to
 * (r − 1)/2; `pairs` has room for (r − 1)/2 sums and differences, 64 bytes each.
 */
export function primePassSource(): string {
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
  const turned = product(output, loadedRoot("root", 0, block));
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
