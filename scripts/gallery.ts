/** Makes the pictures of docs/plots.md anew, by the commands that stand beside them. */
const PAGE = new URL("../docs/plots.md", import.meta.url);
const PICTURES = new URL("../docs/plots/", import.meta.url);
const ROOT = new URL("../", import.meta.url);

/** What a picture of a page may weigh. */
const MAX_BYTES = 150_000;

const folder = await Deno.makeTempDir();
await Deno.symlink(new URL("examples", ROOT).pathname, `${folder}/examples`);
const text = await Deno.readTextFile(PAGE);
for (const [, command] of text.matchAll(/^\$ deno task (.*)$/gm)) {
  const { code } = await new Deno.Command("sh", {
    args: ["-c", `deno run -A "${new URL("main.ts", ROOT).pathname}" ${command}`],
    cwd: folder,
    env: { INIT_CWD: folder },
  }).spawn().status;
  if (code !== 0) throw new Error(`Cannot run "${command}": it ended with ${code}, expected 0`);
}
for (const { name } of Deno.readDirSync(folder)) {
  if (!name.endsWith(".svg")) continue;
  const { size } = await Deno.stat(`${folder}/${name}`);
  if (size > MAX_BYTES) throw new RangeError(`${name} has ${size} bytes, expected ${MAX_BYTES}`);
  await Deno.copyFile(`${folder}/${name}`, new URL(name, PICTURES));
}
await Deno.remove(folder, { recursive: true });
