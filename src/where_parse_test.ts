/** Any filter: expressions printed from trees that are evaluated the plain way, and any text. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "./errors.ts";
import { FilterError, parseWhere } from "./where.ts";

const PARAMETERS = ["beta", "m", "h"];

function holds(expression: string, beta: number, m: number, h: number): boolean {
  return parseWhere(expression, PARAMETERS)(Float64Array.of(beta, m, h));
}

/** A filter as it is drawn: an operator or function over parts, or a leaf. */
interface Tree {
  readonly of: string;
  readonly parts: readonly Tree[];
}

const NAMES = /^(beta|m|h)$/;
const LEVELS = [["or"], ["and"], ["not"], ["<", "<=", ">", ">=", "=", "!="], ["+", "-"]];
LEVELS.push(["*", "/", "%"], ["negative"], ["^"]);
const SPELLINGS: Record<string, string[]> = {
  or: [" or ", "||"],
  and: [" and ", " && "],
  not: ["not ", "!"],
  negative: ["-", "-+"],
  "=": ["=", "=="],
  "!=": ["!=", "<>"],
  "^": ["^", "**"],
};

const tree = (of: string, ...parts: Tree[]): Tree => ({ of, parts });
const operators = (level: number) => fc.constantFrom(...LEVELS[level]!);

const { condition } = fc.letrec<{ number: Tree; condition: Tree }>((tie) => {
  const number = tie("number");
  const condition = tie("condition");
  const leaf = fc.constantFrom("beta", "m", "h", "0", "1", "2", "3", "0.5", "1e200");
  const exponent = fc.constantFrom(tree("2"), tree("3"), tree("negative", tree("1")), tree("m"));
  const call = fc.constantFrom("abs", "sqrt", "floor", "ceil", "round");
  return {
    number: fc.oneof(
      { maxDepth: 5 },
      leaf.map((of) => tree(of)),
      fc.tuple(operators(4), number, number).map(([of, a, b]) => tree(of, a, b)),
      fc.tuple(operators(5), number, number).map(([of, a, b]) => tree(of, a, b)),
      fc.tuple(number, exponent).map(([a, b]) => tree("^", a, b)),
      number.map((a) => tree("negative", a)),
      fc.tuple(call, number).map(([of, a]) => tree(of, a)),
      fc.tuple(fc.constantFrom("min", "max"), fc.array(number, { minLength: 1, maxLength: 3 }))
        .map(([of, parts]) => tree(of, ...parts)),
    ),
    condition: fc.oneof(
      { maxDepth: 5 },
      fc.tuple(operators(3), number, number).map(([of, a, b]) => tree(of, a, b)),
      fc.tuple(fc.constantFrom("and", "or"), condition, condition)
        .map(([of, a, b]) => tree(of, a, b)),
      condition.map((a) => tree("not", a)),
    ),
  };
});

/** The expression of a tree; `choose` picks spellings, blanks and needless parentheses. */
function print({ of, parts }: Tree, loosest: number, choose: (count: number) => number): string {
  const level = LEVELS.findIndex((operators) => operators.includes(of));
  const [first, second] = parts;
  const spelled = SPELLINGS[of]?.[choose(2)] ?? [of, ` ${of} `][choose(2)]!;
  const inner = (part: Tree, loosest: number) => print(part, loosest, choose);
  let text: string;
  if (first === undefined) text = of;
  else if (level < 0) text = `${of}(${parts.map((part) => inner(part, 4)).join(", ")})`;
  else if (second === undefined) text = spelled + inner(first, level);
  else if (of === "^") text = inner(first, level + 1) + spelled + inner(second, level - 1);
  else {
    // Comparisons side by side would be a chain.
    text = inner(first, level === 3 ? 4 : level) + spelled + inner(second, level + 1);
  }
  return (level >= 0 && level < loosest) || choose(5) === 4 ? `(${text})` : text;
}

/** The value of a tree: a number, true or false; undefined where it has none. */
function evaluate({ of, parts }: Tree, values: readonly number[]): number | boolean | undefined {
  const [first, second] = parts;
  if (first === undefined) return NAMES.test(of) ? values[PARAMETERS.indexOf(of)] : Number(of);
  const a = evaluate(first, values);
  if (of === "and" && a === false) return false;
  if (of === "or" && a === true) return true;
  if (a === undefined) return undefined;
  if (of === "not") return !a;
  const rest = parts.slice(1).map((part) => evaluate(part, values));
  if (rest.includes(undefined)) return undefined;
  if (of === "and" || of === "or") return rest[0];
  if (second === undefined || of === "min" || of === "max") {
    return functionOf(of, [a, ...rest] as number[]);
  }
  return binary(of, a as number, rest[0] as number);
}

