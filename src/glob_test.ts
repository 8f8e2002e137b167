/** Patterns of files against folders made for them, and against bash. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "./errors.ts";
import { expandGlob, isPattern, MAX_ALTERNATIVES } from "./glob.ts";

/** Runs a test in a folder with these files; `a -> b` is a link. */
function inFolder(files: readonly string[], test: (base: string) => void): void {
  const base = Deno.makeTempDirSync();
  try {
    for (const file of files) {
      const [path, target] = file.split(" -> ");
      Deno.mkdirSync(`${base}/${path!.replace(/[^/]*$/, "")}`, { recursive: true });
      if (target !== undefined) Deno.symlinkSync(target, `${base}/${path}`);
      else if (!path!.endsWith("/")) Deno.writeTextFileSync(`${base}/${path}`, "");
    }
    test(base);
  } finally {
    Deno.removeSync(base, { recursive: true });
  }
}

const expand = (pattern: string, base: string) => expandGlob(pattern, { base, limit: 100 });

const FILES = [
  "a.png",
  "b.jpg",
  "b2.png",
  "c d.png",
  "é.png",
  ".hidden.png",
  "[1].png",
  "{x}.png",
  "lone[1.png",
  "lone{1.png",
  "^.png",
  "line\nbreak.png",
  "in/a.png",
  "in/deep/a.png",
  "in/deep/b.tif",
  "in/.git/a.png",
  "other/a.png",
  "empty/",
];

