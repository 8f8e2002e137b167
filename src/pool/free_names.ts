/** What a function refers to that is outside itself, found in its source. */
import { type Node, parseExpressionAt } from "acorn";

/** A function that was read. */
export interface ReadFunction {
  /** An expression that makes the function. */
  readonly expression: string;
  /** Names that it does not declare itself, in the order of their first use. */
  readonly names: readonly string[];
  /** What else ties it to where it stands: `this`, `super`, `a private name`, … */
  readonly ties: readonly string[];
}

/** As a module, so strict; what only a class may hold is told in our own words. */
const OPTIONS = {
  ecmaVersion: "latest",
  sourceType: "module",
  allowAwaitOutsideFunction: false,
  allowSuperOutsideMethod: true,
  checkPrivateFields: false,
} as const;

type Fields = Record<string, unknown>;
type Visited = Node & Fields;

/**
 * Reads the source of a function, a method or an arrow.
 *
 * @throws {SyntaxError} for anything else
 */
export function readFunction(source: string): ReadFunction {
  const { node, expression } = parseFunction(source);
  const walk = new Walk();
  walk.visit(node, new Scope(undefined));
  return { expression, names: [...walk.names], ties: [...walk.ties] };
}

function parseFunction(source: string): { node: Visited; expression: string } {
  try {
    const text = `(${source})`;
    return { node: parse(text), expression: text };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  // A method: `name(x) {…}`, `async *[key]() {…}`.
  const text = `({${source}})`;
  const [property] = (parse(text) as unknown as { properties: Visited[] }).properties;
  const value = property!.value as Visited;
  if (property!.kind !== "init") throw new SyntaxError("it is a getter or a setter");
  const head = `${value.async ? "async " : ""}function${value.generator ? "*" : ""} `;
  const expression = `(${head}${text.slice(value.start, value.end)})`;
  return { node: parse(expression), expression };
}

function parse(text: string): Visited {
  return parseExpressionAt(text, 0, OPTIONS) as Visited;
}

/** Names declared in a block or a function. */
class Scope {
  readonly names = new Set<string>();

  constructor(
    readonly outer: Scope | undefined,
    /** What gives `this`, `super`, private names or `arguments` a meaning inside. */
    readonly owner: "function" | "sent" | "class" | undefined = undefined,
  ) {}

  has(name: string): boolean {
    return this.names.has(name) || this.outer?.has(name) === true;
  }

  /** Whether something around here gives `this` a meaning of its own. */
  get hasThis(): boolean {
    return this.owner === "function" || this.owner === "class" || this.outer?.hasThis === true;
  }

  get hasClass(): boolean {
    return this.owner === "class" || this.outer?.hasClass === true;
  }
}

/** Walks a tree and collects what is free in it. */
class Walk {
  readonly names = new Set<string>();
  readonly ties = new Set<string>();
  #isOutermost = true;

  visit(node: Visited, scope: Scope): void {
    const special = this.#special[node.type];
    if (special !== undefined) special(node, scope);
    else this.#children(node, scope);
  }

  readonly #special: Readonly<Record<string, (node: Visited, scope: Scope) => void>> = {
    Identifier: (node, scope) => {
      const name = String(node.name);
      if (name === "arguments" && (scope.hasThis || this.#isInSent(scope))) return;
      if (!scope.has(name)) this.names.add(name);
    },
    ThisExpression: (_, scope) => {
      if (!scope.hasThis) this.ties.add("this");
    },
    Super: (_, scope) => {
      if (!scope.hasThis) this.ties.add("super");
    },
    MetaProperty: (node) => {
      if ((node.meta as Visited).name === "import") this.ties.add("import.meta");
    },
    PrivateIdentifier: (node, scope) => {
      if (!scope.hasClass) this.ties.add(`the private name #${String(node.name)}`);
    },
    ImportExpression: (node, scope) => {
      const { value } = node.source as Visited;
      if (!(typeof value === "string" && /^[a-z][a-z+.-]*:/.test(value))) {
        this.ties.add("an import() whose address is not absolute");
      }
      this.#children(node, scope);
    },
    CallExpression: (node, scope) => {
      const callee = node.callee as Visited;
      if (callee.type === "Identifier" && callee.name === "eval" && !scope.has("eval")) {
        this.ties.add("a direct eval");
      } else this.visit(callee, scope);
      for (const argument of node.arguments as Visited[]) this.visit(argument, scope);
    },
    MemberExpression: (node, scope) => {
      this.visit(node.object as Visited, scope);
      const property = node.property as Visited;
      if (node.computed === true || property.type === "PrivateIdentifier") {
        this.visit(property, scope);
      }
    },
    Property: (node, scope) => {
      if (node.computed === true) this.visit(node.key as Visited, scope);
      this.visit(node.value as Visited, scope);
    },
    MethodDefinition: (node, scope) => this.#member(node, scope),
    PropertyDefinition: (node, scope) => this.#member(node, scope),
    LabeledStatement: (node, scope) => this.visit(node.body as Visited, scope),
    BreakStatement: () => {},
    ContinueStatement: () => {},
    FunctionDeclaration: (node, scope) => this.#function(node, scope),
    FunctionExpression: (node, scope) => this.#function(node, scope),
    ArrowFunctionExpression: (node, scope) => this.#function(node, scope),
    ClassDeclaration: (node, scope) => this.#class(node, scope),
    ClassExpression: (node, scope) => this.#class(node, scope),
    BlockStatement: (node, scope) => this.#block(node, scope),
    StaticBlock: (node, scope) => this.#block(node, scope),
    ForStatement: (node, scope) => this.#block(node, scope),
    ForInStatement: (node, scope) => this.#block(node, scope),
    ForOfStatement: (node, scope) => this.#block(node, scope),
    SwitchStatement: (node, scope) => this.#block(node, scope),
    CatchClause: (node, scope) => {
      const inner = new Scope(scope);
      if (isNode(node.param)) declare(node.param, inner);
      this.#children(node, inner);
    },
  };

  #children(node: Visited, scope: Scope): void {
    for (const child of childrenOf(node)) this.visit(child, scope);
  }

  #block(node: Visited, scope: Scope): void {
    const inner = new Scope(scope);
    for (const child of childrenOf(node)) {
      hoistLexical(child, inner);
      if (child.type === "SwitchCase") {
        for (const statement of child.consequent as Visited[]) hoistLexical(statement, inner);
      }
    }
    this.#children(node, inner);
  }

  #function(node: Visited, scope: Scope): void {
    const isArrow = node.type === "ArrowFunctionExpression";
    const isOutermost = this.#isOutermost;
    this.#isOutermost = false;
    if (isOutermost && node.generator === true) this.ties.add("yield: it is a generator");
    const named = new Scope(scope);
    if (node.type === "FunctionExpression" && isNode(node.id)) declare(node.id, named);
    // The function that is sent gets no `this`; its own `arguments` it has.
    const owner = isArrow ? undefined : isOutermost ? "sent" : "function";
    const inner = new Scope(named, owner);
    for (const parameter of node.params as Visited[]) declare(parameter, inner);
    const body = node.body as Visited;
    hoistVars(body, inner);
    for (const parameter of node.params as Visited[]) this.visit(parameter, inner);
    this.visit(body, inner);
  }

  #class(node: Visited, scope: Scope): void {
    if (this.#isOutermost) this.ties.add("new: it is a class");
    this.#isOutermost = false;
    const inner = new Scope(scope, "class");
    if (isNode(node.id)) declare(node.id, inner);
    // What a class extends is seen from outside it.
    if (isNode(node.superClass)) this.visit(node.superClass, scope);
    this.visit(node.body as Visited, inner);
  }

  #member(node: Visited, scope: Scope): void {
    const key = node.key as Visited;
    if (node.computed === true) this.visit(key, scope);
    if (isNode(node.value)) this.visit(node.value, scope);
  }

  /** Whether the function that is sent is one with `arguments`. */
  #isInSent(scope: Scope | undefined): boolean {
    return scope !== undefined && (scope.owner === "sent" || this.#isInSent(scope.outer));
  }
}

