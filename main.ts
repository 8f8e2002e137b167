/** gridiron: argv → command → exit code. */
import { closestString } from "@std/text/closest-string";
import { isBuilt } from "./src/address.ts";
import { listenForStop } from "./src/cli/signals.ts";
import { escaped, visible } from "./src/cli/visible.ts";
import { messageOf, plainly, UsageError } from "./src/errors.ts";
import { PROGRAM, VERSION } from "./src/version.ts";
import type { Surroundings } from "./tasks/command.ts";
import { commands, type Listed } from "./tasks/mod.ts";

/** Exit code of a wrong command line or input. */
const USAGE_EXIT = 2;
/** Exit code of a failure that is not the user's to mend by typing something else. */
const FAILURE_EXIT = 1;
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;
/** What turns the direction of a line around. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command that the arguments name; every error is one message on stderr. */
async function main(argv: readonly string[]): Promise<number> {
  const surroundings = realSurroundings();
  try {
    const [name = "--help", ...rest] = argv;
    if (name === "--help" || name === "-h" || name === "help") {
      surroundings.print(overview(surroundings));
      return 0;
    }
    if (name === "--version") {
      surroundings.print(`gridiron ${VERSION}\n`);
      return 0;
    }
    const listed = findCommand(name);
    // The binary has what any command needs; this one keeps what it needs itself.
    if (Deno.build.standalone && !listed.isStarter) Deno.permissions.revokeSync({ name: "run" });
    const command = await listed.load();
    return await command.run(rest, surroundings);
  } catch (error) {
    surroundings.report(`gridiron: ${told(plainly(messageOf(error)), argv)}\n`);
    return error instanceof UsageError ? USAGE_EXIT : FAILURE_EXIT;
  }
}

/**
 * A message whose control characters are seen and not obeyed: names can hold what moves a
 * terminal's cursor. Lines that a message is made of stay, those that were typed do not.
 */
function told(message: string, argv: readonly string[]): string {
  const typed = argv.flatMap((word) => [word, word.slice(word.indexOf("=") + 1)]);
  const oneLine = typed.filter((word) => word.includes("\n")).reduce(
    (text, word) => text.replaceAll(word, word.replaceAll("\n", "\\n")),
    message,
  );
  return visible(oneLine);
}

function findCommand(name: string): Listed {
  const command = commands.find((command) => command.name === name);
  if (command !== undefined) return command;
  const nearest = closestString(name, commands.map(({ name }) => name));
  throw new UsageError(
    `Cannot run "${name}": there is no such command, did you mean ${nearest}? (--help lists them)`,
  );
}

function overview({ program }: Surroundings): string {
  const lines = commands.map(({ name, doc }) => `  ${name.padEnd(12)}${doc}\n`);
  return `gridiron ${VERSION}: parameter scans, the same bytes on a laptop and on a cluster\n\n` +
    `usage: ${program} COMMAND …\n\ncommands:\n${lines.join("")}\n` +
    `${program} COMMAND --help tells more, with examples\n`;
}

function realSurroundings(): Surroundings {
  const environment = (name: string) => Deno.env.get(name);
  const isTerminal = Deno.stderr.isTerminal();
  return {
    // Under `deno task` the working directory is the project's; INIT_CWD is where the user stood.
    get directory() {
      return (isBuilt ? undefined : environment("INIT_CWD")) ?? Deno.cwd();
    },
    program: PROGRAM,
    get columns() {
      return isTerminal && Deno.consoleSize().columns || DEFAULT_COLUMNS;
    },
    get rows() {
      return isTerminal && Deno.consoleSize().rows || DEFAULT_ROWS;
    },
    get isTerminal() {
      return isTerminal && environment("TERM") !== "dumb";
    },
    environment,
    stopping: () => listenForStop((code) => Deno.exit(code)),
    print: (text) => writeAll(Deno.stdout, text),
    write: writeWaiting,
    report: (text) => writeAll(Deno.stderr, text.replace(TURNS, escaped)),
  };
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
  } catch (error) {
    // Whoever read has read enough, as `head` does.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

async function writeWaiting(text: string): Promise<boolean> {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    return false;
  }
}
