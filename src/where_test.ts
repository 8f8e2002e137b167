/** Filters against hand-worked values, and every way in which one is refused. */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "./errors.ts";
import { FilterError, parseWhere } from "./where.ts";

const PARAMETERS = ["beta", "m", "h"];

function holds(expression: string, beta = 0, m = 0, h = 0): boolean {
  return parseWhere(expression, PARAMETERS)(Float64Array.of(beta, m, h));
}

function valueless(expression: string, why: string, ...values: number[]): void {
  assertEquals(assertThrows(() => holds(expression, ...values), FilterError).message, why);
}

/** Checks the whole message: the mark is so many characters from the start of the expression. */
function refused(expression: string, before: number, problem: string): void {
  const message = `Cannot read --where "${expression}": ${problem}\n` +
    `  ${expression}\n  ${" ".repeat(before)}^`;
  assertEquals(assertThrows(() => parseWhere(expression, PARAMETERS), UsageError).message, message);
}

Deno.test("parseWhere() calculates as mathematics does", () => {
  const worked = {
    "1 + 2*3": 7,
    "(1 + 2)*3": 9,
    "7 - 2 - 1": 4,
    "7 - (2 - 1)": 6,
    "8/4/2": 1,
    "8/(4/2)": 4,
    "8/4*2": 4,
    "2*7 % 4": 2,
    "2*(7 % 4)": 6,
    "-7 % 4": -3,
    "7 % -4": 3,
    "5.5 % 2": 1.5,
    "-2^2": -4,
    "(-2)^2": 4,
    "2^3^2": 512,
    "(2^3)^2": 64,
    "2^-1": 0.5,
    "2^-1^2": 0.5,
    "2**3**2": 512,
    "2*3^2": 18,
    "-3*-2": 6,
    "2 - -3": 5,
    "--3": 3,
    "+-+3": -3,
    "0^0": 1,
    ".5 + 1. + 1e-3 + 2.5E+2": 251.501,
    "0.1 + 0.2": 0.30000000000000004,
    "1e23": 1e23,
    "abs(-3) + abs(3)": 6,
    "sqrt(2)": Math.SQRT2,
    "min(3, 1, 2) - max(3, 1, 2)": -2,
    "min(4)": 4,
    "floor(-1.5) + ceil(-1.5)": -3,
  };
  for (const [expression, value] of Object.entries(worked)) {
    assert(holds(`${expression} = ${value}`), expression);
    assert(holds(`${value} = (${expression} + 0*m)`), `${expression}, not folded`);
  }
});

Deno.test("parseWhere() rounds halves away from zero, and nothing else", () => {
  const rounded = [[0.5, 1], [-0.5, -1], [1.5, 2], [2.5, 3], [-2.5, -3], [1.4, 1], [-1.6, -2]];
  // Adding 0.5 and cutting off gives 1 for the first and 2^52 + 2 for the second.
  rounded.push([0.49999999999999994, 0], [2 ** 52 + 1, 2 ** 52 + 1]);
  for (const [value, whole] of rounded) assert(holds("round(beta) = m", value, whole), `${value}`);
});

Deno.test("parseWhere() takes powers by multiplication", () => {
  assert(holds("beta^5 = beta*beta*beta*beta*beta", 1.1));
  assert(holds("beta^-3 = 1/(beta*beta*beta)", 1.1));
  assert(holds("2^64 = 18446744073709551616 and 2^-64 > 0"));
  assert(holds("2^m = 0.125", 0, -3));
});

Deno.test("parseWhere() binds comparisons tighter than not, not than and, and than or", () => {
  for (const a of [0, 1]) {
    for (const b of [0, 1]) {
      for (const c of [0, 1]) {
        const is = (text: string) => holds(text, a, b, c);
        assertEquals(is("beta=1 or m=1 and h=1"), a === 1 || (b === 1 && c === 1));
        assertEquals(is("beta=1 && m=1 || h=1"), (a === 1 && b === 1) || c === 1);
        assertEquals(is("(beta=1 or m=1) and h=1"), (a === 1 || b === 1) && c === 1);
        assertEquals(is("not beta=1 and m=1"), a !== 1 && b === 1);
        assertEquals(is("!beta=1 || m=1"), a !== 1 || b === 1);
        assertEquals(is("not (beta=1 and m=1)"), !(a === 1 && b === 1));
        assertEquals(is("not not beta=1"), a === 1);
      }
    }
  }
});

