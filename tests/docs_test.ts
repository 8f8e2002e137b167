/** Every `console` block of README and docs is run, and must print what it shows. */
import { assertEquals } from "@std/assert";
import { inFolder, permissionsOf } from "./program.ts";
import { projectFiles, root } from "./project.ts";

/** A command with the lines that it is shown to print. */
interface Example {
  readonly command: string;
  readonly output: readonly string[];
}

/** The examples of each block of a page, in order. */
function blocksOf(page: string): Example[][] {
  const blocks = page.matchAll(/^```console\n(.*?)^```$/gms);
  return [...blocks].map(([, block]) =>
    block!.split(/^\$ /m).slice(1).map((example) => {
      const [command, ...output] = example.trimEnd().split("\n");
      return { command: command!, output };
    })
  );
}

/** Lines that a run prints only when it lasts. */
const ABOUT_SPEED = /^(workers busy|held back): |^\w+: \d+ of \d+ points, /;

/** What differs from one machine and run to the next. */
function withoutMeasurements(line: string): string {
  return line
    .replace(/\b[\d.]+ (ms|s|min \d+ s|h \d+ min)\b/g, "TIME")
    .replace(/with \d+ workers?( \([^)]*\))?/g, "with WORKERS")
    .replace(/: \d\.\d\de\d+ samples\/s/, ": RATE")
    .replace(/"workers":\d+,"seconds":[\d.]+/, "MEASURED")
    .replace(/speed-up [\d.]+, utilisation \d+ %.*/, "SPEED")
    .replace(/ on \S+: ended, (.*?), \d+ workers?, speed-up.*/, " on HOST: ended, $1, SPEED");
}

/** The shell's view of a user's commands: Deno is this one, and `task` runs from here. */
function script(command: string): string {
  const permissions = permissionsOf(/\btask launch\b/.test(command) ? "launch" : "sweep");
  const program = `"${Deno.execPath()}" run ${permissions.join(" ")} ${
    new URL("main.ts", root).pathname
  }`;
  return `deno() { shift; ${program.replaceAll("*", "\\*")} "$@"; }\n` +
    `npx() { shift 2; deno "$@"; }\n${command}\n`;
}

const pages = projectFiles().filter((file) => /^(README|docs\/.*)\.md$/.test(file));

for (const file of pages) {
  for (const [i, examples] of blocksOf(Deno.readTextFileSync(new URL(file, root))).entries()) {
    // The test command would run this test.
    const run = examples.filter(({ command }) => !command.endsWith("task test"));
    if (run.length === 0) continue;
    Deno.test(`${file} block ${i + 1}: ${run[0]!.command.slice(0, 60)}`, () =>
      inFolder(async (folder) => {
        // Commands are typed in a clone, where the example photographs are.
        await Deno.symlink(new URL("examples", root).pathname, `${folder}/examples`);
        for (const { command, output } of run) {
          const { stdout } = await new Deno.Command("sh", {
            args: ["-c", `exec 2>&1\n${script(command)}`],
            cwd: folder,
            env: { INIT_CWD: folder, NO_COLOR: "1", RUST_BACKTRACE: "" },
            stdin: "null",
          }).output();
          const printed = new TextDecoder().decode(stdout).trimEnd().split("\n")
            .filter((line) => !ABOUT_SPEED.test(line));
          assertEquals(
            printed.map(withoutMeasurements),
            output.length === 0 ? [""] : output.map(withoutMeasurements),
            command,
          );
        }
      }));
  }
}
