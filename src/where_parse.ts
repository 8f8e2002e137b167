/** The grammar of filters: from text to a tree in which numbers and conditions are never mixed. */
import { closestString } from "@std/text/closest-string";
import { parseDecimal, toNumber } from "./decimal.ts";
import type { UsageError } from "./errors.ts";
import {
  type Arithmetic,
  COMPARISONS,
  type ConditionNode,
  FUNCTIONS,
  isCondition,
  type Node,
  type NumberNode,
  PRODUCTS,
  SUMS,
} from "./where_tree.ts";
import { quoted, shown, type Token, tokensOf, unreadable } from "./where_tokens.ts";

/** A place in an expression that is being read. */
interface Reader {
  readonly expression: string;
  readonly parameters: readonly string[];
  readonly tokens: readonly Token[];
  index: number;
  depth: number;
}

/** Functions of any number of numbers; the others take one. */
const MANY_OPERANDS: readonly string[] = ["min", "max"];
/** What people look for and must not get, see `parseWhere`. */
const INEXACT = /^(exp|log|ln|log2|log10|pow|sin|cos|tan|asin|acos|atan|sinh|cosh|tanh)$/;

/** Levels of parentheses, signs, `not` and exponents: each is a call deeper on the stack. */
const MAX_DEPTH = 100;

/**
 * The tree of a filter. From loose to tight: or, and, not, comparisons, sums, products, signs,
 * powers; `a < b < c` becomes `a < b and b < c`.
 *
 * @throws {UsageError} with a mark below the place that cannot be read
 */
export function parseCondition(expression: string, parameters: readonly string[]): ConditionNode {
  const tokens = tokensOf(expression);
  const reader: Reader = { expression, parameters, tokens, index: 0, depth: 0 };
  const node = readOr(reader);
  if (peek(reader).kind !== "end") throw outOfPlace(reader, "an operator or the end");
  return asCondition(reader, node);
}

function readOr(reader: Reader): Node {
  return readJoined(reader, "or", readAnd);
}

function readAnd(reader: Reader): Node {
  return readJoined(reader, "and", readNot);
}

function readJoined(reader: Reader, kind: "and" | "or", readOperand: (reader: Reader) => Node) {
  let node = readOperand(reader);
  while (accept(reader, [kind]) !== undefined) {
    const left = asCondition(reader, node);
    const right = asCondition(reader, readOperand(reader));
    node = { kind, left, right, start: left.start, end: right.end };
  }
  return node;
}

function readNot(reader: Reader): Node {
  const { start } = peek(reader);
  if (accept(reader, ["not"]) === undefined) return readComparison(reader);
  const of = asCondition(reader, nested(reader, readNot));
  return { kind: "not", of, start, end: of.end };
}

function readComparison(reader: Reader): Node {
  const first = readSum(reader);
  let operator = accept(reader, COMPARISONS);
  if (operator === undefined) return first;
  let left = asNumber(reader, first);
  let chain: ConditionNode | undefined;
  for (; operator !== undefined; operator = accept(reader, COMPARISONS)) {
    const right = asNumber(reader, readSum(reader));
    const { start, end } = { start: left.start, end: right.end };
    const link: ConditionNode = { kind: "comparison", operator, left, right, start, end };
    chain = chain === undefined
      ? link
      : { kind: "and", left: chain, right: link, start: chain.start, end };
    left = right;
  }
  return chain!;
}

function readSum(reader: Reader): Node {
  return readArithmetic(reader, SUMS, readProduct);
}

function readProduct(reader: Reader): Node {
  return readArithmetic(reader, PRODUCTS, readSigned);
}

function readArithmetic(
  reader: Reader,
  operators: readonly Arithmetic[],
  readOperand: (reader: Reader) => Node,
): Node {
  let node = readOperand(reader);
  for (;;) {
    const operator = accept(reader, operators);
    if (operator === undefined) return node;
    node = arithmetic(reader, operator, node, readOperand(reader));
  }
}

function readSigned(reader: Reader): Node {
  const { start } = peek(reader);
  const sign = accept(reader, SUMS);
  if (sign === undefined) return readPower(reader);
  const of = asNumber(reader, nested(reader, readSigned));
  return sign === "+" ? { ...of, start } : { kind: "negation", of, start, end: of.end };
}

/** −2^2 is −4, and 2^−3^2 is 2^(−9). */
function readPower(reader: Reader): Node {
  const base = readPrimary(reader);
  if (accept(reader, ["^"]) === undefined) return base;
  return arithmetic(reader, "^", base, nested(reader, readSigned));
}

function arithmetic(reader: Reader, operator: Arithmetic, first: Node, second: Node): NumberNode {
  const left = asNumber(reader, first);
  const right = asNumber(reader, second);
  return { kind: "arithmetic", operator, left, right, start: left.start, end: right.end };
}

