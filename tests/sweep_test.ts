/** `sweep` as a user meets it: the real program in a folder of its own. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EFFORT } from "./effort.ts";
import {
  commandLine,
  contents,
  gridiron,
  inFolder,
  pause,
  results,
  start,
  startProgram,
} from "./program.ts";

Deno.test("sweep runs two points and says where the results are", () =>
  inFolder(async (folder) => {
    const ran = await gridiron(folder, ["sweep", "--beta", "1", "--beta", "2"]);
    assertEquals(ran.code, 0, ran.stderr);
    assertEquals(ran.stdout, "");
    const directory = /^results: (runs\/metropolis-[0-9a-f]{8})\/results\.csv$/m.exec(ran.stderr)
      ?.[1];
    assert(directory !== undefined, ran.stderr);
    const files = await contents(`${folder}/${directory}`);
    assertEquals([...files.keys()], [
      "ledger/0-1.ndjson",
      "mc_data/b1_m1_h1.dat",
      "mc_data/b2_m1_h1.dat",
      "results.csv",
      "run.json",
    ]);
    assertEquals(files.get("results.csv")!.split("\n").length, 4);
    assertEquals(files.get("mc_data/b1_m1_h1.dat")!.split("\n").length, 100002);
  }));

Deno.test("sweep gives the same bytes for 1, 2, 3 and 7 workers", () =>
  inFolder(async (folder) => {
    const grid = ["--beta", "0.1:1:0.1", "--h", "0.5,2", "--iterations", "3000"];
    const runs = await Promise.all(["1", "2", "3", "7"].map(async (workers) => {
      const ran = await gridiron(folder, ["sweep", ...grid, "--workers", workers, "-o", workers]);
      assertEquals(ran.code, 0, ran.stderr);
      return await results(`${folder}/${workers}`);
    }));
    assertEquals(runs[0]!.size, 21);
    for (const run of runs) assertEquals(run, runs[0]);
  }));

Deno.test("sweep gives the same bytes in whatever order the points are run", () =>
  inFolder(async (folder) => {
    const run = (betas: string, out: string) =>
      gridiron(folder, ["sweep", "--beta", betas, "--iterations", "1000", "-o", out]);
    assertEquals((await run("1,2,3", "up")).code, 0);
    assertEquals((await run("3,1,2", "down")).code, 0);
    const [up, down] = await Promise.all(["up", "down"].map((out) => results(`${folder}/${out}`)));
    const rows = (text: string) => text.trim().split("\n").map((row) => row.replace(/^\d+,/, ""));
    assertEquals(rows(down!.get("results.csv")!).sort(), rows(up!.get("results.csv")!).sort());
    for (const beta of [1, 2, 3]) {
      const name = `mc_data/b${beta}_m1_h1.dat`;
      assertEquals(down!.get(name), up!.get(name));
    }
  }));

Deno.test("sweep zips axes: seven rows and seven files", () =>
  inFolder(async (folder) => {
    const ran = await gridiron(folder, [
      ...["sweep", "--zip", "beta,m", "--beta", "0.5,0.5,1,1,1,2,2", "--m", "0.5,1,0.5,1,2,1,2"],
      ...["--h", "1", "--iterations", "1000", "-o", "seven"],
    ]);
    assertEquals(ran.code, 0, ran.stderr);
    const files = await results(`${folder}/seven`);
    assertEquals(files.size, 8);
    assertEquals(files.get("results.csv")!.trim().split("\n").length, 8);
    assert(files.has("mc_data/b1_m2_h1.dat"));
  }));

Deno.test("sweep does only what is missing, and the same command twice changes nothing", () =>
  inFolder(async (folder) => {
    const command = ["sweep", "--beta", "1:6", "--iterations", "1000", "-o", "out", "--json"];
    const first = JSON.parse((await gridiron(folder, command)).stdout);
    assertEquals([first.points, first.done_before, first.done_now], [6, 0, 6]);
    const before = await contents(`${folder}/out`);
    const second = JSON.parse((await gridiron(folder, command)).stdout);
    assertEquals([second.points, second.done_before, second.done_now], [6, 6, 0]);
    assertEquals(await contents(`${folder}/out`), before);
    // Half of the ledger is lost: half of the points are made again.
    const ledger = before.get("ledger/0-1.ndjson")!.split("\n");
    const thirdPoint = ledger.filter((line) => !line.startsWith('["note"'))[2]!;
    const half = ledger.slice(0, ledger.indexOf(thirdPoint) + 1).join("\n") + "\n";
    await Deno.writeTextFile(`${folder}/out/ledger/0-1.ndjson`, half);
    await Deno.remove(`${folder}/out/results.csv`);
    const third = JSON.parse((await gridiron(folder, command)).stdout);
    assertEquals([third.points, third.done_before, third.done_now], [6, 3, 3]);
    const after = await results(`${folder}/out`);
    assertEquals(after.get("results.csv"), before.get("results.csv"));
  }));

Deno.test("two starts a moment apart on a new directory leave a whole table", () =>
  inFolder(async (folder) => {
    const command = [
      ...["sweep", "--beta", "1:3", "--iterations", "1", "--burn_in", "0", "--series", "none"],
      ...["-o", "out", "--quiet"],
    ];
    for (let trial = 0; trial < 8 * EFFORT; trial++) {
      const first = start(folder, command);
      await pause(15 + 5 * (trial % 8));
      const second = start(folder, command);
      const codes = [(await first.ended).code, (await second.ended).code];
      assert(codes.every((code) => code === 0 || code === 2) && codes.includes(0), `${codes}`);
      const table = await Deno.readTextFile(`${folder}/out/results.csv`);
      assertEquals((await gridiron(folder, ["merge", "out"])).code, 0);
      assertEquals(await Deno.readTextFile(`${folder}/out/results.csv`), table);
      await Deno.remove(`${folder}/out`, { recursive: true });
    }
  }));

Deno.test("sweep reports one JSON object on standard output and nothing else", () =>
  inFolder(async (folder) => {
    const ran = await gridiron(folder, [
      ...["sweep", "--beta", "1", "--iterations", "100", "-o", "a b", "--json", "--workers", "3"],
    ]);
    const report = JSON.parse(ran.stdout);
    assertEquals(ran.stderr, "");
    assertEquals(report.results, "a b/results.csv");
    assertEquals(report.workers, 3);
    assertEquals(report.failed, 0);
    assert(report.wall_seconds > 0 && report.cpu_seconds > 0);
  }));

Deno.test("sweep says in words when workers share CPUs or errors are not to be trusted", () =>
  inFolder(async (folder) => {
    const ran = await gridiron(folder, [
      ...["sweep", "--beta", "1,2", "--iterations", "10", "--workers", "500", "-o", "out"],
    ]);
    assertMatch(ran.stderr, /500 workers share \d+ CPU/);
    assertMatch(ran.stderr, /[12] points? with fewer than 50 autocorrelation times/);
  }));

Deno.test("sweep -1 is a value, -h is help, --h the parameter", () =>
  inFolder(async (folder) => {
    const help = await gridiron(folder, ["sweep", "-h"]);
    assertEquals(help.code, 0);
    assertStringIncludes(help.stdout, "--beta VALUES");
    const plain = ["--iterations", "10", "--series", "none", "--beta", "1", "--h", "0.5"];
    const one = await gridiron(folder, ["sweep", ...plain, "--m", "-1", "-o", "one"]);
    const other = await gridiron(folder, ["sweep", ...plain, "--m=-1", "-o", "other"]);
    assertEquals([one.code, other.code], [0, 0]);
    const rows = await Deno.readTextFile(`${folder}/one/results.csv`);
    assertEquals(await Deno.readTextFile(`${folder}/other/results.csv`), rows);
    assertMatch(rows, /^0,1,-1,0\.5,/m);
  }));

Deno.test("sweep --dry-run counts ten million points and writes nothing", () =>
  inFolder(async (folder) => {
    const ran = await gridiron(folder, ["sweep", "--beta", "1e-7:1:1e-7", "--dry-run"]);
    assertEquals(ran.code, 0, ran.stderr);
    assertStringIncludes(ran.stdout, "10000000 points");
    assertStringIncludes(ran.stdout, "9999999: beta=1 ");
    assertStringIncludes(ran.stdout, "warning: Cannot write 10000000 series files");
    assertEquals((await contents(folder)).size, 0);
  }));

Deno.test("sweep writes below the run directory only, with parents made", () =>
  inFolder(async (folder) => {
    const ran = await gridiron(folder, [
      ...["sweep", "--beta", "1,2", "--iterations", "10", "-o", "deep/er/out"],
      ...["--series", "a/{beta}/chain {m:.2f}.csv"],
    ]);
    assertEquals(ran.code, 0, ran.stderr);
    const files = await results(`${folder}/deep/er/out`);
    assertEquals([...files.keys()], ["a/1/chain 1.00.csv", "a/2/chain 1.00.csv", "results.csv"]);
  }));

Deno.test("sweep writes series through a link to its run directory", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/real`);
    await Deno.symlink(`${folder}/real`, `${folder}/link`);
    const command = ["sweep", "--beta", "1,2", "--iterations", "10", "-o", "link/below"];
    const ran = await gridiron(folder, command);
    assertEquals(ran.code, 0, ran.stderr);
    assert((await results(`${folder}/real/below`)).has("mc_data/b2_m1_h1.dat"));
    assertEquals((await gridiron(folder, ["resume", "link/below"])).code, 0);
  }));

/** What is refused, and what the one line says. */
const REFUSED: readonly (readonly [argv: readonly string[], says: string])[] = [
  [["--betta", "1"], "no such option, did you mean --beta?"],
  [["-beta", "1"], "did you mean --beta?"],
  [["--beta"], "its value is missing"],
  [["--beta", "--m", "1"], "its value is missing"],
  [[], "--beta (inverse temperature"],
  [["--beta", "abc"], 'Cannot read --beta "abc"'],
  [["--beta", "NaN"], "not a finite number"],
  [["--beta", "Infinity"], "not a finite number"],
  [["--beta", "1e999"], "not a finite number"],
  [["--beta", "0"], "expected a number above 0"],
  [["--beta", "1:-1:-1"], "expected a number above 0"],
  [["--beta", ""], "a value is missing"],
  [["--beta", "1,,2"], "a value is missing"],
  [["--beta", "1:10:0"], "the step is 0"],
  [["--beta", "1:10:-1"], "of the other sign"],
  [["--beta", "0.5:2.5"], "expected a step"],
  [["--beta", "1:1e12"], "1000000000000 values"],
  [["--beta", "lin:0:1"], "expected lin:start:stop:count"],
  [["--beta", "1", "--iterations", "1.5"], "expected a whole number"],
  [["--beta", "1", "--iterations", "10", "--burn_in", "10"], "expected burn_in below iterations"],
  [["--zip", "beta,m", "--beta", "1,2", "--m", "1"], "beta has 2, m has 1 values"],
  [["--zip", "beta,m", "--beta", "1,1.0", "--m", "2,2"], "rows 1 and 2 are both 1, 2"],
  [["--zip", "beta,mm", "--beta", "1,2"], "no values for mm"],
  [["--beta", "1", "--series", "{nu}.dat"], "there is no parameter {nu}"],
  [["--beta", "1", "--series", "../x{beta}"], "expected a path inside the run directory"],
  [["--beta", "1", "--series", "/tmp/x{beta}"], "it is an absolute path"],
  [["--beta", "1,2", "--series", "x.dat"], "would share a file"],
  [["--beta", "1.01,1.02", "--series", "{beta:.1f}"], "several points would be written to"],
  [["--beta", "1,11", "--m", "1,11", "--series", "{beta}{m}"], "could run together"],
  [["--beta", "1", "--seed", "-1"], "--seed"],
  [["--beta", "1", "--workers", "0"], "--workers"],
  [["--beta", "1", "--axis", "nu=1"], "--axis"],
  [["--beta", "1", "-o", "file"], "it is not a folder"],
  [["--beta", "1", "-o", "file/below"], "Cannot write to"],
  [["--beta", "1:20001"], "--series none for the table alone"],
  [["--beta", "1", "--iterations", "1e9"], "--series none for the table alone"],
  [["metropolis", "extra", "--beta", "1"], 'Cannot use "extra"'],
  [["--beta", "1", "2"], 'Cannot use "2": values stand behind their option'],
  [["--beta", "1", "--dry-run", "--time-limit", "1h30"], "expected a duration"],
  [["--beta", "1", "-o", "foreign"], "it holds results.csv but no run"],
  [["ising", "--beta", "1"], 'Cannot find the kernel "ising"'],
];

