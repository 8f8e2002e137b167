/** Runs the real program, as a user at a shell would, in a folder of its own. */

const MAIN = new URL("../main.ts", import.meta.url).pathname;
const CONFIG = new URL("../deno.json", import.meta.url);

/** What a run of the program gave. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The permission flags that deno.json gives a command. */
export function permissionsOf(command: string): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(CONFIG)) as { tasks: Record<string, string> };
  return tasks[command]!.split(" ").filter((word) => word.startsWith("--"));
}

/** Runs `gridiron COMMAND ARGS` in a folder, and waits for its end. */
export async function gridiron(
  folder: string,
  [command = "", ...rest]: readonly string[],
  environment: Record<string, string> = {},
): Promise<Ran> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      ...permissionsOf(command === "launch" ? command : "sweep"),
      MAIN,
      command,
      ...rest,
    ],
    cwd: folder,
    env: { INIT_CWD: folder, NO_COLOR: "1", RUST_BACKTRACE: "", ...environment },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
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
