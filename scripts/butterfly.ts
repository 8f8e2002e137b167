/** The butterflies of the Fourier transform, statement by statement, and their constants. */
import { fixedRoot, nearestDouble } from "./roots_of_unity.ts";
import { add, type Block, type Complex, mul, sub } from "./statements.ts";

/** The transform of the inputs, e^(−2πi·jk/r) forward; they are loaded when they are needed. */
export function butterfly(
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

/** Numbers doubled in memory: loading them is faster than building them from an immediate. */
export class Constants {
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