Deno.test("sweep refuses what it cannot do in one line, exit code 2, nothing written", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "in the way\n");
    await Deno.mkdir(`${folder}/foreign`);
    await Deno.writeTextFile(`${folder}/foreign/results.csv`, "mine\n");
    for (const [argv, says] of REFUSED) {
      const ran = await gridiron(folder, ["sweep", ...argv]);
      const where = `sweep ${argv.join(" ")}: ${ran.stderr}`;
      assertEquals(ran.code, 2, where);
      assertStringIncludes(ran.stderr, says, where);
      assertEquals(ran.stderr.trimEnd().split("\n").length, 1, where);
      assertEquals(ran.stdout, "", where);
    }
    assertEquals([...(await contents(folder)).keys()], ["file", "foreign/results.csv"]);
  }));

Deno.test("sweep begins in a folder with other files, and takes the place of none", () =>
  inFolder(async (folder) => {
    const cases: [file: string, argv: string[]][] = [
      ["mc_data/b1_m1_h1.dat", []],
      ["b1.dat", ["--series", "b{beta}.dat"]],
      // File systems that know no case take these for one.
      ["B1.DAT", ["--series", "b{beta}.dat"]],
      ["b2/deep/x1.dat", ["--series", "b{beta}/deep/x{m}.dat"]],
      [`${"0123456789abcdef".repeat(2)}.dat`, ["--series", "{id}.dat"]],
      // More points than are compared: what could be a name is refused.
      ["b1_m0.5.dat", ["--m", "1:1000000", "--series", "b{beta}_m{m}.dat"]],
    ];
    for (const [i, [file, argv]] of cases.entries()) {
      const path = `${folder}/${i}/${file}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(path, "precious\n");
      const command = ["sweep", "--beta", "1,2", "--iterations", "20", ...argv, "-o", `${i}`];
      const { code, stderr } = await gridiron(folder, command);
      assertEquals(code, 2, stderr);
      const refusal = `/${i}": it holds ${file} but no run, and a series would take`;
      assertStringIncludes(stderr, refusal);
      assertStringIncludes((await gridiron(folder, [...command, "--dry-run"])).stdout, refusal);
      assertEquals([...await contents(`${folder}/${i}`)], [[file, "precious\n"]]);
    }
    for (const [i, template] of ["b{beta}.dat", "mc_data/b{beta}_m{m}_h{h}.dat"].entries()) {
      const others = ["notes.txt", "b3.dat", "b1.dat.txt", "mc_data/b1_m1_h2.dat", "sub/b1.dat"];
      for (const file of others) {
        const path = `${folder}/mine${i}/${file}`;
        await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
        await Deno.writeTextFile(path, "precious\n");
      }
      const argv = ["--beta", "1,2", "--iterations", "20", "--series", template, "-o", `mine${i}`];
      for (const _ of ["new", "again"]) {
        const { code, stderr } = await gridiron(folder, ["sweep", ...argv]);
        assertEquals(code, 0, stderr);
      }
      const after = await contents(`${folder}/mine${i}`);
      for (const file of others) assertEquals(after.get(file), "precious\n");
    }
  }));

