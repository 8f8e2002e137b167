/** A full disk, a read-only one, too few descriptors, folders that go, clocks that turn back. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EFFORT } from "./effort.ts";
import { assertUndisturbed, finalFiles } from "./rerun.ts";
import { tally } from "./tally.ts";
import {
  commandLine,
  gridiron,
  inFolder,
  pause,
  type Ran,
  start,
  startProgram,
} from "./program.ts";

const SWEEP = ["sweep", "--beta", "1:30", "--iterations", "2000", "--workers", "2"];

/** Runs a program of the system; whether it came off. */
async function system(program: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

/** A message for people: one line, no stack, and how to go on. */
function assertClear({ stderr }: Ran): void {
  const lines = stderr.trimEnd().split("\n");
  assert(lines.length <= 2, stderr);
  assertMatch(lines.at(-1)!, /^gridiron: \S/);
  assert(!/\n\s+at |panicked|Uncaught|\[object|undefined/.test(stderr), stderr);
}

/** Does something with a small memory disk, where that can be had. */
function onSmallDisk(action: (disk: string, folder: string) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    const disk = `${folder}/disk`;
    await Deno.mkdir(disk);
    if (!await system("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk)) {
      console.log("a memory disk cannot be mounted here: it takes root and CAP_SYS_ADMIN");
      return;
    }
    try {
      await action(disk, folder);
    } finally {
      await system("umount", disk);
    }
  });
}

Deno.test("a full disk ends a run with a clear line, wherever it fills up; nothing is lost", () =>
  onSmallDisk(async (disk, folder) => {
    assertEquals((await gridiron(folder, [...SWEEP, "-o", "whole"])).code, 0);
    const whole = await finalFiles(`${folder}/whole`);
    let failed = 0;
    let compared = 0;
    // A run takes 1.6 MB: the disk fills up at its start, amid its points, at its merge.
    const step = EFFORT === 1 ? 400 : 16;
    for (let size = 4; size < 1800; size += step) {
      await system("mount", "-o", `remount,size=${size}k`, disk);
      const out = `${disk}/out`;
      const ran = await gridiron(folder, [...SWEEP, "-o", out]);
      if (ran.code !== 0) {
        failed++;
        assertClear(ran);
        assertMatch(ran.stderr, /"[^"]*\/disk\/out.*: No space left on device|cannot be written/);
      }
      await system("mount", "-o", "remount,size=16m", disk);
      const again = await gridiron(folder, [...SWEEP, "-o", out]);
      assertEquals(again.code, 0, again.stderr);
      compared += await assertUndisturbed(out, whole);
      await Deno.remove(out, { recursive: true });
    }
    assert(failed > 0);
    tally("full disks", { "runs ended by a full disk": failed, "bytes compared": compared });
  }));

Deno.test("a table that does not fit its disk leaves nothing there, and names itself", () =>
  onSmallDisk(async (disk, folder) => {
    assertEquals((await gridiron(folder, [...SWEEP, "-o", "whole"])).code, 0);
    assertEquals(await system("sh", "-c", `cat /dev/zero > ${disk}/filled`), false);
    for (const name of ["t.npy", "t.csv", "t.parquet", "t.ndjson", "t.svg"]) {
      const command = name === "t.svg" ? "plot" : "merge";
      const ran = await gridiron(folder, [command, "whole", "-o", `${disk}/${name}`]);
      assertEquals(ran.code, 1, ran.stderr);
      assertMatch(ran.stderr, /^gridiron: Cannot write ".*t\.\w+": No space left on device\n$/);
    }
    const run = await gridiron(folder, ["sweep", "--beta", "1", "-o", `${disk}/run`]);
    assertEquals(run.code, 1, run.stderr);
    const left = Array.from(Deno.readDirSync(disk), ({ name }) => name).sort();
    assertEquals([left, [...Deno.readDirSync(`${disk}/run`)]], [["filled", "run"], []]);
  }));

