/** Filters: conditions such as `beta*m < 2` that say which points of a grid are wanted. */
import { parseCondition } from "./where_parse.ts";
import { shown, unreadable } from "./where_tokens.ts";
import { type ConditionNode, isConstant, type NumberNode } from "./where_tree.ts";

/** Thrown by a filter at a point where it has no value: `division by zero in "1/m"`. */
export class FilterError extends Error {
  override readonly name = "FilterError";
}

type NumberAt = (values: Float64Array) => number;
type ConditionAt = (values: Float64Array) => boolean;

/** Size of the exponents allowed, and so how many multiplications a power can take. */
const MAX_EXPONENT = 64;
const NO_VALUES = new Float64Array(0);

/**
 * Compiles a filter such as `beta*m < 2 and not (h == 1)`. It takes the values of a point, all
 * finite, in the order of `parameters`, and throws a FilterError where it has no value.
 *
 * Numbers are doubles. There are `* / % + -`, `^` or `**` with whole exponents from −64 to 64,
 * `< <= > >= = == != <>` also in chains, `and or not` or `&& || !`, and abs, sqrt, floor, ceil,
 * min, max and round (halves away from zero). `%` has the sign of its left side, `0^0` is 1, and
 * `not` takes in the comparison behind it. `and`, `or` and chains stop when the answer is known.
 *
 * IEEE 754 fixes every bit of these. There is no exp, log or sine: engines differ in their last
 * bit, and which points a grid has must not depend on the machine.
 *
 * ```ts
 * import { parseWhere } from "./where.ts";
 * import { assertEquals } from "@std/assert";
 * const isWanted = parseWhere("m != 0 and 0 < beta/m < 2", ["beta", "m"]);
 * assertEquals(isWanted(Float64Array.of(1, 4)), true);
 * assertEquals(isWanted(Float64Array.of(1, 0)), false);
 * ```
 *
 * @throws {UsageError} with a mark below what cannot be read, or a constant without a value
 */
export function parseWhere(expression: string, parameters: readonly string[]): ConditionAt {
  return compileCondition(expression, parseCondition(expression, parameters));
}

function compileCondition(expression: string, node: ConditionNode): ConditionAt {
  switch (node.kind) {
    case "not": {
      const of = compileCondition(expression, node.of);
      return (values) => !of(values);
    }
    case "and": {
      const left = compileCondition(expression, node.left);
      const right = compileCondition(expression, node.right);
      return (values) => left(values) && right(values);
    }
    case "or": {
      const left = compileCondition(expression, node.left);
      const right = compileCondition(expression, node.right);
      return (values) => left(values) || right(values);
    }
    case "comparison":
      return compileComparison(expression, node);
  }
}

function compileComparison(
  expression: string,
  node: ConditionNode & { readonly kind: "comparison" },
): ConditionAt {
  const left = compileNumber(expression, node.left);
  const right = compileNumber(expression, node.right);
  switch (node.operator) {
    case "<":
      return (values) => left(values) < right(values);
    case "<=":
      return (values) => left(values) <= right(values);
    case ">":
      return (values) => left(values) > right(values);
    case ">=":
      return (values) => left(values) >= right(values);
    case "=":
      return (values) => left(values) === right(values);
    case "!=":
      return (values) => left(values) !== right(values);
  }
}

function compileNumber(expression: string, node: NumberNode): NumberAt {
  switch (node.kind) {
    case "number": {
      const { value } = node;
      return () => value;
    }
    case "parameter": {
      const { slot } = node;
      return (values) => values[slot]!;
    }
    case "negation": {
      const of = compileNumber(expression, node.of);
      return folded(expression, node, (values) => -of(values));
    }
    case "arithmetic":
      return folded(expression, node, compileArithmetic(expression, node));
    case "call":
      return folded(expression, node, compileCall(expression, node));
  }
}

function compileArithmetic(
  expression: string,
  node: NumberNode & { readonly kind: "arithmetic" },
): NumberAt {
  const part = partOf(expression, node);
  const left = compileNumber(expression, node.left);
  const right = compileNumber(expression, node.right);
  switch (node.operator) {
    case "+":
      return (values) => finite(left(values) + right(values), part);
    case "-":
      return (values) => finite(left(values) - right(values), part);
    case "*":
      return (values) => finite(left(values) * right(values), part);
    case "/":
      return (values) => finite(left(values) / divisor(right(values), part), part);
    case "%":
      return (values) => left(values) % divisor(right(values), part);
    case "^": {
      // Folded by itself, so that a constant exponent is refused whatever the base.
      const whole = (values: Float64Array) => wholeExponent(right(values), part);
      const exponent = folded(expression, node.right, whole);
      return (values) => power(left(values), exponent(values), part);
    }
  }
}

function compileCall(
  expression: string,
  node: NumberNode & { readonly kind: "call" },
): NumberAt {
  const operands = node.operands.map((operand) => compileNumber(expression, operand));
  const first = operands[0]!;
  const pairwise = (choose: (a: number, b: number) => number) =>
    operands.reduce((a, b) => (values) => choose(a(values), b(values)));
  switch (node.name) {
    case "abs":
      return (values) => Math.abs(first(values));
    case "sqrt": {
      const part = partOf(expression, node);
      return (values) => squareRoot(first(values), part);
    }
    case "floor":
      return (values) => Math.floor(first(values));
    case "ceil":
      return (values) => Math.ceil(first(values));
    case "round":
      return (values) => round(first(values));
    case "min":
      return pairwise(Math.min);
    case "max":
      return pairwise(Math.max);
  }
}

/** The computation of a part, or its value where no parameter is in it. */
function folded(expression: string, node: NumberNode, compute: NumberAt): NumberAt {
  if (!isConstant(node)) return compute;
  try {
    const value = compute(NO_VALUES);
    return () => value;
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw unreadable(expression, node.start, error.message, { cause: error });
  }
}

/** The text of a part, for the errors it may throw. */
function partOf(expression: string, { start, end }: NumberNode): string {
  return shown(expression.slice(start, end));
}

function finite(value: number, part: string): number {
  if (!Number.isFinite(value)) throw new FilterError(`no finite result in "${part}"`);
  return value;
}

function divisor(value: number, part: string): number {
  if (value === 0) throw new FilterError(`division by zero in "${part}"`);
  return value;
}

function squareRoot(value: number, part: string): number {
  if (value < 0) throw new FilterError(`square root of a negative number in "${part}"`);
  return Math.sqrt(value);
}

function wholeExponent(value: number, part: string): number {
  if (Number.isInteger(value) && Math.abs(value) <= MAX_EXPONENT) return value;
  const range = `-${MAX_EXPONENT} to ${MAX_EXPONENT}`;
  throw new FilterError(`exponent ${value} in "${part}", expected a whole number from ${range}`);
}

/** base · base · …, or one over it: Math.pow may round differently on another machine. */
function power(base: number, exponent: number, part: string): number {
  if (exponent < 0) divisor(base, part);
  let product = 1;
  for (let i = Math.abs(exponent); i > 0; i--) product *= base;
  return finite(exponent < 0 ? 1 / product : product, part);
}

/** To the nearest whole number, halves away from zero; the difference is exact. */
function round(value: number): number {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) < 0.5 ? whole : whole + Math.sign(value);
}
