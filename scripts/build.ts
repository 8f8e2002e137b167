/**
 * `deno task build`: the program in dist/program, as `deno compile` takes it and its script
 * `gridiron` starts it, sooner than the checkout. It is the same tree, but what every start reads
 * is one module, src/core.js, and so is each worker; of a module in the core is left what it
 * exports, for those that are loaded later.
 */
import { addressOf, fileOf } from "../src/address.ts";
import { messageOf } from "../src/errors.ts";
import { isThere } from "../src/text_file.ts";
import { commands } from "../tasks/mod.ts";
import { permissionsOf } from "../tests/program.ts";

const ROOT = fileOf("");
/** Where the program is built, unless a test wants it elsewhere. */
export const BUILT = `${ROOT}dist/program/`;
const FOLDERS = ["src/", "tasks/", "wasm/"];
const FILES = ["main.ts", "deno.json", "deno.lock"];
/** What a running program does not read. */
const UNREAD = /_test\.ts$|\/plain_\w+\.ts$|^wasm\/\w+\/assembly$/;
/** Modules that a worker begins with. */
const WORKER = /^src\/workers\/|_worker\.ts$/;
const CORE = "src/core.js";
/** An import of WebAssembly: of another kernel's folder, or of the own one in a kernel's module. */
const WASM = /"\.{1,2}\/(?:[./]*wasm\/(\w+)\/)?kernel\.wasm"/g;
/** An import of the core. */
const CORE_IMPORT = /"[./]+src\/core\.js"/g;

if (import.meta.main) Deno.exit(await main());

async function main(): Promise<number> {
  try {
    await build(BUILT);
    console.log("built dist/program, which dist/program/gridiron starts; a link to that will do");
    return 0;
  } catch (error) {
    console.error(messageOf(error));
    return 1;
  }
}

/** Makes the program anew in a folder, whose path ends with a slash. */
export async function build(folder: string): Promise<void> {
  // A program that runs reads modules later on: it finds whole ones, of before or of now.
  const making = `${folder.slice(0, -1)}.${crypto.randomUUID()}.tmp/`;
  const before = `${making}before/`;
  try {
    await fill(`${making}now/`);
    if (isThere(folder)) Deno.renameSync(folder, before);
    Deno.renameSync(`${making}now/`, folder);
  } finally {
    remove(making);
  }
}

async function fill(folder: string): Promise<void> {
  for (const file of programFiles()) {
    Deno.mkdirSync(folder + file.slice(0, file.lastIndexOf("/") + 1), { recursive: true });
    Deno.copyFileSync(ROOT + file, folder + file);
  }
  const core = await readCore();
  const entry = `${folder}core.ts`;
  Deno.writeTextFileSync(entry, core.map(publish).join(""));
  await bundle({ entry, output: CORE }, folder);
  Deno.removeSync(entry);
  for (const module of core) Deno.writeTextFileSync(folder + module.path, passOn(module));
  // Workers share no objects with the core, and have the modules that they need to themselves.
  const { compile } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  for (const worker of (compile.include as string[]).filter((path) => WORKER.test(path))) {
    await bundle({ entry: ROOT + worker, output: worker }, folder);
  }
  // Its imports are passed on by now.
  await bundle({ entry: `${folder}main.ts`, output: "main.ts" }, folder);
  Deno.writeTextFileSync(`${folder}gridiron`, launcher(), { mode: 0o755 });
}

/** Everything that the program may read, by its path. */
function programFiles(): string[] {
  const files = [...FILES];
  const walk = (folder: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(ROOT + folder)) {
      const path = folder + name;
      if (UNREAD.test(path)) continue;
      if (isDirectory) walk(`${path}/`);
      else files.push(path);
    }
  };
  FOLDERS.forEach(walk);
  return files;
}

/** A module of the core. */
interface Module {
  readonly path: string;
  readonly names: readonly string[];
}

/** What `deno info --json` says, as far as it is read here. */
interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
}

