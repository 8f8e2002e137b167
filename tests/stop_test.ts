/** Stopping and going on: signals, a real terminal, time limits, failures, extensions. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { crc32 } from "../src/checksum.ts";
import { readManifest, replaceManifest } from "../src/manifest.ts";
import { root } from "./project.ts";
import { contents, gridiron, inFolder, pause, results, start } from "./program.ts";

/** A scan of some ten seconds, so that there is time to stop it. */
const LONG = ["sweep", "--beta", "1:20000", "--iterations", "100000", "--series", "none"];
/** What a drain may take on any machine; a user waits two seconds at most on an idle one. */
const PATIENCE_MS = 20_000;

/** Waits until a ledger has so many lines. */
async function untilLines(folder: string, lines: number): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (performance.now() < endMs) {
    try {
      const text = await Deno.readTextFile(`${folder}/ledger/0-1.ndjson`);
      if (text.split("\n").length > lines) return;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    await pause(10);
  }
  throw new Error(`no ${lines} lines in ${folder}/ledger`);
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGUSR2", 75]] as const) {
  Deno.test(`sweep drains on ${signal}, exits with ${code} and goes on`, () =>
    inFolder(async (folder) => {
      const { process, ended } = start(folder, [...LONG, "-o", "out"]);
      await untilLines(`${folder}/out`, 50);
      process.kill(signal);
      const ran = await ended;
      assertEquals(ran.code, code, ran.stderr);
      assertMatch(ran.stderr, /^stopped: \d+ of 20000 points in /m);
      assertStringIncludes(ran.stderr, "to go on: deno task resume out");
      const text = await Deno.readTextFile(`${folder}/out/ledger/0-1.ndjson`);
      assertStringIncludes(text, '"closed"');
      const status = await gridiron(folder, ["status", "out", "--json"]);
      assertEquals(status.code, 1);
      const { done, missing, damaged } = JSON.parse(status.stdout);
      assertEquals([done + missing, damaged], [20000, 0]);
      assert(done >= 48, `${done} points were kept`);
    }));
}

Deno.test("a second signal, later, ends sweep at once and loses no finished row", () =>
  inFolder(async (folder) => {
    // One point that would take minutes: a drain would wait for nothing, so hold it with the grace.
    const { process, ended } = start(folder, [...LONG, "-o", "out"]);
    await untilLines(`${folder}/out`, 50);
    process.kill("SIGSTOP");
    process.kill("SIGINT");
    process.kill("SIGCONT");
    await pause(600);
    try {
      process.kill("SIGINT");
    } catch {
      // It had ended by then.
    }
    assertEquals((await ended).code, 130);
    const status = await gridiron(folder, ["status", "out", "--json"]);
    assert(JSON.parse(status.stdout).done >= 48);
  }));

