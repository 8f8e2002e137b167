/** Lists that a plan was made from: kept in the run directory, as long as the plan is. */
import { assertEquals, assertMatch } from "@std/assert";
import { gridiron, inFolder } from "./program.ts";

const STEPS = ["--iterations", "10", "--series", "none", "-o", "out"];
const SWEEP = ["sweep", "--beta", "@betas.txt", ...STEPS];

Deno.test("a list that is gone is taken from the run directory, an extended one too", () =>
  inFolder(async (folder) => {
    const list = `${folder}/betas.txt`;
    for (const values of ["0.5\n2\n", "0.5\n2\n3\n"]) {
      await Deno.writeTextFile(list, values);
      const ran = await gridiron(folder, SWEEP);
      assertEquals(ran.code, 0, ran.stderr);
      assertEquals(await Deno.readTextFile(`${folder}/out/inputs/betas.txt`), values);
    }
    await Deno.remove(list);
    const gone = await gridiron(folder, SWEEP);
    assertEquals(gone.code, 0, gone.stderr);
    assertMatch(gone.stderr, /^@betas\.txt: taken from inputs\/betas\.txt\n3 points, all done/);
  }));

Deno.test("launch keeps the lists of a run that it extends, and writes none that is there", () =>
  inFolder(async (folder) => {
    const script = ["launch", "-N", "2", "--sbatch", "--", ...SWEEP];
    const copy = `${folder}/out/inputs/betas.txt`;
    for (const values of ["0.5\n2\n", "0.5\n2\n3\n"]) {
      await Deno.writeTextFile(`${folder}/betas.txt`, values);
      assertEquals((await gridiron(folder, script)).code, 0);
      assertEquals(await Deno.readTextFile(copy), values);
    }
    const { ino } = await Deno.stat(copy);
    assertEquals((await gridiron(folder, SWEEP)).code, 0);
    assertEquals((await Deno.stat(copy)).ino, ino);
  }));

Deno.test("a list that makes another run is refused, and the copy stays", () =>
  inFolder(async (folder) => {
    const list = `${folder}/betas.txt`;
    await Deno.writeTextFile(list, "0.5\n2\n");
    assertEquals((await gridiron(folder, SWEEP)).code, 0);
    await Deno.writeTextFile(list, "0.5\n");
    const fewer = await gridiron(folder, SWEEP);
    assertEquals(fewer.code, 2);
    assertMatch(fewer.stderr, /beta: 0\.5, 2 there, 0\.5 here/);
    assertEquals(await Deno.readTextFile(`${folder}/out/inputs/betas.txt`), "0.5\n2\n");
  }));

Deno.test("a list without an end is refused, one behind a byte order mark is read", () =>
  inFolder(async (folder) => {
    const endless = await gridiron(folder, ["sweep", "--beta", "@/dev/zero", ...STEPS]);
    assertEquals(endless.code, 2);
    assertMatch(
      endless.stderr,
      /^gridiron: Cannot read "\/dev\/zero": it has more than 256 MB, .*\n$/,
    );
    await Deno.writeTextFile(`${folder}/betas.txt`, "\ufeff1\n2\n");
    assertEquals((await gridiron(folder, SWEEP)).code, 0);
  }));
