/**
 * `deno task compile [OPTIONS]`: the program as one file, dist/gridiron, or dist/gridiron-TARGET
 * with `--target TARGET`, made of what `deno task build` makes. OPTIONS go to `deno compile`, which
 * would take what comes behind main.ts for arguments of the program.
 */
import { ENGINE, PERMISSIONS } from "../src/nodes/self.ts";
import { build, PROGRAM } from "./build.ts";

const ROOT = new URL("../", import.meta.url).pathname;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(options: readonly string[]): Promise<number> {
  await build(PROGRAM);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: compileArguments(PROGRAM, options),
    cwd: ROOT,
  }).spawn().status;
  return code;
}

/** What `deno` is told to make one file of the program that was built in a folder. */
export function compileArguments(program: URL, options: readonly string[]): string[] {
  const target = /(?:^| )--target[ =](\S+)/.exec(options.join(" "))?.[1];
  const isPlaced = options.some((word) => /^(-o|--output)(=|$)/.test(word));
  const output = target === undefined ? "dist/gridiron" : `dist/gridiron-${target}`;
  return [
    ...["compile", "--config", new URL("deno.json", program).pathname],
    // The gate checks the sources; what was made of them has no types.
    ...["--no-check", "--exclude-unused-npm"],
    ...[ENGINE, ...PERMISSIONS, "--allow-run"],
    ...isPlaced ? [] : ["--output", output],
    ...options,
    new URL("main.ts", program).pathname,
  ];
}
