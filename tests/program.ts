/** Runs the real program, as a user at a shell would, in a folder of its own. */

const MAIN = new URL("../main.ts", import.meta.url).pathname;
const CONFIG = new URL("../deno.json", import.meta.url);

/** What a run of the program gave. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The flags that deno.json gives a command: permissions, and what V8 is told. */
export function permissionsOf(command: string): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(CONFIG)) as { tasks: Record<string, string> };
  return tasks[command]!.split(" ").filter((word) => word.startsWith("--"));
}

/** A program that was started. */
export interface Started {
  readonly process: Deno.ChildProcess;
  /** What it gives in the end. */
  readonly ended: Promise<Ran>;
}

/** The words that start `gridiron COMMAND ARGS`. */
export function commandLine([command = "", ...rest]: readonly string[]): string[] {
  const permissions = permissionsOf(command === "launch" ? command : "sweep");
  return [Deno.execPath(), "run", ...permissions, MAIN, command, ...rest];
}

/** Starts a program in a folder, with an environment in which its output can be compared. */
export function startProgram(
  folder: string,
  [program = "", ...args]: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Started {
  const process = new Deno.Command(program, {
    args,
    cwd: folder,
    env: { INIT_CWD: folder, NO_COLOR: "1", RUST_BACKTRACE: "", ...environment },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const decoder = new TextDecoder();
  const ended = process.output().then(({ code, stdout, stderr }) => ({
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  }));
  return { process, ended };
}

/** Starts `gridiron COMMAND ARGS` in a folder. */
export function start(
  folder: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Started {
  return startProgram(folder, commandLine(argv), environment);
}

/** Starts a command as all ranks of a session, each with one worker, in the order of `order`. */
export function startRanks(
  folder: string,
  argv: readonly string[],
  size: number,
  { session = "T", order = Array.from({ length: size }, (_, rank) => rank) } = {},
): Started[] {
  const ranks: Started[] = [];
  for (const rank of order) {
    const own = ["--workers", "1", "--rank", `${rank}/${size}`, "--session", session];
    ranks[rank] = start(folder, [...argv, ...own]);
  }
  return ranks;
}

/** Runs `gridiron COMMAND ARGS` in a folder, and waits for its end. */
export async function gridiron(
  folder: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return await start(folder, argv, environment).ended;
}

/** Starts a command and kills it after some time; whether it was still there to kill. */
export async function killAfter(
  folder: string,
  argv: readonly string[],
  delayMs: number,
): Promise<boolean> {
  const started = start(folder, argv);
  await pause(delayMs);
  signal(started, "SIGKILL");
  return await wasKilled(started);
}

/** Sends a program a signal, if it is still there. */
export function signal({ process }: Started, name: Deno.Signal): void {
  try {
    process.kill(name);
  } catch {
    // It had ended by then.
  }
}

/** Waits for the end of a program; whether it was killed. */
export async function wasKilled({ process, ended }: Started): Promise<boolean> {
  await ended;
  return (await process.status).signal === "SIGKILL";
}

export async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Does something in a new folder, which is removed afterwards. */
export async function inFolder(action: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gridiron-test-" });
  try {
    await action(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Every file below a folder with its content, save for what differs between equal runs. */
export async function contents(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const walk = async (below: string) => {
    for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
      const path = below + name;
      if (isDirectory) await walk(`${path}/`);
      else files.set(path, await Deno.readTextFile(`${folder}/${path}`));
    }
  };
  await walk("");
  return new Map([...files].sort(([a], [b]) => a < b ? -1 : 1));
}

/** Names of files that two folders do not have alike. */
export function differences(
  one: ReadonlyMap<string, string>,
  other: ReadonlyMap<string, string>,
): string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => one.get(name) !== other.get(name));
}

/** `contents` without ledgers, sessions and run.json. */
export async function results(folder: string): Promise<Map<string, string>> {
  const files = await contents(folder);
  return new Map([...files].filter(([path]) => !/^(ledger\/|sessions\/|run\.json$)/.test(path)));
}
