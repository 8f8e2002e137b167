/** The words of a filter expression, and the error that shows one that is out of place. */
import { UsageError } from "./errors.ts";

/** A word of an expression; indices are into the expression, the end's index excluded. */
export interface Token {
  readonly kind: "number" | "name" | "operator" | "unknown" | "end";
  /** As written, save that an operator with several spellings has one. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Characters an expression may have. */
const MAX_LENGTH = 1000;
/** Characters of an expression that fit on a line of a message. */
const MAX_SHOWN = 72;

/** Other spellings, and the words that are no names. */
const OPERATORS: ReadonlyMap<string, string> = new Map([
  ["and", "and"],
  ["&&", "and"],
  ["or", "or"],
  ["||", "or"],
  ["not", "not"],
  ["!", "not"],
  ["**", "^"],
  ["==", "="],
  ["<>", "!="],
]);

const NUMBER = /(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/u;
const NAME = /(?<name>[\p{L}_][\p{L}\p{N}_]*)/u;
const OPERATOR = /(?<operator>\*\*|<=|>=|==|!=|<>|&&|\|\||[-+*/%^<>=!(),])/u;
const WORD = new RegExp(`${NUMBER.source}|${NAME.source}|${OPERATOR.source}|\\S`, "gu");

/**
 * Characters that stay as they are in a message: one column wide, and no orders to a terminal.
 * ASCII, Latin and Greek letters, and the signs of mathematics.
 */
const NOT_SHOWN = /[^ -~\u00a1-\u00ac\u00ae-\u02af\u0370-\u03ff\u2200-\u22ff]/gu;

/**
 * The words of an expression, the last one an end.
 *
 * @throws {UsageError} for more than 1000 characters
 */
export function tokensOf(expression: string): Token[] {
  if (expression.length > MAX_LENGTH) {
    const what = `it has ${expression.length} characters, expected at most ${MAX_LENGTH}`;
    throw unreadable(expression, MAX_LENGTH, what);
  }
  const tokens: Token[] = [];
  for (const { 0: text, index: start, groups = {} } of expression.matchAll(WORD)) {
    const end = start + text.length;
    const operator = OPERATORS.get(text) ?? groups["operator"];
    if (operator !== undefined) tokens.push({ kind: "operator", text: operator, start, end });
    else {
      const kind = groups["number"] ? "number" : groups["name"] ? "name" : "unknown";
      tokens.push({ kind, text, start, end });
    }
  }
  const end = expression.trimEnd().length;
  return [...tokens, { kind: "end", text: "", start: end, end }];
}

/** An error with the expression on its second line, and a mark below the index on its third. */
export function unreadable(
  expression: string,
  index: number,
  problem: string,
  options?: ErrorOptions,
): UsageError {
  const characters = [...printable(expression)];
  const column = [...expression.slice(0, index)].length;
  const latest = Math.max(0, characters.length - MAX_SHOWN);
  const from = Math.min(latest, Math.max(0, column - MAX_SHOWN / 2));
  const before = from > 0 ? "…" : "";
  const after = from < latest ? "…" : "";
  const line = before + characters.slice(from, from + MAX_SHOWN).join("") + after;
  const mark = " ".repeat(before.length + column - from) + "^";
  const message = `Cannot read --where "${shown(expression)}": ${problem}\n  ${line}\n  ${mark}`;
  return new UsageError(message, options);
}

/** Text for a message: harmless to a terminal, and cut where it is long. */
export function shown(text: string): string {
  const characters = [...printable(text)];
  if (characters.length <= MAX_SHOWN) return characters.join("");
  return characters.slice(0, MAX_SHOWN).join("") + "…";
}

/** A character for each character: white space as blanks, and `?` for what is better not shown. */
function printable(text: string): string {
  return text.replaceAll(/\s/gu, " ").replaceAll(NOT_SHOWN, "?");
}

/** A word as an error names it: quoted, or the number of a character that cannot be shown. */
export function quoted(text: string): string {
  if (printable(text) === text || [...text].length > 1) return `"${shown(text)}"`;
  return `U+${text.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}
