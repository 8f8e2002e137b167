/**
 * Types of the @std modules used here: the npm republication that deno.json maps them to carries
 * none. With JSR at hand, map them to `jsr:@std/…` instead and delete this file.
 */

declare module "@std/assert" {
  export function assert(expr: unknown, msg?: string): asserts expr;
  export function assertEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertAlmostEquals(
    actual: number,
    expected: number,
    tolerance?: number,
    msg?: string,
  ): void;
  export function assertStringIncludes(actual: string, expected: string, msg?: string): void;
  export function assertMatch(actual: string, expected: RegExp, msg?: string): void;
  type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;
  export function assertThrows<E extends Error = Error>(
    fn: () => unknown,
    errorClass: ErrorClass<E>,
    msgIncludes?: string,
    msg?: string,
  ): E;
  export function assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    errorClass: ErrorClass<E>,
    msgIncludes?: string,
    msg?: string,
  ): Promise<E>;
}

declare module "@std/cli/parse-args" {
  export interface ParseArgsOptions {
    readonly boolean?: readonly string[];
    readonly string?: readonly string[];
    readonly collect?: readonly string[];
    readonly "--"?: boolean;
    readonly unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  }
  export function parseArgs(
    args: readonly string[],
    options?: ParseArgsOptions,
  ): { _: (string | number)[]; "--"?: string[] } & Record<string, unknown>;
}

declare module "@std/path/posix/dirname" {
  export function dirname(path: string): string;
}

declare module "@std/path/posix/glob-to-regexp" {
  export function globToRegExp(
    glob: string,
    options?: { readonly extended?: boolean; readonly globstar?: boolean },
  ): RegExp;
}

declare module "@std/path/posix/is-absolute" {
  export function isAbsolute(path: string): boolean;
}

declare module "@std/path/posix/join" {
  export function join(...paths: string[]): string;
}

declare module "@std/text/closest-string" {
  export function closestString(givenWord: string, possibleWords: readonly string[]): string;
}

declare module "@std/text/levenshtein-distance" {
  export function levenshteinDistance(one: string, other: string): number;
}
