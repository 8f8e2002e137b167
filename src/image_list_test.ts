/** Which images a command line names, and what is said when it names none. */
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "./errors.ts";
import { type ImageRequest, listImages, MAX_IMAGES } from "./image_list.ts";

const NOTHING: ImageRequest = { words: [], options: [], from: undefined, isNulSeparated: false };

/** The images of a request in a folder with these files and this standard input. */
function list(
  request: Partial<ImageRequest>,
  files: Readonly<Record<string, string | Uint8Array>> = {},
  standardInput = "",
): string[] {
  const base = Deno.makeTempDirSync();
  try {
    for (const [name, content] of Object.entries(files)) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      Deno.writeFileSync(`${base}/${name}`, bytes);
    }
    const read = () => new TextEncoder().encode(standardInput);
    return listImages({ ...NOTHING, ...request }, base, read);
  } finally {
    Deno.removeSync(base, { recursive: true });
  }
}

const refused = (why: string, ...args: Parameters<typeof list>) =>
  assertThrows(() => list(...args), UsageError, why);

Deno.test("listImages() takes words, then options, then the list, and keeps repeats", () => {
  const request = { words: ["b.png", "./a.png"], options: ["z.png", "b.png"], from: "list.txt" };
  const files = { "list.txt": "in list.png\nb.png\n" };
  const expected = ["b.png", "./a.png", "z.png", "b.png", "in list.png", "b.png"];
  assertEquals(list(request, files), expected);
  assertEquals(list({ ...request, from: "-" }, {}, "s.png").slice(4), ["s.png"]);
});

Deno.test("listImages() expands a pattern unless a file is called so", () => {
  const files = { "b.png": "", "a.png": "", "c.jpg": "", "list.txt": "*.png\n" };
  assertEquals(list({ words: ["*.png"], options: ["?.jpg"] }, files), ["a.png", "b.png", "c.jpg"]);
  assertEquals(list({ words: ["[1].png"] }, { "1.png": "" }), ["1.png"]);
  assertEquals(list({ words: ["[1].png"] }, { "1.png": "", "[1].png": "" }), ["[1].png"]);
  assertEquals(list({ words: ["*"] }, { "1.png": "", "*": "" }), ["*"]);
  // A list is written by programs: its names are names.
  assertEquals(list({ from: "list.txt" }, files), ["*.png"]);
});

Deno.test("listImages() leaves it to the point that a file is missing", () => {
  assertEquals(list({ words: ["missing.png", "a[1.png"] }), ["missing.png", "a[1.png"]);
});

Deno.test("listImages() refuses patterns that match nothing, and no images at all", () => {
  refused('Cannot find images "shots/*.jpg": nothing matches, expected', {
    words: ["shots/*.jpg"],
  });
  const example = "expected image files such as photos/*.jpg, --image FILE or --from LIST";
  refused(`Cannot find images: none is named, ${example}`, {});
  refused(`Cannot find images: "l" names none, ${example}`, { from: "l" }, { l: "" });
  refused('"l" names none', { from: "l" }, { l: "\ufeff\r\n\n" });
  refused('"standard input" names none', { from: "-" });
  refused('"l" names none', { from: "l", isNulSeparated: true }, { l: "" });
  assertEquals(list({ words: ["a"], from: "l" }, { l: "" }), ["a"]);
});

Deno.test("listImages() reads lines of any ending and trims nothing else", () => {
  const l = "\ufeffa.png\r\n\n  b c.png \r\n\r\n\ufeffd\r\re\n#f\n \nlast\r";
  const expected = ["a.png", "  b c.png ", "\ufeffd\r\re", "#f", " ", "last"];
  assertEquals(list({ from: "l" }, { l }), expected);
});

Deno.test("listImages() reads names between NULs as they are", () => {
  const nul = (l: string) => list({ from: "l", isNulSeparated: true }, { l });
  assertEquals(nul("\ufeffa\r\n\0b\nc\0"), ["\ufeffa\r\n", "b\nc"]);
  assertEquals(nul("a\0b"), ["a", "b"]);
  assertEquals(nul("\n"), ["\n"]);
});

Deno.test("listImages() names the place of a bad name", () => {
  refused('Cannot find image "": the name is empty', { words: ["a", ""] });
  refused('Cannot find image "": the name is empty', { options: [""] });
  refused('Cannot find image "a\\u0000b": the name holds NUL', { words: ["a\0b"] });
  refused('Cannot read "l": line 3 holds NUL, expected a path a line', { from: "l" }, {
    l: "a\r\n\nb\0c\n",
  });
  refused('Cannot read "l": path 2 is empty', { from: "l", isNulSeparated: true }, {
    l: "a\0\0b",
  });
  // é in Latin-1, then the first byte of a character that the line ends within.
  const bad = (separator: number) =>
    Uint8Array.of(0x61, separator, 0xc3, 0xa9, separator, 0xe9, 0x61, separator, 0xc3);
  refused('Cannot read "l": line 3 is not UTF-8', { from: "l" }, { l: bad(0x0a) });
  refused('Cannot read "l": path 3 is not UTF-8', { from: "l", isNulSeparated: true }, {
    l: bad(0),
  });
  refused('Cannot read "l": line 2 is not UTF-8', { from: "l" }, {
    l: Uint8Array.of(0x61, 0x0a, 0xc3, 0x0a, 0xa9),
  });
});

Deno.test("listImages() says why a list cannot be read", () => {
  const error = refused('Cannot read "none": No such file', { from: "none" });
  assertEquals(error.message.endsWith("expected a file with a path a line"), true);
  refused('Cannot read ".": ', { from: "." });
});

Deno.test("listImages() takes a million images and no more", () => {
  for (const isNulSeparated of [false, true]) {
    const l = (isNulSeparated ? "a\0" : "a\n").repeat(MAX_IMAGES);
    const request = { from: "l", isNulSeparated };
    assertEquals(list(request, { l }).length, MAX_IMAGES);
    refused("Cannot use more than 1000000 images", request, { l: l + "a" });
    refused("Cannot use more than 1000000 images", { ...request, words: ["b"] }, { l });
  }
});
