/**
 * Two steps of the Fourier transform in one pass, as AssemblyScript: see butterflies.ts. What is
 * between the steps stands at fixed addresses, where V8 checks neither loads nor stores.
 */
import { butterfly, type Constants } from "./butterfly.ts";
import { Block, type Complex, indented, loadedRoot, loads, product, stores } from "./statements.ts";

/** The radices of two steps. */
type DoubleStep = readonly [first: number, second: number];

/** The last two steps of powers of two, and of lengths such as 480 and 1080. */
const LAST: readonly DoubleStep[] = [[4, 4], [4, 8], [3, 5]];

/** The radix of the first two steps, where both have it. */
const FIRST_RADIX = 4;

/** All passes of two steps, and what the plan has to know of them. */
export function doubleStepsSource(constants: Constants): string[] {
  const radices = LAST.map(([first, second]) => first * second);
  return [
    `export const FIRST_RADIX: i32 = ${FIRST_RADIX};`,
    "export const FIRST_DOUBLE_STEP: i32 = FIRST_RADIX * FIRST_RADIX;",
    [
      "export function isLastDoubleStep(radix: i32): bool {",
      `  return ${radices.map((radix) => `radix == ${radix}`).join(" || ")};`,
      "}",
    ].join("\n"),
    // Below the initial size of memory: V8 then knows that there is no need to check.
    `const BETWEEN: usize = memory.data(${32 * Math.max(...radices)}, 16);`,
    firstTwoSource(false, constants),
    firstTwoSource(true, constants),
    ...LAST.map((steps) => lastTwoSource(steps, constants)),
  ];
}

/** What calls the passes of elements that lie together. */
export function doubleStepCases(): string[] {
  const last = LAST.map(([first, second]) => first * second);
  return last.flatMap((radix) => [
    `    case ${radix}:`,
    ...radix === FIRST_RADIX ** 2
      ? [
        `      if (stride == 1) last${radix}(groups, source, target);`,
        "      else firstTwo(stride, source, target, twiddles);",
      ]
      : [`      last${radix}(groups, source, target);`],
    "      break;",
  ]);
}

/** The last two steps: their twiddles are the same for every length. */
function lastTwoSource([first, second]: DoubleStep, constants: Constants): string {
  const radix = first * second;
  const block = new Block();
  for (let i = 0; i < second; i++) {
    const input = (j: number) => loads(block.bind(`from + ${32 * (i + second * j)}`), block);
    const root = (k: number) => i * k > 0 ? constants.root(i * k, radix) : undefined;
    firstStep({ radix: first, apart: second, index: i, input, root }, block, constants);
  }
  for (let k = 0; k < first; k++) {
    const address = block.bind(`to + leap * ${k}`);
    secondStep({ radix: second, index: k, address, root: () => undefined }, block, constants);
  }
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

/**
 * The first two steps, of elements that lie together or at `source` plus a u32 of `places`. The
 * twiddles of the first step, from `early` on, have `late` those of the second behind them, which
 * all its butterflies of one place share.
 */
function firstTwoSource(gathered: boolean, constants: Constants): string {
  const [name, places] = gathered ? ["gatheredTwo", "places: usize, "] : ["firstTwo", ""];
  const next = gathered ? "from += 4" : "from += 32";
  return [
    `function ${name}(`,
    `  stride: usize, source: usize, ${places}target: usize, twiddles: usize,`,
    "): void {",
    "  const leap = stride << 5;",
    `  const wide = leap * ${FIRST_RADIX};`,
    gathered ? "  const row = stride << 2;" : "  const row = leap;",
    `  const wideRow = row * ${FIRST_RADIX};`,
    `  const block = stride * ${16 * (FIRST_RADIX - 1)};`,
    `  let late = twiddles + block * ${FIRST_RADIX} - ${16 * (FIRST_RADIX - 1)};`,
    "  const end = target + leap;",
    `  let from = ${gathered ? "places" : "source"};`,
    "  let to = target;",
    "  {",
    `    const early = twiddles - ${16 * (FIRST_RADIX - 1)};`,
    ...indented(4, firstTwoStatements(gathered, false, constants)),
    "  }",
    "  let early = twiddles;",
    `  for (${next}, to += 32; to < end; ${next}, to += 32) {`,
    ...indented(4, firstTwoStatements(gathered, true, constants)),
    `    early += ${16 * (FIRST_RADIX - 1)};`,
    `    late += ${16 * (FIRST_RADIX - 1)};`,
    "  }",
    "}",
  ].join("\n");
}

/** The butterflies of one place of the stride; those of place 0 do without twiddles of 1. */
function firstTwoStatements(gathered: boolean, twiddled: boolean, constants: Constants): string[] {
  const radix = FIRST_RADIX;
  const block = new Block();
  for (let i = 0; i < radix; i++) {
    let place = block.bind(`from + row * ${i}`);
    const input = (j: number) => {
      if (j > 0) place = block.bind(`${place} + wideRow`);
      return loads(gathered ? block.bind(`source + load<u32>(${place})`) : place, block);
    };
    const table = i > 0 || twiddled ? block.bind(`early + block * ${i}`) : undefined;
    const root = (k: number) =>
      k > 0 && table !== undefined ? loadedRoot(table, 16 * (k - 1), block) : undefined;
    firstStep({ radix, apart: radix, index: i, input, root }, block, constants);
  }
  const roots = Array.from(
    { length: twiddled ? radix : 0 },
    (_, k) => k > 0 ? loadedRoot("late", 16 * (k - 1), block) : undefined,
  );
  for (let k = 0; k < radix; k++) {
    const address = block.bind(`to + leap * ${k}`);
    secondStep({ radix, index: k, address, root: (j) => roots[j] }, block, constants);
  }
  return block.statements;
}

/** A butterfly of the first step, whose outputs lie `apart` in the room between. */
interface First {
  readonly radix: number;
  readonly apart: number;
  readonly index: number;
  readonly input: (j: number) => Complex;
  readonly root: (k: number) => Complex | undefined;
}

function firstStep({ radix, apart, index, input, root }: First, block: Block, all: Constants) {
  butterfly(radix, input, block, all).forEach((output, k) => {
    const turn = root(k);
    const result = turn === undefined ? output : product(output, turn);
    block.statements.push(...stores("BETWEEN", result, 32 * (index + apart * k)));
  });
}

/** A butterfly of the second step, whose outputs lie `wide` apart from `address` on. */
interface Second {
  readonly radix: number;
  readonly index: number;
  readonly address: string;
  readonly root: (k: number) => Complex | undefined;
}

function secondStep({ radix, index, address, root }: Second, block: Block, constants: Constants) {
  const input = (j: number) => loads("BETWEEN", block, 32 * (j + radix * index));
  let to = address;
  butterfly(radix, input, block, constants).forEach((output, k) => {
    if (k > 0) to = block.bind(`${to} + wide`);
    const turn = root(k);
    block.statements.push(...stores(to, turn === undefined ? output : product(output, turn)));
  });
}