function isNode(value: unknown): value is Visited {
  return typeof value === "object" && value !== null && "type" in value &&
    typeof value.type === "string";
}

function childrenOf(node: Visited): Visited[] {
  return Object.values(node).flatMap((value) => Array.isArray(value) ? value : [value])
    .filter(isNode);
}

/** The names that a pattern binds. */
function declare(pattern: Visited, scope: Scope): void {
  if (pattern.type === "Identifier") scope.names.add(String(pattern.name));
  else if (pattern.type === "AssignmentPattern") declare(pattern.left as Visited, scope);
  else if (pattern.type === "RestElement") declare(pattern.argument as Visited, scope);
  else if (pattern.type === "Property") declare(pattern.value as Visited, scope);
  else if (pattern.type === "ArrayPattern" || pattern.type === "ObjectPattern") {
    for (const child of childrenOf(pattern)) declare(child, scope);
  }
}

/** `let`, `const`, `using`, classes and functions of one block. */
function hoistLexical(statement: Visited, scope: Scope): void {
  if (statement.type === "VariableDeclaration" && statement.kind !== "var") {
    for (const { id } of statement.declarations as Visited[]) declare(id as Visited, scope);
  }
  if (statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration") {
    declare(statement.id as Visited, scope);
  }
}

/** Every `var` of a function, however deep, but not those of functions inside it. */
function hoistVars(node: Visited, scope: Scope): void {
  if (node.type === "VariableDeclaration" && node.kind === "var") {
    for (const { id } of node.declarations as Visited[]) declare(id as Visited, scope);
  }
  for (const child of childrenOf(node)) {
    if (!/Function|^Class/.test(child.type)) hoistVars(child, scope);
  }
}
