/**
 * `deno task compile [OPTIONS]`: the program as one file, dist/gridiron, or dist/gridiron-TARGET
 * with `--target TARGET`, made of what `deno task build` makes. OPTIONS go to `deno compile`, which
 * would take what comes behind main.ts for arguments of the program.
 */
import { messageOf } from "../src/errors.ts";
import { PERMISSIONS, V8_FLAGS } from "../src/nodes/self.ts";
import { build, BUILT } from "./build.ts";

const ROOT = new URL("../", import.meta.url).pathname;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(options: readonly string[]): Promise<number> {
  try {
    await build(BUILT);
  } catch (error) {
    console.error(messageOf(error));
    return 1;
  }
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: compileArguments(BUILT, options),
    cwd: ROOT,
  }).spawn().status;
  return code;
}

/** What `deno` is told to make one file of the program that was built in a folder. */
export function compileArguments(folder: string, options: readonly string[]): string[] {
  const target = /(?:^| )--target[ =](\S+)/.exec(options.join(" "))?.[1];
  const isPlaced = options.some((word) => /^(-o|--output)(=|$)/.test(word));
  const output = target === undefined ? "dist/gridiron" : `dist/gridiron-${target}`;
  return [
    ...["compile", "--config", `${folder}deno.json`],
    // The gate checks the sources; what was made of them has no types.
    ...["--no-check", "--exclude-unused-npm"],
    ...[V8_FLAGS, ...PERMISSIONS, "--allow-run"],
    ...isPlaced ? [] : ["--output", output],
    ...options,
    `${folder}main.ts`,
  ];
}
