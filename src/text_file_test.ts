/** Text files: whole under their names, or not there. */
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { removeIfThere, TextFile } from "./text_file.ts";

/** Runs a test in a folder of its own. */
function inFolder(test: (folder: string) => void): () => void {
  return () => {
    const folder = Deno.makeTempDirSync();
    try {
      test(folder);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  };
}

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test(
  "TextFile has its name only once it is finished",
  inFolder((folder) => {
    using file = new TextFile(`${folder}/x.csv`);
    file.write("a,");
    assertMatch(namesIn(folder).join(), /^x\.csv\.[-0-9a-f]{36}\.tmp$/);
    file.write("β\n");
    file.finish();
    assertEquals(namesIn(folder), ["x.csv"]);
    assertEquals(Deno.readTextFileSync(`${folder}/x.csv`), "a,β\n");
  }),
);

Deno.test(
  "TextFile leaves nothing, and the older file, when it is not finished",
  inFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/x`, "old");
    assertThrows(
      () => {
        using file = new TextFile(`${folder}/x`);
        file.write("new".repeat(200_000));
        throw new RangeError("stop");
      },
      RangeError,
      "stop",
    );
    assertEquals(namesIn(folder), ["x"]);
    assertEquals(Deno.readTextFileSync(`${folder}/x`), "old");
  }),
);

Deno.test(
  "TextFile replaces an older file whole, and may be empty",
  inFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/x`, "something longer");
    using file = new TextFile(`${folder}/x`);
    file.finish();
    assertEquals(Deno.readTextFileSync(`${folder}/x`), "");
  }),
);

Deno.test(
  "TextFile writes texts around the size of its buffer",
  inFolder((folder) => {
    const parts = ["é".repeat((1 << 18) - 1), "x", "y", "€".repeat(300_000), "", "z\n"];
    using file = new TextFile(`${folder}/x`);
    for (const part of parts) file.write(part);
    file.finish();
    assertEquals(Deno.readTextFileSync(`${folder}/x`) === parts.join(""), true);
  }),
);

Deno.test(
  "TextFile lets two write at once: each whole, the last to finish stays",
  inFolder((folder) => {
    using one = new TextFile(`${folder}/x`);
    using two = new TextFile(`${folder}/x`);
    one.write("one");
    two.write("two");
    two.finish();
    one.finish();
    assertEquals(namesIn(folder), ["x"]);
    assertEquals(Deno.readTextFileSync(`${folder}/x`), "one");
  }),
);

Deno.test(
  "TextFile needs a folder to be in",
  inFolder((folder) => {
    assertThrows(() => new TextFile(`${folder}/no/x`), Deno.errors.NotFound);
  }),
);

Deno.test(
  "TextFile leaves nothing when it cannot take its name",
  inFolder((folder) => {
    Deno.mkdirSync(`${folder}/x/y`, { recursive: true });
    assertThrows(() => {
      using file = new TextFile(`${folder}/x`);
      file.finish();
    }, Error);
    assertEquals(namesIn(folder), ["x"]);
  }),
);

Deno.test(
  "removeIfThere() removes a file, is content with none, and hides no other error",
  inFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/x`, "");
    removeIfThere(`${folder}/x`);
    removeIfThere(`${folder}/x`);
    assertEquals(namesIn(folder), []);
    Deno.mkdirSync(`${folder}/x/y`, { recursive: true });
    assertThrows(() => removeIfThere(`${folder}/x`), Error);
    assertEquals(namesIn(folder), ["x"]);
  }),
);