function functionOf(of: string, [a, ...rest]: number[]): number | undefined {
  if (of === "negative") return -a!;
  if (of === "sqrt") return a! < 0 ? undefined : Math.sqrt(a!);
  if (of === "round") return a! < 0 ? -Math.round(-a!) : Math.round(a!);
  if (of === "min" || of === "max") {
    return [a!, ...rest].sort((x, y) => x - y).at(+(of === "min") - 1);
  }
  return { abs: Math.abs, floor: Math.floor, ceil: Math.ceil }[of]!(a!);
}

function binary(of: string, a: number, b: number): number | boolean | undefined {
  if (of === "^" && (!Number.isInteger(b) || Math.abs(b) > 64)) return undefined;
  const product = (count: number) => Array<number>(count).fill(a).reduce((x, y) => x * y, 1);
  const value = {
    "<": a < b,
    "<=": a <= b,
    ">": a > b,
    ">=": a >= b,
    "=": a === b,
    "!=": a !== b,
    "+": a + b,
    "-": a - b,
    "*": a * b,
    "/": a / b,
    "%": a % b,
    "^": of !== "^" ? 0 : b < 0 ? 1 / product(-b) : product(b),
  }[of]!;
  return typeof value === "boolean" || Number.isFinite(value) ? value : undefined;
}

/** Whether some part without parameters has no value. */
function isHopeless(part: Tree): boolean {
  const isConstant = ({ of, parts }: Tree): boolean => !NAMES.test(of) && parts.every(isConstant);
  const isCondition = LEVELS.slice(0, 4).flat().includes(part.of);
  return (!isCondition && isConstant(part) && evaluate(part, []) === undefined) ||
    part.parts.some(isHopeless);
}

Deno.test("parseWhere() agrees with the tree that an expression was printed from", () => {
  const counts = { true: 0, false: 0, undefined: 0, refused: 0 };
  const value = fc.constantFrom(-3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 2, 2.5, 3, 65);
  const point = fc.tuple(value, value, value);
  fc.assert(
    fc.property(
      condition,
      point,
      fc.array(fc.nat(999), { minLength: 9 }),
      (drawn, point, picks) => {
        let picked = 0;
        const text = print(drawn, 0, (count) => picks[picked++ % picks.length]! % count);
        fc.pre(text.length <= 1000);
        if (isHopeless(drawn)) {
          assertThrows(() => parseWhere(text, PARAMETERS), UsageError);
          counts.refused++;
          return;
        }
        const expected = evaluate(drawn, point) as boolean | undefined;
        counts[`${expected}`]++;
        if (expected === undefined) assertThrows(() => holds(text, ...point), FilterError);
        else assertEquals(holds(text, ...point), expected, text);
      },
    ),
    { seed: 1, numRuns: 10_000 },
  );
  for (const [what, count] of Object.entries(counts)) assert(count > 200, `${what}: ${count}`);
});

Deno.test("parseWhere() reads or refuses any text, in a message of three lines", () => {
  const counts = { read: 0, valueless: 0, refused: 0 };
  const words = "beta m abs( min( not and or < = m<2 1/m<2 ^-2".split(" ");
  const unit = fc.constantFrom(
    ..."mh0129.eE+-*/%^<>=!&|(), \tβ\x1b\ud800",
    ...words,
    ...words,
    " or ",
  );
  const text = fc.string({ unit, maxLength: 16 });
  fc.assert(
    fc.property(text, (text) => {
      try {
        holds(text, 0.5, 0, 3);
        counts.read++;
      } catch (error) {
        if (error instanceof FilterError) counts.valueless++;
        else {
          assert(error instanceof UsageError, `${text}: ${error}`);
          assert(/^Cannot read --where ".*": .+\n {2}.*\n {2,}\^$/u.test(error.message));
          // No control character but the line feed.
          assert(!/[^\P{Cc}\n]/u.test(error.message));
          counts.refused++;
        }
      }
    }),
    { seed: 1, numRuns: 100_000 },
  );
  for (const [what, count] of Object.entries(counts)) assert(count > 100, `${what}: ${count}`);
});
