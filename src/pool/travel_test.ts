/** Functions that may travel, and those that are refused with what they refer to. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { moduleFunction } from "./module_function.ts";
import { wordsOf } from "./travel.ts";

const outside = 3;

Deno.test("wordsOf() finds functions of the global objects by identity", async () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [Math.pow, "Math.pow"],
    [String.fromCodePoint, "String.fromCodePoint"],
    [parseInt, "parseInt"],
    [Number.parseInt, "parseInt"],
    [JSON.stringify, "JSON.stringify"],
    [BigInt, "BigInt"],
  ];
  for (const [f, path] of cases) {
    const words = await wordsOf(f);
    assertEquals(words.kind === "global" && words.path, path);
    assertEquals(await wordsOf(f), words);
  }
});

Deno.test("wordsOf() names a module and its export", async () => {
  const { kind, label } = await wordsOf(moduleFunction("file:///a/b.ts", "run"));
  assertEquals([kind, label], ["module", "run"]);
});

Deno.test("wordsOf() takes the source of functions that need nothing", async () => {
  const methods = {
    plain(x: number) {
      return x + 1;
    },
    async ["computed" + outside](x: number) {
      return await Promise.resolve(x + 2);
    },
  };
  const cases: readonly unknown[] = [
    (x: number) => x * 2,
    function fact(n: number): number {
      return n < 2 ? 1 : n * fact(n - 1);
    },
    methods.plain,
    methods.computed3,
    (...[{ a, b: [c = 1, ...d] }]: [{ a: number; b: number[] }]) => [a, c, ...d],
    () => {
      class Inner {
        #secret = 1;
        get secret() {
          return this.#secret;
        }
      }
      return new Inner().secret;
    },
    () => {
      outer: for (const x of [1]) {
        for (;;) if (x > 0) break outer;
      }
      try {
        return hoisted();
      } catch (error) {
        return error;
      }
      function hoisted() {
        return 1;
      }
    },
    () => import("node:os"),
    () => Deno.build.os + performance.now(),
    function () {
      return arguments.length;
    },
    new Function("x", "return 2 * x"),
  ];
  for (const f of cases) assertEquals((await wordsOf(f)).kind, "source", String(f));
});

Deno.test("wordsOf() refuses what ties a function to its place", async () => {
  class Base {
    #x = 1;
    private(other: Base) {
      return other.#x;
    }
  }
  class Derived extends Base {
    above() {
      return super.toString;
    }
  }
  const holder = {
    own() {
      return (this as unknown as { x: number }).x;
    },
    *each() {
      yield 1;
    },
  };
  const cases: readonly (readonly [unknown, string])[] = [
    [() => outside, 'it refers to "outside"'],
    [() => typeof outside, 'it refers to "outside"'],
    [(x = outside) => x, 'it refers to "outside"'],
    [() => ({ outside }), 'it refers to "outside"'],
    [holder.own, "it uses this"],
    [Base.prototype.private, "the private name #x"],
    [Derived.prototype.above, "it uses super"],
    [() => import.meta.url, "it uses import.meta"],
    [new Function("x", "return eval(x)"), "a direct eval"],
    [(x: string) => import(x), "an import() whose address is not absolute"],
    [holder.each, "a generator"],
    [Base, "a class"],
    [[].push.bind([]), "bound, or native"],
    [Array.prototype.push, "bound, or native"],
  ];
  for (const [f, reason] of cases) {
    const error = await assertRejects(() => wordsOf(f), TypeError);
    assertStringIncludes(error.message, reason);
    assertStringIncludes(error.message, "moduleFunction(import.meta.resolve(");
  }
});

Deno.test("moduleFunction() refuses a relative address", () => {
  let refused = "";
  try {
    moduleFunction("./mc.ts", "runMc");
  } catch (error) {
    refused = String(error);
  }
  assertStringIncludes(refused, 'such as import.meta.resolve("./mc.ts")');
});
