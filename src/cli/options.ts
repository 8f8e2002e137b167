/** Reading a command line: declared options, anything else refused with the nearest name. */
import { parseArgs } from "@std/cli/parse-args";
import { closestString } from "@std/text/closest-string";
import { UsageError } from "../errors.ts";
import { shellWord } from "../format/shell.ts";

/** An option of a command. */
export interface Option {
  readonly name: string;
  /** What stands for its value in the help; absent for a switch. */
  readonly value?: string;
  /** Whether it may be given several times. */
  readonly repeated?: boolean;
  readonly doc: string;
}

/** A command line that was read. */
export interface Options {
  /** What is no option, in order. */
  readonly words: readonly string[];
  /** Every value of each option given; an empty list for a switch. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** One-letter forms. `-h` is help everywhere; `--h` may be a parameter. */
const SHORT: Readonly<Record<string, string>> = { "-h": "help", "-o": "out", "-0": "null" };

/** A value that begins with a minus sign: a number, or what an axis starts with. */
const NEGATIVE = /^-(\d|\.\d)/;

/**
 * Reads the options of a command.
 *
 * @throws {UsageError} for an unknown option, a missing value, or a value where none is wanted
 */
export function parseOptions(options: readonly Option[], argv: readonly string[]): Options {
  const known = new Map(options.map((option) => [option.name, option]));
  const parsed = parseArgs(spelledOut(known, argv), {
    string: ["_", ...options.filter(({ value }) => value !== undefined).map(({ name }) => name)],
    boolean: options.filter(({ value }) => value === undefined).map(({ name }) => name),
    collect: options.filter(({ value }) => value !== undefined).map(({ name }) => name),
  });
  const values = new Map<string, readonly string[]>();
  for (const { name, value, repeated } of options) {
    const given = parsed[name];
    if (value === undefined) {
      if (given === true) values.set(name, []);
    } else if (Array.isArray(given) && given.length > 0) {
      if (given.length > 1 && repeated !== true) {
        throw new UsageError(`Cannot use --${name} ${given.length} times: expected once`);
      }
      if (name === "out" && given[0] === "-") {
        throw new UsageError('Cannot use -o "-": what is written are files, expected a path');
      }
      values.set(name, given);
    }
  }
  return { words: parsed._.map(String), values };
}

/** Options as `--name` or `--name=value`, the forms that leave nothing to guess, then all words. */
function spelledOut(known: ReadonlyMap<string, Option>, argv: readonly string[]): string[] {
  const spelled: string[] = [];
  const words: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === "--") {
      words.push(...argv.slice(i + 1));
      break;
    }
    const isShort = known.has(SHORT[word] ?? "");
    if (!word.startsWith("-") || word === "-" || NEGATIVE.test(word) && !isShort) {
      words.push(word);
      continue;
    }
    const equals = word.indexOf("=");
    const written = equals < 0 ? word : word.slice(0, equals);
    const name = SHORT[written] ?? (written.startsWith("--") ? written.slice(2) : undefined);
    const option = name === undefined ? undefined : known.get(name);
    if (option === undefined) throw unknownOption(written, known);
    if (option.value === undefined) {
      if (equals >= 0) throw new UsageError(`Cannot use ${word}: ${written} takes no value`);
      spelled.push(`--${option.name}`);
    } else if (equals >= 0) {
      spelled.push(`--${option.name}=${word.slice(equals + 1)}`);
    } else {
      const next = argv[i + 1];
      const isValue = next !== undefined &&
        (!next.startsWith("-") || next === "-" || NEGATIVE.test(next));
      if (!isValue) {
        // A value that begins with a dash, as `-beta < -1` does, is no option where it is told so.
        const dashed = next !== undefined && /\s/.test(next)
          ? `, or ${written}=${shellWord(next)}`
          : "";
        throw new UsageError(
          `Cannot use ${written}: its value is missing, expected ${written} ${option.value}` +
            dashed,
        );
      }
      spelled.push(`--${option.name}=${next}`);
      i++;
    }
  }
  // Behind `--` nothing is an option, not even `-1`.
  return [...spelled, "--", ...words];
}

function unknownOption(written: string, known: ReadonlyMap<string, Option>): UsageError {
  const nearest = closestString(written.replace(/^-+/, ""), [...known.keys()]);
  return new UsageError(
    `Cannot use ${written}: there is no such option, did you mean --${nearest}? ` +
      "(--help lists them all)",
  );
}
