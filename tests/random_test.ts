/** A short form of the test batteries: dieharder on the numbers that `pi` takes. */
import { assert } from "@std/assert";
import { root } from "./project.ts";

/** dieharder's numbers of its tests: birthdays, ones in the stream, runs, monobit. */
const TESTS = ["0", "8", "15", "100"];
/** The streams are fixed, and so are all p-values: none may be this close to 0 or 1. */
const MIN_P = 1e-4;

/** The p-values of one of dieharder's tests on the words of a mode. */
async function pValues(mode: string, test: string): Promise<number[]> {
  const words = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-read", new URL("scripts/random_words.ts", root).pathname, mode],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const dieharder = new Deno.Command("dieharder", {
    args: ["-g", "200", "-d", test],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const piped = words.stdout.pipeTo(dieharder.stdin).catch(() => {});
  const { stdout } = await dieharder.output();
  await piped;
  await words.status;
  const lines = new TextDecoder().decode(stdout).split("\n");
  return lines.flatMap((line) => /PASSED|WEAK|FAILED/.test(line) ? Number(line.split("|")[4]) : []);
}

async function isInstalled(): Promise<boolean> {
  try {
    return (await new Deno.Command("dieharder", { args: ["-l"] }).output()).success;
  } catch {
    return false;
  }
}

const ignore = !await isInstalled();
if (ignore) console.error("dieharder is not installed: apt-get install dieharder");

for (const mode of ["stream", "starts", "neighbours"]) {
  Deno.test({
    name: `random words pass dieharder's tests in the order "${mode}"`,
    ignore,
    async fn() {
      for (const test of TESTS) {
        const found = await pValues(mode, test);
        assert(found.length > 0, `test ${test} said nothing`);
        for (const p of found) assert(p > MIN_P && p < 1 - MIN_P, `test ${test}: p = ${p}`);
      }
    },
  });
}
