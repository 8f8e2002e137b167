/**
 * `deno task compile [OPTIONS]`: the program as one file, dist/gridiron, or dist/gridiron-TARGET
 * with `--target TARGET`. OPTIONS go to `deno compile`, which would take what comes behind main.ts
 * for arguments of the program.
 */
import { PERMISSIONS } from "../src/nodes/self.ts";

const ROOT = new URL("../", import.meta.url).pathname;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(options: readonly string[]): Promise<number> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: compileArguments(options),
    cwd: ROOT,
  }).spawn().status;
  return code;
}

/** What `deno` is told. */
export function compileArguments(options: readonly string[]): string[] {
  const target = /(?:^| )--target[ =](\S+)/.exec(options.join(" "))?.[1];
  const isPlaced = options.some((word) => /^(-o|--output)(=|$)/.test(word));
  const output = target === undefined ? "dist/gridiron" : `dist/gridiron-${target}`;
  return [
    ...["compile", "--exclude-unused-npm", ...PERMISSIONS, "--allow-run"],
    ...isPlaced ? [] : ["--output", output],
    ...options,
    "main.ts",
  ];
}
