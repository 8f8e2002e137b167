/** The tree of a filter: what the parser makes and the compiler takes. */

export const SUMS = ["+", "-"] as const;
export const PRODUCTS = ["*", "/", "%"] as const;
export const COMPARISONS = ["<", "<=", ">", ">=", "=", "!="] as const;
export const FUNCTIONS = ["abs", "sqrt", "floor", "ceil", "round", "min", "max"] as const;

/** Where a part of an expression stands, parentheses around it included. */
interface Span {
  readonly start: number;
  readonly end: number;
}

export type Arithmetic = typeof SUMS[number] | typeof PRODUCTS[number] | "^";
export type Comparison = typeof COMPARISONS[number];
export type FunctionName = typeof FUNCTIONS[number];

/** A part that is a number; a slot is an index of a parameter. */
export type NumberNode =
  & Span
  & (
    | { readonly kind: "number"; readonly value: number }
    | { readonly kind: "parameter"; readonly slot: number }
    | { readonly kind: "negation"; readonly of: NumberNode }
    | {
      readonly kind: "arithmetic";
      readonly operator: Arithmetic;
      readonly left: NumberNode;
      readonly right: NumberNode;
    }
    | {
      readonly kind: "call";
      readonly name: FunctionName;
      readonly operands: readonly NumberNode[];
    }
  );

/** A part that is true or false. */
export type ConditionNode =
  & Span
  & (
    | { readonly kind: "not"; readonly of: ConditionNode }
    | {
      readonly kind: "and" | "or";
      readonly left: ConditionNode;
      readonly right: ConditionNode;
    }
    | {
      readonly kind: "comparison";
      readonly operator: Comparison;
      readonly left: NumberNode;
      readonly right: NumberNode;
    }
  );

/** Any part. */
export type Node = NumberNode | ConditionNode;

/** Whether a part is true or false, not a number. */
export function isCondition(node: Node): node is ConditionNode {
  switch (node.kind) {
    case "not":
    case "and":
    case "or":
    case "comparison":
      return true;
    default:
      return false;
  }
}

/** Whether no parameter is in a part. */
export function isConstant(node: NumberNode): boolean {
  switch (node.kind) {
    case "number":
      return true;
    case "parameter":
      return false;
    case "negation":
      return isConstant(node.of);
    case "arithmetic":
      return isConstant(node.left) && isConstant(node.right);
    case "call":
      return node.operands.every(isConstant);
  }
}
