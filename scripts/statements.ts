/** Pieces of AssemblyScript of which the passes of the Fourier transform are made. */

/** Statements in order; every bound expression gets a name of its own. */
export class Block {
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

/** Names of the variables, or the expressions, that hold a complex number's two parts. */
export interface Complex {
  readonly re: string;
  readonly im: string;
}

/** Expressions of vectors. */
export const add = (a: string, b: string) => `f64x2.add(${a}, ${b})`;
export const sub = (a: string, b: string) => `f64x2.sub(${a}, ${b})`;
export const mul = (a: string, b: string) => `f64x2.mul(${a}, ${b})`;

/**
 * The root of unity at `address` + `offset`, one for both lanes. Two shuffles cost less than a
 * second load, as V8 checks the address of each.
 */
export function loadedRoot(address: string, offset: number, block: Block): Complex {
  const both = block.bind(`v128.load(${address}, ${offset})`);
  return block.bindComplex(
    `i64x2.shuffle(${both}, ${both}, 0, 2)`,
    `i64x2.shuffle(${both}, ${both}, 1, 3)`,
  );
}

/** Expressions of both parts of a product. */
export function product(a: Complex, b: Complex): Complex {
  return {
    re: sub(mul(a.re, b.re), mul(a.im, b.im)),
    im: add(mul(a.im, b.re), mul(a.re, b.im)),
  };
}

/** The element at `address` + `offset`. */
export function loads(address: string, block: Block, offset = 0): Complex {
  return block.bindComplex(
    `v128.load(${address}, ${offset})`,
    `v128.load(${address}, ${offset + 16})`,
  );
}

/** Statements that store both parts, the real one first. */
export function stores(address: string, { re, im }: Complex, offset = 0): string[] {
  return [
    `v128.store(${address}, ${re}, ${offset});`,
    `v128.store(${address}, ${im}, ${offset + 16});`,
  ];
}

/** Lines moved to the right. */
export function indented(columns: number, lines: readonly string[]): string[] {
  return lines.map((line) => " ".repeat(columns) + line);
}