Deno.test("expandGlob() finds what bash finds", () => {
  const patterns = [
    "*.png",
    "./*.png",
    "?.png",
    "[ab]*.png",
    "[!a]*.png",
    "[^a]*.png",
    "[[:digit:]]*",
    "*[[:digit:]]*",
    "*.{png,jpg}",
    "{in,other}/*.png",
    "{in/deep,other}/*",
    "{b,{in,other}/..}/*",
    "*/a.png",
    "*/*",
    "**",
    "**/*.png",
    "in/**/a.png",
    "**/deep/**/*.tif",
    "**/**/a.png",
    ".*",
    "in/.*/*.png",
    "{.hid,a}*",
    "{*,.h*}",
    "lone[*.png",
    "lone{*.png",
    "{x}*",
    "\\[1\\].*",
    "\\{x\\}.p*",
    "other//*.png",
    "*//a.png",
    "*/./a.png",
    "*/",
    "*/.",
    "**/.",
    "{a.png,.,..}",
    "none*",
    "none/*",
    "a.png/*",
  ];
  inFolder(FILES, (base) => {
    for (const pattern of patterns) {
      // printf with all arguments at once; a pattern that matches nothing gives nothing.
      const script = `shopt -s globstar nullglob; printf '%s\\0' ${pattern}`;
      const { stdout } = new Deno.Command("bash", {
        args: ["-c", script],
        cwd: base,
        env: { LC_ALL: "C.UTF-8" },
      }).outputSync();
      const paths = new TextDecoder().decode(stdout).split("\0");
      const files = paths.filter((path) => !path.endsWith("/") && isFile(`${base}/${path}`));
      // Slashes that bash drops or keeps after a pattern are not compared.
      const plain = (path: string) => path.replace(/\/+(\.\/)*/g, "/").replace(/^\//, "./");
      const expected = [...new Set(files.map(plain))].sort();
      assertEquals(expand(pattern, base).map(plain), expected, pattern);
    }
  });
});

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

Deno.test("expandGlob() spells paths as the pattern is spelled", () => {
  inFolder(["in/a.png", "in/b.png"], (base) => {
    assertEquals(expand("*/*.png", base), ["in/a.png", "in/b.png"]);
    assertEquals(expand("**/.//a.png", base), ["in/a.png"]);
    assertEquals(expand("./in//*.png", base), ["./in//a.png", "./in//b.png"]);
    assertEquals(expand("in/../in/*", base), ["in/../in/a.png", "in/../in/b.png"]);
    assertEquals(expand(`${base}/in/a*`, "/nowhere"), [`${base}/in/a.png`]);
    assertEquals(expand("../*/a.png", `${base}/in`), ["../in/a.png"]);
  });
});

Deno.test("expandGlob() sorts by code point", () => {
  const names = ["\u{1f600}.png", "\uffee.png", "Z.png", "a.png", "a0.png", "a.pngx", "é.png"];
  inFolder(names, (base) => {
    const expected = ["Z.png", "a.png", "a.pngx", "a0.png", "é.png", "\uffee.png", "\u{1f600}.png"];
    assertEquals(expand("*", base), expected);
  });
});

Deno.test("expandGlob() takes links to files, and goes through none to folders", () => {
  const files = [
    "shots/a.png",
    "shots/link.png -> a.png",
    "shots/broken.png -> nothing.png",
    "shots/folder.png/",
    "shots/up -> ..",
    "shots/self -> self",
    "named -> shots",
  ];
  inFolder(files, (base) => {
    assertEquals(expand("**/*.png", base), ["shots/a.png", "shots/link.png"]);
    assertEquals(expand("shots/*", base), ["shots/a.png", "shots/link.png"]);
    assertEquals(expand("*/a.png", base), ["shots/a.png"]);
    assertEquals(expand("*/up/**", base), []);
    assertEquals(expand("named/*.png", base), ["named/a.png", "named/link.png"]);
    // What cannot be looked into is told in words.
    const error = assertThrows(() => expand("shots/self/*", base), UsageError);
    assertEquals(
      /^Cannot expand "shots\/self\/\*": .+, expected folders that/.test(error.message),
      true,
    );
    assert(error.cause instanceof Error);
  });
});

Deno.test({
  name: "expandGlob() tells of a folder that may not be read",
  // Root may read every folder: nothing to see there.
  ignore: Deno.uid() === 0,
  fn() {
    inFolder(["open/a.png", "shut/a.png"], (base) => {
      Deno.chmodSync(`${base}/shut`, 0);
      assertThrows(() => expand("**/*.png", base), UsageError, "Permission denied");
      assertEquals(expand("open/*", base), ["open/a.png"]);
      Deno.chmodSync(`${base}/shut`, 0o700);
    });
  },
});

Deno.test("expandGlob() refuses bad patterns and too many files", () => {
  inFolder(["1", "2", "3"], (base) => {
    const refused = (pattern: string, why: string) =>
      assertThrows(() => expandGlob(pattern, { base, limit: 2 }), UsageError, why);
    refused("*", 'Cannot expand "*": it matches too many files, expected at most 2');
    refused("[z-a]*", "expected sets such as [a-z]");
    refused("*/../1", 'it has ".." after a pattern');
    refused("{a,b}".repeat(10), `expected at most ${MAX_ALTERNATIVES}`);
    refused(`{${"a,".repeat(MAX_ALTERNATIVES)}}`, `expected at most ${MAX_ALTERNATIVES}`);
    assertEquals(expandGlob("[12]", { base, limit: 2 }), ["1", "2"]);
    assertEquals(expandGlob("{a,b}".repeat(9), { base, limit: 2 }), []);
  });
});

Deno.test("expandGlob() reads each folder once, whatever the stars", () => {
  const deep = Array.from({ length: 40 }, (_, i) => `${"d/".repeat(i + 1)}a.png`);
  inFolder(deep, (base) => {
    // One walk a way to share out the folders would be more than 10¹⁰ walks.
    assertEquals(expand(`${"**/*/".repeat(12)}a.png`, base).length, 40 - 11);
  });
});

Deno.test("isPattern() goes by characters alone", () => {
  for (const word of ["*", "a?", "[ab].png", "{a,b}", "**/a", "a{,2}.png"]) {
    assertEquals(isPattern(word), true, word);
  }
  for (const word of ["a.png", "a[.png", "a]", "{a}", "a[]", "\\{a,b}", "~/a", "a[/]b"]) {
    assertEquals(isPattern(word), false, word);
  }
});