Deno.test("sweep extends a run over its own files, and takes the place of no other", () =>
  inFolder(async (folder) => {
    const run = (betas: string, ...more: string[]) =>
      gridiron(folder, ["sweep", "--beta", betas, "--iterations", "20", ...more]);
    const out = ["-o", "out"];
    assertEquals((await run("1", ...out)).code, 0);
    const path = `${folder}/out/mc_data/b2_m1_h1.dat`;
    await Deno.writeTextFile(path, "precious\n");
    const before = await contents(`${folder}/out`);
    const refused = await run("1,2", ...out);
    assertEquals(refused.code, 2);
    const why = 'out": it holds mc_data/b2_m1_h1.dat, which is not of its run';
    assertStringIncludes(refused.stderr, why);
    assertStringIncludes((await run("1,2", ...out, "--dry-run")).stdout, why);
    assertEquals(await contents(`${folder}/out`), before);
    await Deno.remove(path);
    for (const betas of ["1,3", "1:3", "1:3"]) assertEquals((await run(betas, ...out)).code, 0);
    // A grid of more points than are looked at is extended all the same.
    for (const betas of ["1", "1:200000"]) {
      const most = await run(betas, "--where", "beta < 4", "-o", "most");
      assertEquals(most.code, 0, most.stderr);
    }
  }));