Deno.test("parseWhere() knows every comparison, next to its step", () => {
  const expected = { "<": "100", "<=": "110", ">": "001", ">=": "011", "=": "010", "!=": "101" };
  const spelled = { ...expected, "==": "010", "<>": "101" };
  for (const [operator, truth] of Object.entries(spelled)) {
    const found = [1, 2, 3].map((beta) => holds(`beta ${operator} 2`, beta) ? "1" : "0");
    assertEquals(found.join(""), truth, operator);
  }
});

Deno.test("parseWhere() chains comparisons", () => {
  assertEquals([-1, 0, 1, 2].map((beta) => holds("0 < beta < 2", beta)), [
    false,
    false,
    true,
    false,
  ]);
  assert(holds("3 > beta >= 1 != m <= 5", 2, 4));
  assert(!holds("3 > beta >= 1 != m <= 5", 2, 1));
  assert(!holds("not 0 < beta < 2", 1));
});

Deno.test("parseWhere() stops where the answer is known", () => {
  assert(!holds("m != 0 and 1/m < 2"));
  assert(holds("m = 0 or 1/m < 2"));
  assert(!holds("0 < m < 1/m"));
  valueless("1/m < 2 and m != 0", 'division by zero in "1/m"');
});

Deno.test("parseWhere() reads white space of any kind, and no more than it needs", () => {
  assert(holds("\tbeta\n<\u00a02and\r\nnot(m<0)or!h=0  ", 1));
  assert(holds("abs (beta)<=2&&m==0", -2));
});

Deno.test("parseWhere() lets a parameter have a function's name", () => {
  const filter = parseWhere("min < 2 and min(min, 5) = max(1) and β_1 = 0", ["min", "β_1"]);
  assertEquals([filter(Float64Array.of(1, 0)), filter(Float64Array.of(0, 0))], [true, false]);
});

Deno.test("a filter throws FilterError where it has no value", () => {
  valueless("beta + (2 - 1/m) < 2", 'division by zero in "1/m"');
  valueless("0*(5 % m) < 2", 'division by zero in "(5 % m)"', 1, -0);
  valueless("m^-2 < 2", 'division by zero in "m^-2"');
  valueless("sqrt(m - 1) < 2", 'square root of a negative number in "sqrt(m - 1)"');
  valueless("1/(1e300*beta) < 2", 'no finite result in "(1e300*beta)"', 1e9);
  valueless("beta + beta > 2", 'no finite result in "beta + beta"', 1e308);
  valueless("-beta - beta > 2", 'no finite result in "-beta - beta"', 1e308);
  valueless("1/beta > 2", 'no finite result in "1/beta"', 5e-324);
  valueless("(beta)^64 > 2", 'no finite result in "(beta)^64"', 1e5);
  const range = "expected a whole number from -64 to 64";
  valueless("2^(beta/2) > 2", `exponent 0.5 in "2^(beta/2)", ${range}`, 1);
  valueless("2^beta > 2", `exponent 65 in "2^beta", ${range}`, 65);
  valueless("2\n^beta > 2", `exponent -65 in "2 ^beta", ${range}`, -65);
});

Deno.test("parseWhere() marks what is out of place", () => {
  const operand = 'expected a number, a parameter or "("';
  const end = "expected an operator or the end";
  refused("beta <<  2", 6, `"<" is out of place at character 7, ${operand}`);
  refused("beta = = 2", 7, `"=" is out of place at character 8, ${operand}`);
  refused("beta === 2", 7, `"=" is out of place at character 8, ${operand}`);
  refused("1 + not m < 2", 4, `"not" is out of place at character 5, ${operand}`);
  refused("m < 1 && && h < 1", 9, `"&&" is out of place at character 10, ${operand}`);
  refused("max() < 1", 4, `")" is out of place at character 5, ${operand}`);
  refused("", 0, `it ends too early, ${operand}`);
  refused("beta <", 6, `it ends too early, ${operand}`);
  refused("beta < 2  or  ", 12, `it ends too early, ${operand}`);
  refused("beta < 2)", 8, `")" is out of place at character 9, ${end}`);
  refused("m < 1 AND h < 1", 6, `"AND" is out of place at character 7, ${end}`);
  refused("m < 1 & h < 1", 6, `"&" is out of place at character 7, ${end}`);
  refused("2beta < 1", 1, `"beta" is out of place at character 2, ${end}`);
  refused("1.2.3 < m", 3, `".3" is out of place at character 4, ${end}`);
  refused("beta(2) < 1", 4, `"(" is out of place at character 5, ${end}`);
  refused("beta ≤ 2", 5, `"≤" is out of place at character 6, ${end}`);
  refused("(m < 1", 6, 'it ends too early, expected an operator or ")"');
  refused("(m < 1,", 6, '"," is out of place at character 7, expected an operator or ")"');
  refused("min(m, h < 1", 7, '"h < 1" is a condition, expected a number');
  refused(
    "min(m; h) < 1",
    5,
    '";" is out of place at character 6, expected an operator, "," or ")"',
  );
  refused("abs < 1", 4, '"<" is out of place at character 5, expected "(" behind abs');
});

