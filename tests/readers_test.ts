/** Text that people and damage might make, read or refused: never a stack, never a hang. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseOptions } from "../src/cli/options.ts";
import { readCsv } from "../src/csv.ts";
import { UsageError } from "../src/errors.ts";
import { readLedger } from "../src/ledger.ts";
import { noteLine } from "../src/ledger_line.ts";
import { readManifest } from "../src/manifest.ts";
import { makePlan } from "../src/planner.ts";
import { seriesNamer } from "../src/template.ts";
import { parseCondition } from "../src/where_parse.ts";
import { metropolis } from "../wasm/metropolis/descriptor.ts";
import { EFFORT } from "./effort.ts";
import { tally } from "./tally.ts";

const SEED = 6;
const RUNS = 2_000 * EFFORT;
/** What hangs takes longer. */
const MAX_MS = 1000;

/** Tries inputs; how many were read, the others being refused in words. */
function tryAll<T>(name: string, inputs: fc.Arbitrary<T>, read: (input: T) => void): void {
  let accepted = 0;
  fc.assert(
    fc.property(inputs, (input) => {
      const startMs = performance.now();
      try {
        read(input);
        accepted++;
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        assert(
          !/\[object|undefined/.test(error.message.replaceAll("undefined", "")),
          error.message,
        );
      }
      assert(performance.now() - startMs < MAX_MS, "it took a second");
    }),
    { seed: SEED, numRuns: RUNS },
  );
  tally(name, { "inputs tried": RUNS, accepted });
}

/** Texts of pieces, and of a few characters that belong nowhere. */
function textOf(pieces: readonly string[], maxLength = 12): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...pieces) },
    { weight: 1, arbitrary: fc.string({ maxLength: 3 }) },
    { weight: 1, arbitrary: fc.double().map(String) },
  );
  return fc.array(piece, { maxLength }).map((parts) => parts.join(""));
}

Deno.test("parseOptions() reads or refuses any command line", () => {
  const word = fc.oneof(
    fc.constantFrom("--beta", "--beta=", "-o", "--", "-", "-h", "--help", "--no-help", "-1", "--h"),
    textOf(["-", "--", "=", "beta", "help", "1", " ", "\n", "__proto__", "constructor", "_"], 4),
  );
  const options = [
    { name: "beta", value: "VALUES", repeated: true, doc: "" },
    { name: "h", value: "VALUES", repeated: true, doc: "" },
    { name: "out", value: "DIR", doc: "" },
    { name: "help", doc: "" },
  ];
  tryAll("command lines", fc.array(word, { maxLength: 6 }), (argv) => {
    const { words, values } = parseOptions(options, argv);
    for (const name of values.keys()) assert(options.some((option) => option.name === name));
    assert(words.length <= argv.length);
  });
});

Deno.test("parseCondition() reads or refuses any condition", () => {
  const pieces = [
    ...["beta", "m", "h", "(", ")", "<", "<=", "==", "!=", "&&", "||", "!", "+", "-", "*", "/"],
    ...["%", "**", "^", "1", "0.5", "1e3", ",", " ", "log(", "sqrt(", "x", "=", "in", "'a'", '"'],
  ];
  tryAll("conditions", textOf(pieces, 16), (text) => void parseCondition(text, ["beta", "m", "h"]));
});

Deno.test("templates are read or refused, and name files below the run directory", () => {
  const pieces = [
    ...[
      "{beta}",
      "{m:.1f}",
      "{h:03d}",
      "{id}",
      "{index}",
      "{",
      "}",
      "{{",
      "}}",
      ":",
      "/",
      "..",
      ".",
    ],
    ...["a", "-", "~", " ", "\n", "\0", "\\", "{beta:", "e}", "data/", "run.json", "ä", "😀"],
  ];
  tryAll("templates", textOf(pieces), (series) => {
    const plan = makePlan(metropolis, {
      ...{ axes: new Map([["beta", ["1,2"]]]), zip: [], points: undefined, replicas: undefined },
      ...{ where: undefined, seed: 1, series, read: () => "" },
    }, []);
    if (plan.series === null) return;
    const values = Float64Array.from(plan.parameters, () => 1.5);
    const name = seriesNamer(plan.series, plan)(values, Uint32Array.of(1, 2, 3, 4));
    assert(!name.startsWith("/") && !name.includes("\0") && name.length > 0, name);
    assert(!/(^|\/)\.\.?(\/|$)/.test(name), name);
  });
});

Deno.test("readCsv() reads or refuses any table", () => {
  const pieces = [",", '"', '""', "\n", "\r\n", "\r", "a", "1", " ", "\ufeff", "=1+1", "\0"];
  tryAll("CSV tables", textOf(pieces, 24), (text) => {
    const rows = readCsv("points.csv", text);
    for (const { cells } of rows) assertEquals(cells.length, rows[0]!.cells.length);
  });
});

Deno.test("readLedger() takes any bytes, and drops what is no line", () => {
  const path = Deno.makeTempFileSync();
  try {
    const sound = new TextDecoder().decode(noteLine({ gridiron: "1", plan: 0 }));
    const line = '[0,[1,2],0.10,0,"0123456789abcdef",null,"00000000"]\n';
    const pieces = [sound, line, "\n", "[", "]", '"', ",", "0", "null", "\0", "[0,", '"]\n'];
    tryAll("ledgers", textOf(pieces), (text) => {
      Deno.writeTextFileSync(path, text);
      let notes = 0;
      readLedger(path, { note: () => notes++, point: () => assert(false, "a line was made up") });
      assert(notes <= text.split(sound).length - 1);
    });
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("readManifest() refuses what it did not write", async () => {
  const folder = Deno.makeTempDirSync();
  const pieces = [
    "{",
    "}",
    "[",
    "]",
    '"format":1',
    '"format":2',
    '"check":"',
    ",",
    ":",
    "null",
    "1",
  ];
  let refused = 0;
  try {
    await fc.assert(
      fc.asyncProperty(textOf(pieces), async (text) => {
        Deno.writeTextFileSync(`${folder}/run.json`, text);
        try {
          await readManifest(folder);
        } catch (error) {
          if (!(error instanceof UsageError)) throw error;
          refused++;
        }
      }),
      { seed: SEED, numRuns: RUNS },
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
  assertEquals(refused, RUNS);
  tally("run.json", { "inputs tried": RUNS });
});