Deno.test("sweep says that a range misses its stop, unless it is to be quiet", () =>
  inFolder(async (folder) => {
    const argv = ["sweep", "--beta", "0.1:1:0.4", "--iterations", "20", "-o", "out"];
    const says = "--beta ends at 0.9: the steps from 0.1 miss 1\n";
    assertStringIncludes((await gridiron(folder, [...argv, "--dry-run"])).stdout, says);
    // And when the run goes on.
    for (const _ of ["new", "again"]) {
      assertStringIncludes((await gridiron(folder, argv)).stderr, says);
    }
    assertEquals((await gridiron(folder, [...argv, "--quiet"])).stderr, "");
  }));

Deno.test("sweep refuses a directory that holds another plan, and shows the difference", () =>
  inFolder(async (folder) => {
    const run = (...more: string[]) =>
      gridiron(folder, ["sweep", "--beta", "1,2", "--iterations", "10", "-o", "out", ...more]);
    assertEquals((await run()).code, 0);
    const before = await contents(`${folder}/out`);
    const other = await run("--seed", "2", "--h", "3");
    assertEquals(other.code, 2);
    assertStringIncludes(other.stderr, "seed: 1 there, 2 here");
    assertStringIncludes(other.stderr, "h: 1 (default) there, 3 here");
    assertEquals(await contents(`${folder}/out`), before);
  }));

