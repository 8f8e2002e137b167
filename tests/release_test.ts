/** What a release relies on: the expected tables are those of today, its commands are there. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { build } from "../scripts/build.ts";
import { differences, tablesOf } from "../scripts/expected.ts";
import { inFolder, permissionsOf } from "./program.ts";
import { root } from "./project.ts";

Deno.test("what is built makes the tables that a release compares with", () =>
  inFolder(async (folder) => {
    await build(`${folder}/a prögram/`);
    // By a link, as it would be on the PATH.
    await Deno.symlink(`${folder}/a prögram/gridiron`, `${folder}/link`);
    assertEquals(differences(await tablesOf([`${folder}/link`])), []);
    const run = async (...args: string[]) => {
      const { stdout } = await new Deno.Command(`${folder}/link`, {
        args,
        cwd: folder,
        // Names that the script uses, and the folder of a task that it might be part of.
        env: { self: "nonsense", main: "nonsense", INIT_CWD: `${folder}/a prögram` },
      }).output();
      return new TextDecoder().decode(stdout);
    };
    assertStringIncludes(await run("kernels", "--help"), "usage: gridiron kernels");
    const two = ["sweep", "--beta", "1,2", "--iterations", "10", "-o", "two"];
    await run("launch", "-N2", "--scheduler", "local", "--", ...two);
    assertEquals((await Deno.readTextFile(`${folder}/two/results.csv`)).split("\n").length, 4);
  }));

Deno.test("the checkout makes the tables that a release compares with", async () => {
  const main = new URL("main.ts", root).pathname;
  const tables = await tablesOf([Deno.execPath(), "run", ...permissionsOf("sweep"), main]);
  assertEquals([...tables.keys()], ["sweep.csv", "pi.csv", "fourier.csv"]);
  assertEquals(differences(tables), []);
  // One byte more, or another one, is told.
  const bytes = tables.get("pi.csv")!;
  assertEquals(differences(new Map([["pi.csv", new Uint8Array([...bytes, 10])]])), ["pi.csv"]);
  assertEquals(differences(new Map([["pi.csv", bytes.with(9, 0)]])), ["pi.csv"]);
});

Deno.test("workflows run tasks that are there, pinned actions, and the Deno of the README", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", root)));
  const [deno] = /(?<=npx -y deno@)[\d.]+/.exec(
    Deno.readTextFileSync(new URL("README.md", root)),
  )!;
  const folder = new URL(".github/workflows/", root);
  for (const { name } of Deno.readDirSync(folder)) {
    const text = Deno.readTextFileSync(new URL(name, folder));
    for (const [, task] of text.matchAll(/deno task (\S+)/g)) assert(task! in tasks, task);
    for (const [, action] of text.matchAll(/uses: (.+)/g)) {
      assertMatch(action!, /^[\w-]+\/[\w-]+@v\d+\.\d+\.\d+$/);
    }
    for (const [, version] of text.matchAll(/deno-version: (.+)/g)) assertEquals(version, deno);
  }
});