/** The modules that Deno reads whenever the program starts; they tell their exports when loaded. */
async function readCore(): Promise<Module[]> {
  const graph = JSON.parse(await deno(["info", "--json", "main.ts"])) as Graph;
  const modules = new Map(graph.modules.map((module) => [module.specifier, module]));
  const found = new Set<string>();
  const visit = (address: string) => {
    if (found.has(address)) return;
    found.add(address);
    for (const { code, isDynamic } of modules.get(address)?.dependencies ?? []) {
      if (code?.specifier !== undefined && isDynamic !== true) visit(code.specifier);
    }
  };
  const root = addressOf("");
  visit(addressOf("main.ts"));
  const paths = [...found].filter((address) => address.startsWith(root))
    .map((address) => address.slice(root.length))
    .filter((path) => path.endsWith(".ts") && path !== "main.ts");
  return await Promise.all(paths.map(async (path) => ({
    path,
    names: Object.keys(await import(addressOf(path))),
  })));
}

/** A line of the core's entry: all that a module exports, under names of its own. */
function publish({ path, names }: Module): string {
  const list = names.map((name) => `${name} as ${publicName(path, name)}`).join(", ");
  return `export { ${list} } from ${JSON.stringify(addressOf(path))};\n`;
}

/** What is left of a module of the core. */
function passOn({ path, names }: Module): string {
  const list = names.map((name) => `${publicName(path, name)} as ${name}`).join(", ");
  return `export { ${list} } from "${toRoot(path)}${CORE}";\n`;
}

function publicName(path: string, name: string): string {
  return `${path.replace(/\.ts$/, "").replaceAll("/", "_")}_${name}`;
}

/** From a file of the program to its folder. */
function toRoot(path: string): string {
  return "../".repeat(path.split("/").length - 1) || "./";
}

/**
 * Makes one module of an entry and all that it imports, and others, beside it, of what that loads
 * later on. The JPEG decoder is loaded from npm as before, as its WebAssembly comes with it.
 */
async function bundle(
  { entry, output }: { entry: string; output: string },
  folder: string,
): Promise<void> {
  const made = `${folder}bundle/`;
  await deno([
    ...["bundle", "--quiet", "--platform", "deno", "--code-splitting"],
    ...["--external", "*.wasm", "--external", `*/${CORE}`, "--external", "@jsquash/*"],
    ...["--outdir", made, entry],
  ]);
  const first = nameOf(entry).replace(/\.ts$/, ".js");
  for (const { name } of Deno.readDirSync(made)) {
    const target = name === first ? output : output.slice(0, -nameOf(output).length) + name;
    const code = withAddresses(Deno.readTextFileSync(made + name), target, folder);
    Deno.writeTextFileSync(folder + target, code);
  }
  remove(made);
}

/** Code whose imports of what is no part of it are as they are seen from its place. */
function withAddresses(code: string, target: string, folder: string): string {
  const ownKernel = nameOf(target).replace(/\.ts$/, "");
  return code.replaceAll(WASM, (_, kernel = ownKernel) => {
    const path = `wasm/${kernel}/kernel.wasm`;
    if (isThere(folder + path)) return `"${toRoot(target)}${path}"`;
    throw new Error(`Cannot build ${target}: it imports ${path}, and there is no such kernel`);
  }).replaceAll(CORE_IMPORT, `"${toRoot(target)}${CORE}"`);
}

/** A script that starts every command with the flags that its task has. */
function launcher(): string {
  const starts = (command: string) => {
    const flags = permissionsOf(command).map((flag) => `'${flag}'`);
    return `exec deno run ${flags.join(" ")} "$main" "$@"`;
  };
  const usual = starts("sweep");
  const others = commands.map(({ name }) => name).filter((name) => starts(name) !== usual);
  // Another process takes a millisecond: only a link has one look where it leads.
  return `#!/bin/sh
self=$0
if [ -L "$self" ]; then self=$(readlink -f "$self"); fi
main=\${self%/*}/main.ts
case "\${1-}" in
${others.map((name) => `  ${name}) ${starts(name)} ;;\n`).join("")}  *) ${usual} ;;
esac
`;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function remove(folder: string): void {
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Runs Deno in the project's folder; what it printed. */
async function deno(args: readonly string[]): Promise<string> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    stderr: "inherit",
  }).output();
  if (code === 0) return new TextDecoder().decode(stdout);
  throw new Error(`Cannot build: deno ${args.join(" ")} ended with ${code}, expected 0`);
}