Deno.test("parseWhere() never mixes numbers and conditions", () => {
  const condition = (text: string) =>
    `"${text}" is a number, expected a condition such as ${text} < 2`;
  refused("beta*m", 0, condition("beta*m"));
  refused("+m", 0, condition("+m"));
  refused("not beta", 4, condition("beta"));
  refused("m < 1 or (h)", 9, condition("(h)"));
  refused("-m and h < 1", 0, condition("-m"));
  refused("1 + (beta < 2)", 4, '"(beta < 2)" is a condition, expected a number');
  refused("-(m < 2) < 1", 1, '"(m < 2)" is a condition, expected a number');
  refused("2 = (not m = 1)", 4, '"(not m = 1)" is a condition, expected a number');
  refused("(m < 2) = (h < 2)", 0, '"(m < 2)" is a condition, expected a number');
});

Deno.test("parseWhere() names the nearest parameter or function", () => {
  refused("m < 1 or bta < 2", 9, 'there is no parameter "bta", did you mean beta?');
  refused("Beta < 2", 0, 'there is no parameter "Beta", did you mean beta?');
  refused("flor(m) < 2", 0, 'there is no function "flor", did you mean floor?');
  const why =
    "exp differs in the last bit from one machine to another, expected a filter without it";
  refused("m < exp(h)", 4, why);
  assertThrows(() => parseWhere("m < 2", []), UsageError, 'there is no parameter "m"\n');
});

Deno.test("parseWhere() refuses constants without a value", () => {
  const range = "expected a whole number from -64 to 64";
  refused("m < 1/0", 4, 'division by zero in "1/0"');
  refused("m = 0 or 1/(2 - 2) > m", 9, 'division by zero in "1/(2 - 2)"');
  refused("sqrt(1 - 2) < m", 0, 'square root of a negative number in "sqrt(1 - 2)"');
  refused("m < 1e200*1e200", 4, 'no finite result in "1e200*1e200"');
  refused("m^0.5 < 2", 2, `exponent 0.5 in "m^0.5", ${range}`);
  refused("m^(60 + 5) < 2", 2, `exponent 65 in "m^(60 + 5)", ${range}`);
  refused("m < 1e999", 4, '"1e999" is no number that a double can hold, expected one such as 1e-3');
  refused("abs(m, h) < 2", 7, "abs of 2 numbers, expected abs of 1");
});

Deno.test("parseWhere() limits length and depth", () => {
  const sum = "m" + "+m".repeat(498);
  assert(holds(sum + "<1"));
  assertEquals((sum + "<1" + " ").length, 1000);
  assertThrows(
    () => holds(sum + "<1  "),
    UsageError,
    "it has 1001 characters, expected at most 10",
  );
  assert(holds("(".repeat(100) + "m<1" + ")".repeat(100)));
  assert(holds("(m)*".repeat(200) + "(-m) < 1"));
  for (const opening of ["(", "-", "+", "not ", "!", "2^", "m**", "abs(", "min(m,", "(-"]) {
    const levels = "more than 100 levels are inside each other, expected fewer";
    const text = opening.repeat(Math.min(150, 990 / opening.length)) + "m";
    assertThrows(() => holds(text), UsageError, levels);
  }
});

Deno.test("parseWhere() keeps its message in shape whatever the expression", () => {
  const messageOf = (text: string) => assertThrows(() => holds(text), UsageError).message;
  assertEquals(
    messageOf("m\t<\r\n\x1b[31m漢\u202e"),
    'Cannot read --where "m <  ?[31m??": U+001B is out of place at character 6, expected a ' +
      'number, a parameter or "("\n  m <  ?[31m??\n       ^',
  );
  // Two UTF-16 units, one character.
  assertThrows(
    () => parseWhere("\u{1d4b3} < <", ["\u{1d4b3}"]),
    UsageError,
    'Cannot read --where "? < <": "<" is out of place at character 5, expected a number, ' +
      'a parameter or "("\n  ? < <\n      ^',
  );
  const [first, line, mark] = messageOf("m < 1 or ".repeat(50) + "m < < 1 or h < 1").split("\n");
  assertStringIncludes(first!, 'm < 1 or …": "<" is out of place at character 455, expected');
  assert(line!.startsWith("  …") && line!.endsWith(" m < < 1 or h < 1"));
  assertEquals(line!.slice(mark!.length - 1), "< 1 or h < 1");
  assert(line!.length <= 80);
});