Deno.test("a read-only disk is refused in one line, by new runs and by old ones", () =>
  onSmallDisk(async (disk, folder) => {
    await system("mount", "-o", "remount,size=16m", disk);
    const part = await gridiron(folder, [...SWEEP, "-o", `${disk}/out`, "--time-limit", "20ms"]);
    assert(part.code === 75 || part.code === 0, part.stderr);
    await system("mount", "-o", "remount,ro", disk);
    for (const command of [[...SWEEP, "-o", `${disk}/new`], ["merge", `${disk}/out`]]) {
      const ran = await gridiron(folder, [
        ...command,
        ...command[0] === "merge" ? ["--allow-missing"] : [],
      ]);
      assertEquals(ran.code, 2, ran.stderr);
      assertClear(ran);
      assertStringIncludes(ran.stderr, "Read-only file system");
    }
    const resumed = await gridiron(folder, ["resume", `${disk}/out`]);
    assert(resumed.code !== 0, resumed.stderr);
    assertClear(resumed);
    // What only reads can do without.
    const copy = ["merge", `${disk}/out`, "--allow-missing", "-o", "copy.csv"];
    assertEquals((await gridiron(folder, copy)).code, 0);
    const verified = await gridiron(folder, ["verify", `${disk}/out`, "--json"]);
    // Where the machine was so busy that no point was done there is nothing to verify.
    assertEquals(verified.code, JSON.parse(verified.stdout).points > 0 ? 0 : 1);
    await system("mount", "-o", "remount,rw", disk);
    assertEquals((await gridiron(folder, ["resume", `${disk}/out`])).code, 0);
    assertEquals((await gridiron(folder, [...SWEEP, "-o", "whole"])).code, 0);
    await assertUndisturbed(`${disk}/out`, await finalFiles(`${folder}/whole`));
  }));

