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
    assertMatch(
      ran.stdout,
      /\n40 series files \(\d+ kB\) against their checksums: equal\nresults\.csv .*: equal\n$/,
    );
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

Deno.test("verify holds the table to the ledger, and says where it differs", () =>
  inFolder(async (folder) => {
    assertEquals((await gridiron(folder, SWEEP)).code, 0);
    const path = `${folder}/out/results.csv`;
    const table = await Deno.readTextFile(path);
    const verify = () => gridiron(folder, ["verify", "out", "--sample", "1"]);
    assertStringIncludes((await verify()).stdout, "\nresults.csv against the ledger: equal\n");
    const lines = table.split("\n");
    const spoilt: [string, string, RegExp][] = [
      ["a digit", table.replace(/^(7,.*)\d$/m, "$1x"), /line 9: the ledger gives 7,8,.*x$/m],
      ["no last line", lines.slice(0, -2).join("\n") + "\n", /line 41: .* found its end$/m],
      ["half of a line", table.slice(0, -9), /line 41: the ledger gives 39,40,.*, found 39,40,/],
      ["a line too many", table + "40,41\n", /line 42: the ledger gives its end, found 40,41$/m],
      ["nothing", "", /line 1: the ledger gives index,.*, found its end$/m],
      ["an empty line", table + "\n", /line 42: the ledger gives its end, found an empty line$/m],
      ["no last line end", table.slice(0, -1), /line 41: .*, found the same with another end$/m],
      ["lines of Windows", table.replaceAll("\n", "\r\n"), /line 1: .*, found index,.*\\u000d$/m],
    ];
    for (const [what, text, says] of spoilt) {
      await Deno.writeTextFile(path, text);
      const ran = await verify();
      assertEquals(ran.code, 1, what);
      assertMatch(ran.stdout, says);
      assertMatch(ran.stdout, /to write the table: .* merge out\n$/);
    }
    await Deno.remove(path);
    await Deno.mkdir(path);
    assertMatch(
      (await verify()).stderr,
      /^gridiron: Cannot read ".*results\.csv": it is no file, /,
    );
    await Deno.remove(path);
    const absent = await verify();
    assertEquals(absent.code, 0);
    assertStringIncludes(absent.stdout, "\nresults.csv is not there\n");
    assertEquals((await gridiron(folder, ["merge", "out"])).code, 0);
    assertEquals(await Deno.readTextFile(path), table);
  }));

Deno.test("verify finds the line of a long table that differs", () =>
  inFolder(async (folder) => {
    const sweep = ["sweep", "--beta", "1:2000", "--iterations", "10", "--series", "none"];
    assertEquals((await gridiron(folder, [...sweep, "-o", "out", "--quiet"])).code, 0);
    const path = `${folder}/out/results.csv`;
    const lines = (await Deno.readTextFile(path)).split("\n");
    const verify = () => gridiron(folder, ["verify", "out", "--sample", "0"]);
    assertStringIncludes((await verify()).stdout, "results.csv against the ledger: equal");
    for (const line of [2, 700, 1400, 2001]) {
      const spoilt = lines.with(line - 1, lines[line - 1] + "0");
      await Deno.writeTextFile(path, spoilt.join("\n"));
      assertStringIncludes((await verify()).stdout, `results.csv line ${line}: the ledger gives `);
    }
  }));

Deno.test("verify misses no point that a condition leaves out, and those that are to be made", () =>
  inFolder(async (folder) => {
    const half = [...SWEEP, "--where", "beta > 20"];
    assertEquals((await gridiron(folder, half)).code, 0);
    const whole = await gridiron(folder, ["verify", "out", "--sample", "0", "--json"]);
    assertEquals(JSON.parse(whole.stdout).missing, 0);
    assertEquals(JSON.parse(whole.stdout).table, "equal");
    // The ledger loses the line of a point.
    const path = `${folder}/out/ledger/0-1.ndjson`;
    const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
    const points = lines.filter((line) => /^\[\d/.test(line));
    await Deno.writeTextFile(path, lines.filter((line) => line !== points.at(-1)).join("\n"));
    const less = await gridiron(folder, ["verify", "out", "--sample", "0"]);
    assertMatch(less.stdout, /\n1 point without a row: .* resume out\n$/);
    assertEquals(less.stdout.includes("results.csv"), false);
    // Nothing is left that could be verified.
    await Deno.remove(path);
    const empty = await gridiron(folder, ["verify", "out"]);
    assertEquals([less.code, empty.code], [0, 1]);
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
