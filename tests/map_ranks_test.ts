/** `map` as several ranks: the bytes of one process, failures told once, nothing left behind. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { contents, gridiron, inFolder, pause, type Ran, start, type Started } from "./program.ts";

const LOCAL = ["launch", "-N", "4", "--scheduler", "local", "--"];
const FUNCTIONS = `
const text = "a\\nb \\ud800";
export const mixed = (x: number) => [{ x, none: 0 / 0 }, text, x][x % 3];
export async function slow(x: number) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return x;
}
`;
/** More than is done before a test has what it waits for. */
const LONG = ["map", "functions.ts#slow", "1:100000", "--workers", "1"];
const PATIENCE_MS = 60_000;

/** Something done in a folder with the functions, in which nothing else is left in the end. */
function mapTest(name: string, action: (folder: string) => Promise<void>): void {
  Deno.test(name, () =>
    inFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/functions.ts`, FUNCTIONS);
      await action(folder);
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["functions.ts"]);
    }));
}

function startRank(folder: string, argv: readonly string[], rank: string): Started {
  return start(folder, [...argv, "--rank", rank, "--session", "T"]);
}

function startRanks(folder: string, argv: readonly string[], size: number): Started[] {
  return Array.from({ length: size }, (_, rank) => startRank(folder, argv, `${rank}/${size}`));
}

async function endOf(ranks: readonly Started[]): Promise<Ran[]> {
  return await Promise.all(ranks.map(({ ended }) => ended));
}

/** Waits until something is so. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    assert(performance.now() < endMs, `waited in vain until ${what}`);
    await pause(20);
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Waits until every rank of a session has written results. */
async function untilBegun(directory: string, size: number): Promise<void> {
  const hasResults = (rank: number) => {
    try {
      return Deno.readTextFileSync(`${directory}/ledger/${rank}-1.ndjson`).includes('"texts"');
    } catch {
      return false;
    }
  };
  const ranks = Array.from({ length: size }, (_, rank) => rank);
  await until("every rank began", () => ranks.every(hasResults));
}

mapTest("launch -N 4 -- map host 0:99 prints a hundred lines in order", async (folder) => {
  const { code, stdout, stderr } = await gridiron(folder, [...LOCAL, "map", "host", "0:99"]);
  const line = (rank: number) => `Rank: ${rank} -- ${Deno.hostname()}\n`;
  const expected = Array.from({ length: 100 }, (_, rank) => line(rank)).join("");
  assertEquals([code, stderr, stdout], [0, "", expected]);
});

mapTest("map gives the bytes of one process, whatever the results and failures", async (folder) => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "map sqrt 0:3000:0.25"],
    [0, "map hypot 1:500 lin:0:1:500 --json"],
    [0, "map functions.ts#mixed 1:50"],
    [0, "map functions.ts#mixed 1:50 --json"],
    [1, "map BigInt 1:7:0.5"],
    [1, "map BigInt 1:7:0.5 --json"],
    // Ranks without a task.
    [0, "map functions.ts#mixed 7"],
  ];
  for (const [code, line] of cases) {
    const alone = await gridiron(folder, line.split(" "));
    assertEquals(alone.code, code, alone.stderr);
    const [first, ...others] = await endOf(startRanks(folder, line.split(" "), 3));
    assertEquals(first, alone, line);
    for (const other of others) assertEquals(other, { code: 0, stdout: "", stderr: "" });
  }
  // In order at any rate, so that it is of no account who asks for another one.
  const loose = await endOf([
    startRank(folder, "map BigInt 1,1.5,2 --unordered".split(" "), "0/2"),
    startRank(folder, "map BigInt 1,1.5,2".split(" "), "1/2"),
  ]);
  assertEquals(loose.map(({ code, stdout }) => [code, stdout]), [[1, "1\n\n2\n"], [0, ""]]);
});

for (const victim of [0, 2]) {
  mapTest(`the others say that rank ${victim} died, and exit with 1`, async (folder) => {
    const ranks = startRanks(folder, LONG, 3);
    await untilBegun(`${folder}/map-T`, 3);
    ranks[victim]!.process.kill("SIGKILL");
    const survivors = (await endOf(ranks)).filter((_, rank) => rank !== victim);
    assertEquals(survivors.map(({ code }) => code), [1, 1]);
    const told = survivors.map(({ stderr }) => stderr).join("");
    assertMatch(
      told,
      new RegExp(`: rank ${victim}( of 3)? on \\S+ ended without a word, expected`),
    );
    // One who finds that all was cleared up is silent.
    for (const { stderr } of survivors) assert(stderr.split("\n").length <= 2, stderr);
  });
}

for (const [signal, code] of [["SIGINT", 130], ["SIGUSR2", 75]] as const) {
  mapTest(`${signal} ends a launched map with ${code}, and leaves nothing`, async (folder) => {
    const { process, ended } = start(folder, [...LOCAL, ...LONG.slice(0, -2)]);
    const directory = () => [...Deno.readDirSync(folder)].find(({ isDirectory }) => isDirectory);
    await until("ranks gather", () => directory() !== undefined);
    await untilBegun(`${folder}/${directory()?.name}`, 4);
    process.kill(signal);
    assertEquals((await ended).code, code);
  });
}

mapTest("a rank that is asked to stop ends the map", async (folder) => {
  const ranks = startRanks(folder, LONG, 3);
  await untilBegun(`${folder}/map-T`, 3);
  ranks[1]!.process.kill("SIGUSR2");
  const ran = await endOf(ranks);
  assertEquals(ran.map(({ code }) => code), [1, 75, 1]);
  assertMatch(ran[0]!.stderr, /^gridiron: Cannot finish the map: rank 1 of 3 on \S+ was asked to/);
  assertEquals([ran[1]!.stderr, ran[2]!.stderr], ["", ""]);
});

mapTest("a rank that comes twice is refused, and the map goes on", async (folder) => {
  const ranks = startRanks(folder, LONG, 2);
  await untilBegun(`${folder}/map-T`, 2);
  for (const rank of [0, 1]) {
    const { code, stderr } = await startRank(folder, LONG, `${rank}/2`).ended;
    assertEquals(code, 2);
    assertMatch(
      stderr,
      /^gridiron: Cannot begin rank \d of session "T": another process [^\n]+\n$/,
    );
  }
  for (const { process } of ranks) process.kill("SIGUSR2");
  assertEquals((await endOf(ranks)).map(({ code }) => code), [75, 75]);
});

mapTest(
  "a rank of another size is refused, and takes nothing of those that run",
  async (folder) => {
    const first = startRank(folder, ["map", "sqrt", "1,4,9"], "0/2");
    await until("rank 0 began", () => exists(`${folder}/map-T/sessions/T.json`));
    const wrong = await startRank(folder, ["map", "sqrt", "1,4,9"], "2/3").ended;
    assertEquals([wrong.code, wrong.stdout], [2, ""]);
    assertStringIncludes(wrong.stderr, "rank 0 is one of 2, this one of 3");
    const ran = await endOf([first, startRank(folder, ["map", "sqrt", "1,4,9"], "1/2")]);
    assertEquals(ran.map(({ code, stdout }) => [code, stdout]), [[0, "1\n2\n3\n"], [0, ""]]);
  },
);

mapTest("ranks that disagree, and what none can do, are refused", async (folder) => {
  const disagreeing = await endOf([
    startRank(folder, ["map", "sqrt", "1:4"], "0/2"),
    startRank(folder, ["map", "sqrt", "1:5"], "1/2"),
  ]);
  assertEquals(disagreeing.map(({ code }) => code), [2, 2]);
  for (const { stderr } of disagreeing) assertStringIncludes(stderr, "rank 0 runs another map");
  for (const form of [[], ["--json"]]) {
    const argv = ["map", "functions.ts#no", "1:4", ...form];
    const [first, second] = await endOf(startRanks(folder, argv, 2));
    assertEquals([first!.code, first!.stdout, second!.stderr], [2, "", ""]);
    assertMatch(first!.stderr, /^gridiron: [^\n]*it is not exported, expected mixed or slow\n$/);
  }
});

mapTest("map refuses standard input, batch scripts and places that are taken", async (folder) => {
  const T = ["--rank", "0/2", "--session", "T"];
  await Deno.mkdir(`${folder}/map-T/sessions`, { recursive: true });
  const files = ["run.json", "sessions/T.json"];
  for (const file of files) await Deno.writeTextFile(`${folder}/map-T/${file}`, "{}");
  await Deno.writeTextFile(`${folder}/map-F`, "");
  const wrong: [string[], string][] = [
    [["map", "sqrt", "@-", ...T], 'Cannot read list 1 "@-" as rank 0 of 2: one process has the'],
    [[...LOCAL, "map", "pow", "1", "@-"], 'Cannot read list 2 "@-" as several ranks'],
    [["launch", "-N2", "--sbatch", "--", "map", "sqrt", "1"], "Cannot use --sbatch with map"],
    [[...LOCAL, "map", "sqrt", "1,2", "3"], "Cannot map over lists of 2, 1 values"],
    [["map", "sqrt", "1", ...T], "it is a run directory, expected another --session NAME"],
    [["map", "sqrt", "1", "--rank", "1/2", "--session", "T"], "it is a run directory, expected"],
    [["map", "sqrt", "1", "--rank", "0/2", "--session", "F"], "it is not a folder"],
    [["map", "sqrt", "1", "--rank", "0/2"], "the name of its session is missing"],
  ];
  for (const [argv, message] of wrong) {
    const { code, stdout, stderr } = await gridiron(folder, argv);
    assertEquals([code, stdout], [2, ""], stderr);
    assertStringIncludes(stderr, message);
    assertEquals(stderr.split("\n").length, 2, stderr);
  }
  assertEquals([...(await contents(`${folder}/map-T`)).keys()], files);
  await Deno.remove(`${folder}/map-T`, { recursive: true });
  await Deno.remove(`${folder}/map-F`);
});