Deno.test("too few file descriptors end a run with a clear line, and nothing is lost", () =>
  inFolder(async (folder) => {
    assertEquals((await gridiron(folder, [...SWEEP, "-o", "whole"])).code, 0);
    const whole = await finalFiles(`${folder}/whole`);
    let failed = 0;
    let compared = 0;
    for (let limit = 24; limit <= 64; limit += EFFORT === 1 ? 4 : 1) {
      const limited = ["sh", "-c", `ulimit -n ${limit}; exec "$@"`, "sh"];
      const words = [...limited, ...commandLine([...SWEEP, "-o", "out"])];
      const { code, stderr: text } = await startProgram(folder, words).ended;
      if (code !== 0) failed++;
      // Deno itself ends with a panic when it cannot start a worker, and says when one cannot load.
      const isDeno = text.includes("Deno has panicked");
      const stderr = text.replaceAll(/^error: Uncaught \(in worker .*\n {4}0: .*\n/gm, "");
      if (code !== 0 && !isDeno) assertClear({ code, stdout: "", stderr });
      const again = await gridiron(folder, [...SWEEP, "-o", "out"]);
      assertEquals(again.code, 0, again.stderr);
      compared += await assertUndisturbed(`${folder}/out`, whole);
      await Deno.remove(`${folder}/out`, { recursive: true });
    }
    tally("descriptor limits", { "runs ended by the limit": failed, "bytes compared": compared });
  }));

const LONG = ["sweep", "--beta", "1:400", "--iterations", "20000", "--workers", "2"];

/** Starts a long sweep and does something once its series folder has some files. */
async function disturbed(
  folder: string,
  out: string,
  disturb: (series: string) => Promise<void>,
  environment: Record<string, string> = {},
): Promise<Ran> {
  const { ended } = start(folder, [...LONG, "-o", out], environment);
  const series = `${folder}/${out}/mc_data`;
  // By then both workers have begun.
  for (let files = 0; files < 80;) {
    await pause(1);
    try {
      files = [...Deno.readDirSync(series)].length;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  await disturb(series);
  return await ended;
}

Deno.test("a series folder that is deleted amid a run is told, and made again by the next", () =>
  inFolder(async (folder) => {
    const ran = await disturbed(folder, "out", async (series) => {
      // By another name first, or points that arrive meanwhile keep it from being empty.
      await Deno.rename(series, `${series}.gone`);
      await pause(100);
      await Deno.remove(`${series}.gone`, { recursive: true });
    });
    assertEquals(ran.code, 1, ran.stderr);
    assertClear(ran);
    assertMatch(ran.stderr, /Cannot write to ".*mc_data": it is gone/);
    assertStringIncludes(ran.stderr, "what was finished is kept, to go on: ");
    assertEquals((await gridiron(folder, ["resume", "out"])).code, 0);
    assertEquals((await gridiron(folder, [...LONG, "-o", "whole"])).code, 0);
    await assertUndisturbed(`${folder}/out`, await finalFiles(`${folder}/whole`));
  }));

Deno.test("a link in the place of the series folder is refused, nothing is written beyond", () =>
  inFolder(async (folder) => {
    const elsewhere = `${folder}/elsewhere`;
    await Deno.mkdir(elsewhere);
    const ran = await disturbed(folder, "out", async (series) => {
      await Deno.rename(series, `${series}.old`);
      await Deno.symlink(elsewhere, series);
    });
    assertEquals([...Deno.readDirSync(elsewhere)], []);
    assertEquals(ran.code, 1, ran.stderr);
    assertClear(ran);
    assertMatch(ran.stderr, /Cannot write to ".*mc_data": it is (a link|gone)/);
    const again = await gridiron(folder, ["resume", "out"]);
    assertEquals(again.code, 1, again.stderr);
    assertClear(again);
    assertEquals([...Deno.readDirSync(elsewhere)], []);
    await Deno.remove(`${folder}/out/mc_data`);
    await Deno.rename(`${folder}/out/mc_data.old`, `${folder}/out/mc_data`);
    assertEquals((await gridiron(folder, ["resume", "out"])).code, 0);
    assertEquals((await gridiron(folder, [...LONG, "-o", "whole"])).code, 0);
    await assertUndisturbed(`${folder}/out`, await finalFiles(`${folder}/whole`));
  }));

Deno.test("a clock that is set back, amid a run and between two, changes nothing", () =>
  inFolder(async (folder) => {
    const faketime = new Deno.Command("faketime", {
      args: ["-f", "+0", "sh", "-c", "echo $LD_PRELOAD"],
      stderr: "null",
    });
    let preload: string;
    try {
      preload = new TextDecoder().decode((await faketime.output()).stdout).trim();
    } catch {
      console.log("faketime is not installed: apt-get install faketime");
      return;
    }
    const clock = `${folder}.clock`;
    const environment = {
      ...{ LD_PRELOAD: preload, FAKETIME_TIMESTAMP_FILE: clock, FAKETIME_NO_CACHE: "1" },
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    };
    try {
      await Deno.writeTextFile(clock, "+0");
      const ran = await disturbed(folder, "out", async () => {
        await Deno.writeTextFile(clock, "-10y");
      }, environment);
      assertEquals(ran.code, 0, ran.stderr);
      await Deno.writeTextFile(clock, "-20y");
      await Deno.remove(`${folder}/out/mc_data/b7_m1_h1.dat`);
      const again = await gridiron(folder, ["resume", "out"], environment);
      assertEquals(again.code, 0, again.stderr);
      const started = [1, 2].map((attempt) => {
        const ledger = Deno.readTextFileSync(`${folder}/out/ledger/0-${attempt}.ndjson`);
        return Number(/"start":"(\d{4})-/.exec(ledger)![1]);
      });
      assertEquals(started[0]! - started[1]!, 20, "the clock was not set back");
    } finally {
      await Deno.remove(clock);
    }
    assertEquals((await gridiron(folder, [...LONG, "-o", "whole"])).code, 0);
    await assertUndisturbed(`${folder}/out`, await finalFiles(`${folder}/whole`));
  }));