function readPrimary(reader: Reader): Node {
  const token = peek(reader);
  if (token.kind === "number") return readNumber(reader);
  if (token.kind === "name") return readNamed(reader);
  if (accept(reader, ["("]) === undefined) {
    throw outOfPlace(reader, 'a number, a parameter or "("');
  }
  const node = nested(reader, readOr);
  const { end } = peek(reader);
  if (accept(reader, [")"]) === undefined) throw outOfPlace(reader, 'an operator or ")"');
  return { ...node, start: token.start, end };
}

function readNumber(reader: Reader): NumberNode {
  const { text, start, end } = peek(reader);
  const decimal = parseDecimal(text);
  if (decimal === undefined) {
    const what = `${quoted(text)} is no number that a double can hold, expected one such as 1e-3`;
    throw unreadable(reader.expression, start, what);
  }
  reader.index++;
  return { kind: "number", value: toNumber(decimal), start, end };
}

/** A parameter or a call; a parameter may have the name of a function. */
function readNamed(reader: Reader): NumberNode {
  const { text, start, end } = peek(reader);
  const isCalled = reader.tokens[reader.index + 1]?.text === "(";
  const name = FUNCTIONS.find((known) => known === text);
  const slot = reader.parameters.indexOf(text);
  if (slot >= 0 && !(isCalled && name !== undefined)) {
    reader.index++;
    return { kind: "parameter", slot, start, end };
  }
  if (name === undefined) throw unknownName(reader, isCalled);
  reader.index++;
  if (accept(reader, ["("]) === undefined) throw outOfPlace(reader, `"(" behind ${name}`);
  const operands = nested(reader, readOperands);
  if (operands.length > 1 && !MANY_OPERANDS.includes(name)) {
    const what = `${name} of ${operands.length} numbers, expected ${name} of 1`;
    throw unreadable(reader.expression, operands[1]!.start, what);
  }
  return { kind: "call", name, operands, start, end: reader.tokens[reader.index - 1]!.end };
}

function readOperands(reader: Reader): NumberNode[] {
  const operands: NumberNode[] = [];
  do operands.push(asNumber(reader, readOr(reader))); while (accept(reader, [","]) !== undefined);
  if (accept(reader, [")"]) === undefined) throw outOfPlace(reader, 'an operator, "," or ")"');
  return operands;
}

/** What `read` gives, one level deeper. */
function nested<Result>(reader: Reader, read: (reader: Reader) => Result): Result {
  if (reader.depth === MAX_DEPTH) {
    const what = `more than ${MAX_DEPTH} levels are inside each other, expected fewer`;
    throw unreadable(reader.expression, peek(reader).start, what);
  }
  reader.depth++;
  const result = read(reader);
  reader.depth--;
  return result;
}

function peek(reader: Reader): Token {
  return reader.tokens[reader.index]!;
}

/** Passes the next word when it is one of these. */
function accept<Text extends string>(reader: Reader, texts: readonly Text[]): Text | undefined {
  const { text } = peek(reader);
  const found = texts.find((candidate) => candidate === text);
  if (found !== undefined) reader.index++;
  return found;
}

function asNumber({ expression }: Reader, node: Node): NumberNode {
  if (!isCondition(node)) return node;
  const text = quoted(expression.slice(node.start, node.end));
  throw unreadable(expression, node.start, `${text} is a condition, expected a number`);
}

function asCondition({ expression }: Reader, node: Node): ConditionNode {
  if (isCondition(node)) return node;
  const text = shown(expression.slice(node.start, node.end));
  const what = `"${text}" is a number, expected a condition such as ${text} < 2`;
  throw unreadable(expression, node.start, what);
}

function outOfPlace(reader: Reader, expected: string): UsageError {
  const { expression } = reader;
  const { kind, start, end } = peek(reader);
  const place = [...expression.slice(0, start)].length + 1;
  const what = kind === "end"
    ? "it ends too early"
    : `${quoted(expression.slice(start, end))} is out of place at character ${place}`;
  return unreadable(expression, start, `${what}, expected ${expected}`);
}

function unknownName(reader: Reader, isCalled: boolean): UsageError {
  const { text, start } = peek(reader);
  const known = isCalled ? FUNCTIONS : reader.parameters;
  const nearest = known.length === 0 ? "" : `, did you mean ${closestString(text, known)}?`;
  const what = isCalled && INEXACT.test(text)
    ? `${text} differs in the last bit from one machine to another, expected a filter without it`
    : `there is no ${isCalled ? "function" : "parameter"} ${quoted(text)}${nearest}`;
  return unreadable(reader.expression, start, what);
}