Deno.test("Ctrl-C on a terminal, through deno task, drains and exits with 130", () =>
  inFolder(async (folder) => {
    const config = new URL("deno.json", root).pathname;
    const command = `"${Deno.execPath()}" task --config "${config}" ${LONG.join(" ")} -o out`;
    const process = new Deno.Command("script", {
      args: ["-qec", command, "/dev/null"],
      cwd: folder,
      env: { INIT_CWD: folder, NO_COLOR: "1", RUST_BACKTRACE: "", SHELL: "/bin/sh" },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const ended = new Response(process.stdout).text();
    await untilLines(`${folder}/out`, 50);
    const keyboard = process.stdin.getWriter();
    await keyboard.write(new Uint8Array([3]));
    const { code } = await process.status;
    await keyboard.close().catch(() => {});
    const printed = await ended;
    assertEquals(code, 130, printed);
    assertMatch(printed, /stopped: \d+ of 20000 points/);
  }));

Deno.test("sweep --time-limit stops with 75, and the same command goes on", () =>
  inFolder(async (folder) => {
    const ran = await gridiron(folder, [...LONG, "-o", "out", "--time-limit", "1s"]);
    assertEquals(ran.code, 75, ran.stderr);
    assertMatch(ran.stderr, /^stopped: \d+ of 20000 points/m);
  }));

Deno.test("a run that was stopped ends with the bytes of an undisturbed one", () =>
  inFolder(async (folder) => {
    const grid = ["--beta", "1:60", "--iterations", "100000"];
    const { process, ended } = start(folder, ["sweep", ...grid, "-o", "stopped"]);
    await untilLines(`${folder}/stopped`, 3);
    process.kill("SIGINT");
    await ended;
    const resumed = await gridiron(folder, ["resume", "stopped", "--workers", "3"]);
    assertEquals(resumed.code, 0, resumed.stderr);
    assertEquals((await gridiron(folder, ["sweep", ...grid, "-o", "whole"])).code, 0);
    assertEquals(await results(`${folder}/stopped`), await results(`${folder}/whole`));
  }));

Deno.test("a directory that a living process writes is refused, a killed one is not", () =>
  inFolder(async (folder) => {
    const { process, ended } = start(folder, [...LONG, "-o", "out"]);
    await untilLines(`${folder}/out`, 10);
    const second = await gridiron(folder, [...LONG, "-o", "out"]);
    assertEquals(second.code, 2);
    assertStringIncludes(second.stderr, `process ${process.pid} on `);
    const fresh = await gridiron(folder, [...LONG, "-o", "out", "--fresh"]);
    assertEquals(fresh.code, 2);
    assertStringIncludes(fresh.stderr, "a living process is writing it");
    process.kill("SIGKILL");
    await ended;
    const third = await gridiron(folder, [...LONG, "-o", "out", "--time-limit", "100ms"]);
    assertEquals(third.code, 75, third.stderr);
  }));

Deno.test("a point over --timeout fails, is listed, and tried again by the next start", () =>
  inFolder(async (folder) => {
    const grid = ["--beta", "1", "--iterations", "1000,2000000000", "--series", "none"];
    const command = ["sweep", ...grid, "-o", "out", "--timeout", "200ms"];
    const ran = await gridiron(folder, [...command, "--retries", "2"]);
    assertEquals(ran.code, 1, ran.stderr);
    const why = "1 point failed: out/failures.csv\npoint 1: took longer than 0.2 s (--timeout)\n";
    assertStringIncludes(ran.stderr, why);
    const failures = await Deno.readTextFile(`${folder}/out/failures.csv`);
    assertMatch(
      failures,
      /took longer than 0\.2 s \(--timeout\),3,sweep metropolis --beta 1 /,
    );
    const rows = (await Deno.readTextFile(`${folder}/out/results.csv`)).trimEnd().split("\n");
    assertMatch(rows[2]!, /^1,1,1,1,2000000000,200000000,0,,,,,,,$/);
    const skipped = JSON.parse(
      (await gridiron(folder, [...command, "--skip-failed", "--json"])).stdout,
    );
    assertEquals([skipped.done_now, skipped.failed], [0, 1]);
    const again = JSON.parse((await gridiron(folder, [...command, "--json"])).stdout);
    assertEquals([again.done_now, again.failed], [1, 1]);
  }));

Deno.test("sweep --max-failures ends a run early", () =>
  inFolder(async (folder) => {
    const ran = await gridiron(folder, [
      ...["sweep", "--beta", "1:50", "--iterations", "2000000000", "--series", "none"],
      ...["-o", "out", "--timeout", "50ms", "--max-failures", "10%", "--workers", "2"],
    ]);
    assertEquals(ran.code, 1, ran.stderr);
    const why = /more than --max-failures allows; point \d+: took longer .*, and \d+ more\n/;
    assertMatch(ran.stderr, why);
    const { stdout } = await gridiron(folder, ["status", "out"]);
    assertMatch(stdout, /\nfailed point 0: took longer than /);
    assertMatch(stdout, /\nto go on: deno task resume out\n$/);
    const { failed } = JSON.parse((await gridiron(folder, ["status", "out", "--json"])).stdout);
    assert(failed > 5 && failed < 20, `${failed} failed`);
  }));

Deno.test("an extended axis keeps the rows that are there, --fresh keeps the old run aside", () =>
  inFolder(async (folder) => {
    const run = async (betas: string, ...more: string[]) => {
      const grid = ["--beta", betas, "--iterations", "1000", "-o", "out", "--json"];
      return JSON.parse((await gridiron(folder, ["sweep", ...grid, ...more])).stdout);
    };
    assertEquals((await run("2,4")).done_now, 2);
    const extended = await run("1:4", "--m", "1,2");
    assertEquals([extended.points, extended.done_before, extended.done_now], [8, 2, 6]);
    const before = await results(`${folder}/out`);
    const fresh = await run("1:4", "--m", "1,2", "--fresh");
    assertEquals([fresh.done_before, fresh.done_now], [0, 8]);
    assertEquals(await results(`${folder}/out`), before);
    assertEquals(await results(`${folder}/out.old-1`), before);
    // What is no run is not moved away.
    await Deno.mkdir(`${folder}/home`);
    await Deno.writeTextFile(`${folder}/home/thesis.tex`, "mine");
    const mine = ["sweep", "--beta", "1", "--iterations", "10", "--fresh", "-o", "home"];
    assertEquals((await gridiron(folder, mine)).code, 0);
    assertEquals(await Deno.readTextFile(`${folder}/home/thesis.tex`), "mine");
    const unnamed = await gridiron(folder, [
      ...["sweep", "--beta", "1:4", "--m", "1,2", "--iterations", "1000,2000", "-o", "out"],
    ]);
    assertEquals(unnamed.code, 2);
    assertStringIncludes(unnamed.stderr, "{iterations}.dat here\n");
  }));

Deno.test("a run that was stopped has no table yet, and says how many points there are to be", () =>
  inFolder(async (folder) => {
    const long = ["sweep", "--beta", "1:400", "--iterations", "2e7", "--series", "none"];
    const ran = await gridiron(folder, [...long, "-o", "out", "--time-limit", "50ms", "--json"]);
    const { results, expected, complete } = JSON.parse(ran.stdout);
    assertEquals([ran.code, results, expected, complete], [75, null, 400, false]);
  }));

Deno.test("the command of a point that failed writes a series where its run does", () =>
  inFolder(async (folder) => {
    const slow = ["sweep", "--beta", "1", "--iterations", "1e9", "--timeout", "20ms", "-o", "out"];
    assertEquals((await gridiron(folder, [...slow, "--series", "none"])).code, 1);
    const failures = await Deno.readTextFile(`${folder}/out/failures.csv`);
    assertMatch(failures, /,sweep metropolis --beta 1 .* --seed 1 --series none\n$/);
  }));

Deno.test("a point whose series is gone and that fails now is told, though its row stands", () =>
  inFolder(async (folder) => {
    const sweep = ["sweep", "--beta", "1,2", "--iterations", "2e6", "-o", "out", "--no-progress"];
    assertEquals((await gridiron(folder, [...sweep, "--quiet"])).code, 0);
    const table = await Deno.readTextFile(`${folder}/out/results.csv`);
    await Deno.remove(`${folder}/out/mc_data/b2_m1_h1.dat`);
    const says = "1 point failed; the row from before stands, the series is gone";
    const again = await gridiron(folder, [...sweep, "--timeout", "1ms"]);
    assertEquals(again.code, 1);
    assertStringIncludes(again.stderr, `${says}: point 1: took longer than 0.001 s`);
    assertStringIncludes(again.stderr, "series:  out/mc_data/ (1 file)\n");
    const left = await gridiron(folder, [...sweep, "--skip-failed", "--json"]);
    assertEquals(left.code, 1);
    const { failed, complete } = JSON.parse(left.stdout);
    assertEquals([failed, complete], [1, true]);
    const launch = ["launch", "-N", "2", "--scheduler", "local", "--", "resume", "out"];
    const ranks = await gridiron(folder, [...launch, "--timeout", "1ms"]);
    assertEquals(ranks.code, 1);
    assertStringIncludes(ranks.stderr, "\n1 point failed; the row from before stands\n");
    assertEquals(await Deno.readTextFile(`${folder}/out/results.csv`), table);
    // With time enough all is as it was.
    assertEquals((await gridiron(folder, sweep)).code, 0);
  }));

Deno.test("series that vanished are announced and made again, --keep-rows accepts it", () =>
  inFolder(async (folder) => {
    const command = ["sweep", "--beta", "1:4", "--iterations", "1000", "-o", "out"];
    assertEquals((await gridiron(folder, command)).code, 0);
    const before = await results(`${folder}/out`);
    await Deno.remove(`${folder}/out/mc_data/b2_m1_h1.dat`);
    await Deno.truncate(`${folder}/out/mc_data/b3_m1_h1.dat`, 10);
    const kept = await gridiron(folder, [...command, "--keep-rows"]);
    assertStringIncludes(kept.stderr, "all done before");
    const open = await gridiron(folder, ["status", "out"]);
    assertEquals(open.code, 1);
    assertStringIncludes(
      open.stdout,
      "2 series files vanished or changed in size (--keep-rows acc",
    );
    const complete = await gridiron(folder, ["status", "out", "--keep-rows"]);
    assertEquals(complete.code, 0, complete.stdout);
    const launched = ["launch", "-N", "1", "--scheduler", "local", "--", ...command, "--keep-rows"];
    assertEquals((await gridiron(folder, launched)).code, 0);
    assertEquals((await gridiron(folder, ["merge", "out"])).code, 0);
    const ran = await gridiron(folder, command);
    assertStringIncludes(ran.stderr, "2 series files have vanished or changed in size: made again");
    assertEquals(await results(`${folder}/out`), before);
  }));

Deno.test("merge --allow-missing leaves cells empty, and says so", () =>
  inFolder(async (folder) => {
    const command = ["sweep", "--beta", "1:4", "--iterations", "1000", "-o", "out"];
    assertEquals((await gridiron(folder, command)).code, 0);
    const path = `${folder}/out/ledger/0-1.ndjson`;
    const lines = (await Deno.readTextFile(path)).split("\n");
    await Deno.writeTextFile(path, lines.filter((line) => !line.startsWith("[2,")).join("\n"));
    const refused = await gridiron(folder, ["merge", "out"]);
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.stderr, "1 point missing");
    const merged = await gridiron(folder, ["merge", "out", "--allow-missing"]);
    assertEquals(merged.code, 0, merged.stderr);
    assertStringIncludes(merged.stderr, "(4 rows, 1 of them with empty cells)");
    assertMatch(
      await Deno.readTextFile(`${folder}/out/results.csv`),
      /^2,3,1,1,1000,100,0,,,,,,,$/m,
    );
  }));

Deno.test("resume, status and merge refuse what is no run, in one line", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/empty`);
    await Deno.mkdir(`${folder}/newer`);
    await Deno.writeTextFile(`${folder}/newer/run.json`, '{"format":99}');
    await Deno.mkdir(`${folder}/damaged`);
    await Deno.writeTextFile(`${folder}/damaged/run.json`, '{"format":1,"kernel":"metropolis"}');
    const before = await contents(folder);
    for (const command of ["resume", "status", "merge"]) {
      for (
        const [directory, why] of [
          ["empty", "it holds no run"],
          ["nowhere", "there is no such folder"],
          ["newer", "it has format 99, this gridiron knows 1"],
          ["damaged", "it is damaged"],
        ] as const
      ) {
        const ran = await gridiron(folder, [command, directory]);
        assertEquals(ran.code, 2, ran.stderr);
        assertStringIncludes(ran.stderr, why);
        assertEquals(ran.stderr.trimEnd().split("\n").length, 1);
      }
      const none = await gridiron(folder, [command]);
      assertEquals(none.code, 2);
      assertStringIncludes(none.stderr, `expected one, such as deno task ${command} runs/scan\n`);
    }
    assertEquals(await contents(folder), before);
  }));

Deno.test("another build of the kernel is let on when three rows come out equal", () =>
  inFolder(async (folder) => {
    const command = ["sweep", "--beta", "1:4", "--iterations", "1000", "-o", "out"];
    assertEquals((await gridiron(folder, command)).code, 0);
    const made = await readManifest(`${folder}/out`);
    await replaceManifest(`${folder}/out`, { ...made!, wasm: "0".repeat(64) });
    const same = await gridiron(folder, ["resume", "out"]);
    assertEquals(same.code, 0, same.stderr);
    assertEquals((await readManifest(`${folder}/out`))!.wasm, made!.wasm);
    // The same line with another number and the check value that belongs to it.
    await replaceManifest(`${folder}/out`, { ...made!, wasm: "0".repeat(64) });
    const path = `${folder}/out/ledger/0-1.ndjson`;
    const lines = (await Deno.readTextFile(path)).split("\n").map((line) => {
      if (!line.startsWith("[0,[0.")) return line;
      const body = line.replace("[0,[0.", "[0,[0.5").replace(/,"[0-9a-f]{8}"\]$/, "");
      const check = crc32(new TextEncoder().encode(body)).toString(16).padStart(8, "0");
      return `${body},"${check}"]`;
    });
    await Deno.writeTextFile(path, lines.join("\n"));
    const other = await gridiron(folder, ["resume", "out"]);
    assertEquals(other.code, 2, other.stderr);
    assertStringIncludes(other.stderr, "expected equal bits");
  }));
