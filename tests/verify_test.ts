/** `verify DIR`: equal bits are said to be equal, and no change goes unseen. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { crc32 } from "../src/checksum.ts";
import { contents, gridiron, inFolder } from "./program.ts";
import { root } from "./project.ts";

const SWEEP = ["sweep", "--beta", "1:40", "--iterations", "1000", "-o", "out", "--quiet"];

Deno.test("verify finds equal bits, of a sample that its seed decides, and writes nothing", () =>
  inFolder(async (folder) => {
    assertEquals((await gridiron(folder, SWEEP)).code, 0);
    const before = await contents(folder);
    const ran = await gridiron(folder, ["verify", "out"]);
    assertEquals(ran.code, 0, ran.stderr);
    assertMatch(ran.stdout, /^10 of 40 points computed again \(sample seed 1\): equal bits\n/);
    assertMatch(ran.stdout, /\n40 series files \(\d+ kB\) against their checksums: equal\n$/);
    for (const [sample, count] of [["100%", 40], ["50%", 20], ["3", 3], ["0", 0]] as const) {
      const all = await gridiron(folder, ["verify", "out", "--sample", sample, "--json"]);
      assertEquals(JSON.parse(all.stdout).recomputed, count);
    }
    const none = await gridiron(folder, ["verify", "out", "--sample", "0"]);
    assertMatch(none.stdout, /^none of 40 points computed again\n40 series files /);
    const refused = await gridiron(folder, ["verify", "out", "--sample", "101%"]);
    assertEquals([refused.code, refused.stderr.split("\n").length], [2, 2]);
    assertEquals(await contents(folder), before);
  }));

Deno.test("verify names a series that changed, one that is gone, and a row of other bits", () =>
  inFolder(async (folder) => {
    assertEquals((await gridiron(folder, SWEEP)).code, 0);
    const series = `${folder}/out/mc_data/b2_m1_h1.dat`;
    const bytes = await Deno.readFile(series);
    bytes[100]! ^= 1;
    await Deno.writeFile(series, bytes);
    await Deno.remove(`${folder}/out/mc_data/b3_m1_h1.dat`);
    // A line with another number and the check value that belongs to it.
    const path = `${folder}/out/ledger/0-1.ndjson`;
    const lines = (await Deno.readTextFile(path)).split("\n").map((line) => {
      if (!line.startsWith("[7,[0.")) return line;
      const body = line.replace("[7,[0.", "[7,[0.5").replace(/,"[0-9a-f]{8}"\]$/, "");
      const check = crc32(new TextEncoder().encode(body)).toString(16).padStart(8, "0");
      return `${body},"${check}"]`;
    });
    await Deno.writeTextFile(path, lines.join("\n"));
    const ran = await gridiron(folder, ["verify", "out", "--sample", "100%"]);
    assertEquals(ran.code, 1, ran.stderr);
    assertStringIncludes(ran.stdout, "40 of 40 points computed again (sample seed 1): 1 differ\n");
    assertStringIncludes(ran.stdout, "against their checksums: 2 differ\n");
    assertMatch(ran.stdout, /^point 1: the ledger has mc_data\/b2_m1_h1\.dat \[\d+,"\w{16}"\]/m);
    assertMatch(ran.stdout, /^point 2: .* found No such file or directory/m);
    assertMatch(ran.stdout, /^point 7: the ledger has \[0\.5\d+,.* found \[0\.[^5]/m);
  }));

Deno.test("verify computes pictures and sums again", () =>
  inFolder(async (folder) => {
    const photo = new URL("examples/photos/chart.png", root).pathname;
    const commands = [
      ["fourier", photo, "--radius", "10,20", "--figure", "-o", "optics", "--quiet"],
      ["pi", "--samples", "1e7", "-o", "pi", "--quiet"],
    ];
    for (const command of commands) assertEquals((await gridiron(folder, command)).code, 0);
    for (const directory of ["optics", "pi"]) {
      const ran = await gridiron(folder, ["verify", directory, "--sample", "100%", "--json"]);
      assertEquals(ran.code, 0, ran.stderr + ran.stdout);
      const { points, recomputed } = JSON.parse(ran.stdout);
      assertEquals(recomputed, points);
    }
  }));
