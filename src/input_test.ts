/** Values from files: what is read, and what is said of files that cannot be. */
import { assertEquals, assertThrows } from "@std/assert";
import { toNumber } from "./decimal.ts";
import { UsageError } from "./errors.ts";
import { readColumns, readValues } from "./input.ts";

const FILES: Readonly<Record<string, string>> = {
  "betas.txt": "\ufeff# inverse temperatures\r\n0.5\r\n\r\n  2e0 \n-1",
  "typo.txt": "0.5\nhalf\n",
  "empty.txt": "# nothing\n\n",
  "table.csv": 'run,beta,"long name"\na,1,5\n"b, c",3,6\n',
  "bad.csv": "beta,m\n1,2\n3,NaN\n",
  "twice.csv": "beta,beta\n1,2\n",
  "header.csv": "beta,m\n",
  "-": "1\n2\n",
};

const values = (reference: string) =>
  readValues(reference, (source) => FILES[source]!).map(({ value }) => toNumber(value));

Deno.test("readValues() reads a value a line, a column, standard input", () => {
  assertEquals(values("betas.txt"), [0.5, 2, -1]);
  assertEquals(values("table.csv:beta"), [1, 3]);
  assertEquals(values("table.csv:long name"), [5, 6]);
  assertEquals(values("-"), [1, 2]);
});

Deno.test("readValues() names the line of a bad value and the columns that there are", () => {
  const refused = (reference: string, why: string) =>
    assertThrows(() => values(reference), UsageError, why);
  refused("typo.txt", 'Cannot read "typo.txt" line 2: "half" is not a finite number');
  refused("empty.txt", "it has no values");
  refused("bad.csv:m", 'Cannot read "bad.csv" line 3: "NaN" is not a finite number');
  refused("twice.csv:beta", 'Cannot use "twice.csv": column beta is there twice');
  refused("table.csv:nu", 'Cannot find column "nu" in "table.csv": expected one of run, beta');
});

Deno.test("readColumns() gives every column with the lines of its rows", () => {
  const columns = readColumns("table2.csv", () => "beta,m\n1,2\n\n3,4\n");
  assertEquals([...columns.keys()], ["beta", "m"]);
  assertEquals(columns.get("m")!.map(({ value, line }) => [toNumber(value), line]), [[2, 2], [
    4,
    4,
  ]]);
  const refused = (source: string, why: string) =>
    assertThrows(() => readColumns(source, (name) => FILES[name]!), UsageError, why);
  refused("twice.csv", "column beta is there twice");
  refused("header.csv", "expected a header line and a row a point");
  refused("bad.csv", "line 3");
});
