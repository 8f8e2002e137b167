/** The command line: what is taken, and what is refused with which words. */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "../errors.ts";
import { type Option, parseOptions } from "./options.ts";

const OPTIONS: readonly Option[] = [
  { name: "beta", value: "VALUES", repeated: true, doc: "" },
  { name: "h", value: "VALUES", repeated: true, doc: "" },
  { name: "out", value: "DIR", doc: "" },
  { name: "dry-run", doc: "" },
  { name: "help", doc: "" },
];

function parse(...argv: string[]) {
  const { words, values } = parseOptions(OPTIONS, argv);
  return { words, values: Object.fromEntries(values) };
}

function refused(why: string, ...argv: string[]): void {
  assertThrows(() => parse(...argv), UsageError, why);
}

Deno.test("parseOptions() reads values behind a space or an equals sign", () => {
  assertEquals(parse("--beta", "1,2", "--out=a=b", "--dry-run"), {
    words: [],
    values: { beta: ["1,2"], out: ["a=b"], "dry-run": [] },
  });
  assertEquals(parse(), { words: [], values: {} });
});

Deno.test("parseOptions() collects repeated options in their order", () => {
  assertEquals(parse("--beta", "2", "--h", "1", "--beta=1", "--beta", "2").values, {
    beta: ["2", "1", "2"],
    h: ["1"],
  });
});

Deno.test("parseOptions() takes values that begin with a minus sign and a digit", () => {
  assertEquals(parse("--beta", "-1", "--beta", "-.5:0:0.1", "--beta=-2").values, {
    beta: ["-1", "-.5:0:0.1", "-2"],
  });
  assertEquals(parse("--beta=-x", "--out=--help", "--h", "-").values, {
    beta: ["-x"],
    out: ["--help"],
    h: ["-"],
  });
});

Deno.test("parseOptions() refuses the standard output as a place for files", () => {
  refused('Cannot use -o "-": what is written are files, expected a path', "-o", "-");
  assertEquals(parse("-o", "./-").values, { out: ["./-"] });
});

Deno.test("parseOptions() tells -h, which is help, from --h, which is a parameter", () => {
  assertEquals(parse("-h").values, { help: [] });
  assertEquals(parse("--h", "0.5").values, { h: ["0.5"] });
  assertEquals(parse("--h=0.5", "-h").values, { h: ["0.5"], help: [] });
  assertEquals(parse("-o", "dir").values, { out: ["dir"] });
  assertEquals(parse("-o=dir").values, { out: ["dir"] });
});

Deno.test("parseOptions() keeps words in order, and numbers among them as they are", () => {
  assertEquals(parse("metropolis", "--beta", "1", "007", "-1", "-", "1e3").words, [
    ...["metropolis", "007", "-1", "-", "1e3"],
  ]);
});

Deno.test("parseOptions() takes everything behind -- for words", () => {
  assertEquals(parse("a", "--beta", "1", "--", "--beta", "2", "-h", "--", "--nope"), {
    words: ["a", "--beta", "2", "-h", "--", "--nope"],
    values: { beta: ["1"] },
  });
});

Deno.test("parseOptions() takes no word behind a switch for its value", () => {
  assertEquals(parse("--dry-run", "true"), { words: ["true"], values: { "dry-run": [] } });
  assertEquals(parse("--dry-run", "--dry-run", "false").values, { "dry-run": [] });
});

Deno.test("parseOptions() refuses an unknown option with the nearest name", () => {
  refused("Cannot use --bta: there is no such option, did you mean --beta?", "--bta", "1");
  refused("Cannot use --hlep: there is no such option, did you mean --help?", "--hlep");
  refused("Cannot use --dryrun: there is no such option, did you mean --dry-run?", "--dryrun=1");
  refused("Cannot use -x: there is no such option", "-x");
  refused("Cannot use -odir: there is no such option", "-odir");
  refused("Cannot use -beta: there is no such option", "-beta", "1");
  refused("Cannot use --no-dry-run: there is no such option", "--no-dry-run");
  refused("Cannot use --__proto__: there is no such option", "--__proto__", "1");
  refused("Cannot use ---: there is no such option", "---");
});

Deno.test("parseOptions() refuses a missing value", () => {
  refused("Cannot use --beta: its value is missing, expected --beta VALUES", "--beta");
  refused(
    "Cannot use --beta: its value is missing, expected --beta VALUES, or --beta='-h < 1'",
    ...["--beta", "-h < 1"],
  );
  refused(String.raw`expected --beta VALUES, or --beta='-h < '\''a'\'''`, "--beta", "-h < 'a'");
  refused("Cannot use --beta: its value is missing", "--beta", "--out", "x");
  refused("Cannot use -o: its value is missing, expected -o DIR", "-o", "-h");
  refused("Cannot use --beta: its value is missing", "--beta", "--", "1");
});

Deno.test("parseOptions() refuses a value where none is wanted", () => {
  refused("Cannot use --dry-run=yes: --dry-run takes no value", "--dry-run=yes");
  refused("Cannot use -h=: -h takes no value", "-h=");
});

Deno.test("parseOptions() refuses a second value of an option that is no list", () => {
  refused("Cannot use --out 2 times: expected once", "--out", "a", "-o", "b");
});

Deno.test("parseOptions() gives every value back as it was typed", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 12 });
  const given = fc.array(fc.tuple(fc.constantFrom("beta", "h"), text), { maxLength: 8 });
  fc.assert(
    fc.property(given, fc.array(text, { maxLength: 4 }), (given, words) => {
      const argv = given.map(([name, value]) => `--${name}=${value}`);
      const { words: read, values } = parse(...argv, "--", ...words);
      assertEquals(read, words);
      for (const name of ["beta", "h"]) {
        const expected = given.filter(([other]) => other === name).map(([, value]) => value);
        assertEquals(values[name] ?? [], expected);
      }
    }),
    { seed: 1, numRuns: 500 },
  );
});
