/** `map` on the command line: functions, lists, output, failures, refusals. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { commandLine, gridiron, inFolder, startProgram } from "./program.ts";

const FUNCTIONS = `
const factor = 10;
export const scaled = (x: number) => factor * x;
export function stuck(x: number): number { for (; x === 2;); return x; }
export const words = (x: number) => ({ x, list: [x], nothing: 1 / 0 });
export const read = () => Deno.readTextFileSync("list.txt");
`;

Deno.test("map calls functions of the global objects, its own and those of files", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/functions.ts`, FUNCTIONS);
    await Deno.writeTextFile(`${folder}/list.txt`, "1\n4\n");
    const cases: readonly (readonly [string, string])[] = [
      ["map pow 1,2,3,4 5,4,3,2", "1\n16\n27\n16\n"],
      ["map Math.hypot 3 4", "5\n"],
      ["map Math.max 1,2 2,1 0:1", "2\n2\n"],
      ["map sqrt 4,4,4 --workers 1", "2\n2\n2\n"],
      ["map sqrt @list.txt", "1\n2\n"],
      ["map sqrt -1,1", "NaN\n1\n"],
      ["map sqrt 0:4:4 --timeout 10s --retries 2", "0\n2\n"],
      ["map host 3,3", `Rank: 3 -- ${Deno.hostname()}\n`.repeat(2)],
      ["map ./functions.ts#scaled 0.1:0.3:0.1", "1\n2\n3\n"],
      ["map functions.ts#words 1", '{"x":1,"list":[1],"nothing":"Infinity"}\n'],
      ["map functions.ts#read 1 --allow read", '"1\\n4\\n"\n'],
      ["map pow 1,2 3,3 --json", "[1,8]\n"],
    ];
    for (const [line, expected] of cases) {
      const { code, stdout, stderr } = await gridiron(folder, line.split(" "));
      assertEquals([code, stderr, stdout], [0, "", expected], line);
    }
    const loose = await gridiron(folder, "map sqrt 1,4,9 --unordered".split(" "));
    assertEquals(loose.stdout.trim().split("\n").sort(), ["1", "2", "3"]);
  }));

Deno.test("map tells which tasks failed, keeps the lines of the others, and exits with 1", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/functions.ts`, FUNCTIONS);
    const line = "map ./functions.ts#stuck 1:3 --timeout 100ms --json";
    const { code, stdout, stderr } = await gridiron(folder, line.split(" "));
    assertEquals(code, 1);
    const [first, second, third] = JSON.parse(stdout);
    assertEquals([first, second.index, second.arguments, third], [1, 1, [2], 3]);
    assertEquals(second.error.name, "TimeoutError");
    assertStringIncludes(stderr, "task 1 (2): TimeoutError: Cannot finish the task");
    assertStringIncludes(stderr, "1 of 3 tasks failed");
    const plain = await gridiron(folder, ["map", "BigInt", "1,1.5,2"]);
    assertEquals([plain.code, plain.stdout], [1, "1\n\n2\n"]);
    const denied = await gridiron(folder, ["map", "functions.ts#read", "1"]);
    assertEquals([denied.code, denied.stdout], [1, "\n"]);
  }));

Deno.test("map refuses in one line what it cannot do", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/functions.ts`, FUNCTIONS);
    await Deno.writeTextFile(`${folder}/mc.py`, "def f(x): return x\n");
    const cases: readonly (readonly [string, string])[] = [
      ["map", "expected a function and its lists, such as map pow 1,2,3,4 5,4,3,2"],
      ["map pow", "expected a function and its lists"],
      ["map pow 1,2 3", "Cannot map over lists of 2, 1 values: expected as many in each"],
      ["map pwo 1 2", 'Cannot find the function "pwo": did you mean pow?'],
      ["map Math.hypott 1 2", "did you mean Math.hypot?"],
      ["map alert 1", 'Cannot find the function "alert": expected one of'],
      ["map console.log 1", 'Cannot find the function "console.log": expected one of'],
      ["map sqrt 1,x", 'Cannot read list 1 "x": it is not a finite number'],
      ["map sqrt 1,", 'Cannot read list 1 "1,": a value is missing'],
      ["map ./nope.ts#f 1", 'Cannot load "./nope.ts": there is no such file'],
      ["map ./mc.py#f 1:3", 'Cannot load "./mc.py": it is no module that runs here'],
      ["map ./functions.ts 1,2", "its export is missing, expected ./functions.ts#NAME"],
      ["map functions.ts# 1", "its export is missing, expected functions.ts#NAME"],
      ["map functions.ts#nope 1", "it is not exported, expected read or scaled or stuck or words"],
      ["map functions.ts#nope 1 --json", "it is not exported, expected read or scaled or stuck"],
      ["map functions.ts#read 1 --allow run", 'Cannot use --allow "run": expected some of read'],
      ["map sqrt 1 --allow read", "only a file's function may need it"],
      ["map sqrt 1 --workers 0", 'Cannot use --workers "0"'],
      ["map sqrt 1 --timeout soon", 'Cannot use --timeout "soon"'],
      ["map sqrt 1 --ordered", "did you mean --unordered?"],
    ];
    for (const [line, expected] of cases) {
      const { code, stdout, stderr } = await gridiron(folder, line.split(" "));
      assertEquals([code, stdout], [2, ""], line);
      assertStringIncludes(stderr, expected);
      assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
    }
  }));

const ODD = `
export const nested = () => ({ a: [new Set([new Map([[1, 2n]])])], when: new Date(0) });
export const array = () => new Float64Array([1, NaN]);
export const error = () => [new RangeError("why"), /x/g];
export const bytes = () => new ArrayBuffer(3);
export const run = () => new Deno.Command("ls").outputSync().code;
export const coloured = () => { throw new Error("boo \\u001b[31mred"); };
export const lines = () => "a\\nb";
export const zeros = () => [-0, 0, { x: -0 }];
export const hostile = () => { throw new Proxy({}, { get() { throw 1; } }); };
`;

Deno.test("map prints what is in a result, whatever holds it, and what was thrown", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/odd.ts`, ODD);
    const prints = {
      lines: '"a\\nb"\n',
      zeros: '[-0,0,{"x":-0}]\n',
      nested: '{"a":[[[[1,"2"]]]],"when":"1970-01-01T00:00:00.000Z"}\n',
      array: '[1,"NaN"]\n',
      error: '["RangeError: why","/x/g"]\n',
    };
    for (const [name, text] of Object.entries(prints)) {
      const ran = await gridiron(folder, ["map", `./odd.ts#${name}`, "1"]);
      assertEquals([ran.code, ran.stdout], [0, text], ran.stderr);
    }
    const fails = {
      bytes: "Cannot print the result: bytes have no text, expected a typed array",
      coloured: "Error: boo \\u001b[31mred",
      hostile: "what was thrown cannot be told as text",
      run: 'Requires run access to "ls", which no mapped function may have\n',
    };
    for (const [name, text] of Object.entries(fails)) {
      const ran = await gridiron(folder, ["map", `./odd.ts#${name}`, "1"]);
      assertEquals([ran.code, ran.stdout], [1, "\n"]);
      assertStringIncludes(ran.stderr, text);
    }
  }));

Deno.test("map keeps what functions log out of the results", () =>
  inFolder(async (folder) => {
    const code =
      'export const f = (x: number) => (console.log("x is", x), console.table([x]), x);\n';
    await Deno.writeTextFile(`${folder}/log.ts`, code);
    const ran = await gridiron(folder, ["map", "./log.ts#f", "1,2", "--json"]);
    assertEquals([ran.code, ran.stdout], [0, "[1,2]\n"]);
    for (const line of ["x is 1", "[ 2 ]"]) assertStringIncludes(ran.stderr, `${line}\n`);
  }));

Deno.test("map calls functions in the user's folder, wherever the program stands", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/sub`);
    const code = 'export const f = (x: number) => (Deno.writeTextFileSync(`b${x}.dat`, "x"), x);\n';
    await Deno.writeTextFile(`${folder}/sub/io.ts`, code);
    const words = ["map", "./io.ts#f", "1,2", "--allow", "write"];
    const ran = await gridiron(folder, words, { INIT_CWD: `${folder}/sub` });
    assertEquals([ran.code, ran.stdout], [0, "1\n2\n"], ran.stderr);
    assertEquals([...Deno.readDirSync(`${folder}/sub`)].map(({ name }) => name).sort(), [
      ...["b1.dat", "b2.dat", "io.ts"],
    ]);
  }));

Deno.test("map says how a function may do what it may not", () =>
  inFolder(async (folder) => {
    const code = 'export const size = () => Deno.readTextFileSync("read.ts").length;\n';
    await Deno.writeTextFile(`${folder}/read.ts`, code);
    const refused = await gridiron(folder, ["map", "./read.ts#size", "1"]);
    assertMatch(refused.stderr, /NotCapable: .*read access to "read\.ts", expected --allow read\n/);
    const allowed = await gridiron(folder, ["map", "./read.ts#size", "1", "--allow", "read"]);
    assertEquals([allowed.code, allowed.stdout], [0, `${code.length}\n`]);
  }));

Deno.test("map tells in plain letters why the file of a function cannot be loaded", () =>
  inFolder(async (folder) => {
    const code = 'import "./none.ts";\nexport const f = (x: number) => x;\n';
    await Deno.writeTextFile(`${folder}/f.ts`, code);
    const { stderr } = await gridiron(folder, ["map", "./f.ts#f", "1"], { NO_COLOR: "" });
    const [, told] = /^gridiron: (.*)/ms.exec(stderr)!;
    assertMatch(
      told!,
      /^Cannot start the workers: Module not found "file:.*none\.ts"\.\n +at file:/,
    );
    assertEquals(/\\u001b|\p{Cc}\[/u.test(told!), false);
  }));

Deno.test("map takes a result that cannot be printed for a task that failed", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/own.ts`,
      "export function own(x: number) { const a: unknown[] = [x]; return x < 2 ? a : a.fill(a); }",
    );
    const { code, stdout, stderr } = await gridiron(folder, ["map", "./own.ts#own", "1,2,0"]);
    assertEquals([code, stdout], [1, "[1]\n\n[0]\n"]);
    assertMatch(
      stderr,
      /^task 1 \(2\): TypeError: Cannot print the result: .*\n1 of 3 tasks failed\n$/,
    );
  }));

Deno.test("map ends when nobody reads its results any more", () =>
  inFolder(async (folder) => {
    // It would never end by itself.
    await Deno.writeTextFile(
      `${folder}/own.ts`,
      "export function own(x: number) { while (x > 1e6); return x; }",
    );
    const words = commandLine(["map", "./own.ts#own", "0:1e7"]).map((word) => `'${word}'`);
    const line = `timeout 120 ${words.join(" ")} | head -2; echo ended with \${PIPESTATUS[0]}`;
    const { stdout } = await startProgram(folder, ["bash", "-c", line]).ended;
    assertEquals(stdout, "0\n1\nended with 0\n");
  }));
