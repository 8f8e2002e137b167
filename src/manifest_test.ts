/** run.json: one content for all who come, and no damage taken for it. */
import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "./errors.ts";
import { isRun, makeManifest, readManifest, settleManifest } from "./manifest.ts";
import type { Plan } from "./plan.ts";
import { VERSION } from "./version.ts";

function planOf(seed: number): Plan {
  return {
    ...{ kernel: "test", version: 3, parameters: ["a"], zip: [], fixed: {}, derived: {}, seed },
    ...{ axes: [{ name: "a", typed: ["0.5,é"], values: [0.5] }], where: null, series: null },
  };
}

/** Runs a test in a folder of its own. */
function inFolder(test: (folder: string) => Promise<void>): () => Promise<void> {
  return async () => {
    const folder = await Deno.makeTempDir();
    try {
      await test(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
}

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("makeManifest() tells format, versions, digest and plan", () => {
  assertEquals(makeManifest(planOf(1), "d1", "/home"), {
    ...{ format: 1, gridiron: VERSION, kernel: "test", version: 3, wasm: "d1" },
    plans: [planOf(1)],
  });
});

Deno.test(
  "settleManifest() writes run.json and nothing else, and reads the same back",
  inFolder(async (folder) => {
    const manifest = makeManifest(planOf(1), "d1", "/home");
    assertEquals(await settleManifest(`${folder}/new/run`, manifest), manifest);
    assertEquals(await readManifest(`${folder}/new/run`), manifest);
    assertEquals(namesIn(`${folder}/new/run`), ["run.json"]);
  }),
);

Deno.test(
  "readManifest() refuses plans of another kernel, whose name could be a path",
  inFolder(async (folder) => {
    const manifest = makeManifest(planOf(1), "d1", "/home");
    await settleManifest(folder, { ...manifest, plans: [{ ...planOf(1), kernel: "../evil" }] });
    await assertRejects(() => readManifest(folder), UsageError, "not all of one kernel");
  }),
);

Deno.test(
  "settleManifest() gives whoever comes later the first manifest, and leaves the file alone",
  inFolder(async (folder) => {
    const first = makeManifest(planOf(1), "d1", "/home");
    await settleManifest(folder, first);
    const text = await Deno.readTextFile(`${folder}/run.json`);
    assertEquals(await settleManifest(folder, makeManifest(planOf(2), "d2", "/home")), first);
    assertEquals(await Deno.readTextFile(`${folder}/run.json`), text);
  }),
);

Deno.test(
  "settleManifest() gives all who come at once the same manifest",
  inFolder(async (folder) => {
    const seeds = Array.from({ length: 20 }, (_, i) => i);
    const settled = await Promise.all(
      seeds.map((seed) => settleManifest(folder, makeManifest(planOf(seed), "d", "/home"))),
    );
    const there = await readManifest(folder);
    for (const manifest of settled) assertEquals(manifest, there!);
    assertEquals(namesIn(folder), ["run.json"]);
  }),
);

Deno.test(
  "settleManifest() refuses a file where the directory should be",
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "kept");
    const manifest = makeManifest(planOf(1), "d", "/home");
    for (const directory of [`${folder}/file`, `${folder}/file/below`]) {
      await assertRejects(() => settleManifest(directory, manifest), UsageError, "Cannot ");
    }
    assertEquals(await Deno.readTextFile(`${folder}/file`), "kept");
  }),
);

Deno.test(
  "isRun() and readManifest() know a directory without a run",
  inFolder(async (folder) => {
    assertEquals([isRun(folder), await readManifest(folder)], [false, undefined]);
    assertEquals([isRun(`${folder}/no`), await readManifest(`${folder}/no`)], [false, undefined]);
    await settleManifest(folder, makeManifest(planOf(1), "d", "/home"));
    assertEquals(isRun(folder), true);
  }),
);

Deno.test(
  "readManifest() refuses every changed character that changes the content",
  inFolder(async (folder) => {
    await settleManifest(folder, makeManifest(planOf(1), "d", "/home"));
    const text = await Deno.readTextFile(`${folder}/run.json`);
    const content = JSON.parse(text);
    for (let at = 0; at < text.length; at++) {
      const changed = text.slice(0, at) + (text[at] === "7" ? "8" : "7") + text.slice(at + 1);
      if (isSame(changed, content)) continue;
      await Deno.writeTextFile(`${folder}/run.json`, changed);
      await assertRejects(() => readManifest(folder), UsageError, "Cannot use");
    }
  }),
);

Deno.test(
  "readManifest() refuses a file that was cut, and says what to do",
  inFolder(async (folder) => {
    await settleManifest(folder, makeManifest(planOf(1), "d", "/home"));
    const text = (await Deno.readTextFile(`${folder}/run.json`)).trimEnd();
    for (const length of [0, 1, text.length >> 1, text.length - 1]) {
      await Deno.writeTextFile(`${folder}/run.json`, text.slice(0, length));
      await assertRejects(
        () => readManifest(folder),
        UsageError,
        `Cannot use "${folder}/run.json": it is damaged (no JSON); restore it from a copy`,
      );
    }
  }),
);

Deno.test(
  "readManifest() refuses JSON that is no manifest",
  inFolder(async (folder) => {
    for (const text of ["{}", "[]", "5", '"x"', "true", '{"format":1,"check":null}']) {
      await Deno.writeTextFile(`${folder}/run.json`, text);
      await assertRejects(() => readManifest(folder), UsageError, "it is damaged");
    }
  }),
);

Deno.test(
  "readManifest() refuses null",
  // It was taken apart before it was looked at: a TypeError.
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/run.json`, "null");
    await assertRejects(() => readManifest(folder), UsageError, "it is damaged");
  }),
);

Deno.test(
  "readManifest() refuses a newer format before it looks at the rest",
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/run.json`, '{"format":2,"plans":"otherwise"}');
    await assertRejects(
      () => readManifest(folder),
      UsageError,
      "it has format 2, this gridiron knows 1",
    );
  }),
);

Deno.test(
  "readManifest() refuses a folder of that name",
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/run.json`);
    await assertRejects(() => readManifest(folder), UsageError, `Cannot read "${folder}/run.json"`);
    assertEquals(isRun(folder), false);
  }),
);

/** Whether a text is JSON of that content all the same, such as with other white space. */
function isSame(text: string, content: unknown): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(content);
  } catch {
    return false;
  }
}