Deno.test("sweep refuses an axis that the names of its series do not know as another run", () =>
  inFolder(async (folder) => {
    const sweep = ["sweep", "--beta", "1,2", "--iterations", "10", "-o", "out"];
    assertEquals((await gridiron(folder, sweep)).code, 0);
    const more = await gridiron(folder, [...sweep, "--replicas", "2"]);
    assertEquals(more.code, 2);
    assertStringIncludes(
      more.stderr,
      "it holds another run:\n  replica: 0 (default) there, 0, 1 here",
    );
    assertMatch(
      more.stderr,
      /\n {2}series: .*\.dat there, .*\{replica\}.* here\nexpected .*--fresh/,
    );
  }));

Deno.test("sweep --fresh --dry-run warns of nothing that will not happen", () =>
  inFolder(async (folder) => {
    const sweep = ["sweep", "--beta", "1", "--iterations", "10", "-o", "out"];
    assertEquals((await gridiron(folder, sweep)).code, 0);
    const other = [...sweep, "--seed", "2", "--dry-run"];
    assertStringIncludes((await gridiron(folder, other)).stdout, "warning: Cannot use");
    const fresh = (await gridiron(folder, [...other, "--fresh"])).stdout;
    assertEquals(fresh.includes("warning"), false, fresh);
  }));

Deno.test("sweep refuses a directory that holds a run of another kernel, in a line for that", () =>
  inFolder(async (folder) => {
    const ran = await gridiron(folder, ["sweep", "--beta", "1", "--iterations", "10", "-o", "out"]);
    assertEquals(ran.code, 0);
    const other = await gridiron(folder, ["pi", "--samples", "1000", "-o", "out"]);
    assertEquals(other.code, 2);
    assertMatch(
      other.stderr,
      /another run:\n {2}kernel: metropolis \d+ there, pi \d+ here\nexpected/,
    );
  }));

for (const permission of ["env", "read", "sys"]) {
  Deno.test(`sweep without --allow-${permission} says so in a line`, () =>
    inFolder(async (folder) => {
      const words = commandLine(["sweep", "--beta", "1", "--iterations", "10"])
        .filter((word) => !word.startsWith(`--allow-${permission}`));
      const { code, stderr } = await startProgram(folder, words).ended;
      assert(code === 1 || code === 2);
      assertMatch(stderr, new RegExp(`^gridiron: .*--allow-${permission}.*\n$`));
    }));
}

Deno.test("an unknown command is refused with the nearest name", () =>
  inFolder(async (folder) => {
    const ran = await gridiron(folder, ["sweeep"]);
    assertEquals(ran.code, 2);
    assertStringIncludes(ran.stderr, "did you mean sweep?");
  }));
