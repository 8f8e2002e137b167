/**
 * `deno task build`: the program in dist/program, as `deno compile` takes it and `deno run` starts
 * it some 10 ms sooner, 20 when it was not run just before. It is the same tree, but what every
 * start reads is one module, src/core.js, and so is each worker; of a module in the core is left
 * what it exports, for those that are loaded later. The script `gridiron` in it starts it.
 */

import { ENGINE, PERMISSIONS } from "../src/nodes/self.ts";

const ROOT = new URL("../", import.meta.url);
/** Where the program is built, unless a test wants it elsewhere. */
export const PROGRAM = new URL("dist/program/", ROOT);
const FOLDERS = ["src/", "tasks/", "wasm/"];
const FILES = ["main.ts", "deno.json", "deno.lock"];
/** What a running program does not read. */
const UNREAD = /_test\.ts$|^wasm\/\w+\/(assembly|plain_\w+\.ts)/;
/** Modules that a worker begins with. */
const WORKER = /^src\/workers\/|_worker\.ts$/;
const CORE = "src/core.js";
/** An import of WebAssembly: of another kernel's folder, or of the own one in a kernel's module. */
const WASM = /"\.{1,2}\/(?:[./]*wasm\/(\w+)\/)?kernel\.wasm"/g;
/** An import of the core. */
const CORE_IMPORT = /"[./]+src\/core\.js"/g;
/** Starts the program with Deno; only what starts other programs may do that. */
const LAUNCHER = `#!/bin/sh
case "$1" in
  launch) run=--allow-run ;;
esac
exec deno run --quiet '${[ENGINE, ...PERMISSIONS].join("' '")}' $run \\
  "$(dirname "$(readlink -f "$0")")/main.ts" "$@"
`;

if (import.meta.main) await build(PROGRAM);

/** Makes the program anew in a folder. */
export async function build(program: URL): Promise<void> {
  remove(program);
  for (const file of programFiles()) copy(file, program);
  const core = await readCore();
  const entry = new URL("core.ts", program);
  Deno.writeTextFileSync(entry, core.map(publish).join(""));
  await bundle(entry, new URL(CORE, program), program);
  Deno.removeSync(entry);
  for (const module of core) Deno.writeTextFileSync(new URL(module.path, program), passOn(module));
  for (const path of workers()) await bundle(new URL(path, ROOT), new URL(path, program), program);
  const main = new URL("main.ts", program);
  await bundle(main, main, program);
  Deno.writeTextFileSync(new URL("gridiron", program), LAUNCHER, { mode: 0o755 });
}

/** A module of the core. */
interface Module {
  readonly path: string;
  readonly names: readonly string[];
}

/** Everything that the program may read, by its path. */
function programFiles(): string[] {
  const files = [...FILES];
  const walk = (folder: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
      const path = `${folder}${name}`;
      if (UNREAD.test(path)) continue;
      if (isDirectory) walk(`${path}/`);
      else files.push(path);
    }
  };
  FOLDERS.forEach(walk);
  return files;
}

function copy(file: string, program: URL): void {
  const target = new URL(file, program);
  Deno.mkdirSync(new URL("./", target), { recursive: true });
  Deno.copyFileSync(new URL(file, ROOT), target);
}

/** The modules that Deno reads whenever the program starts, with what they export. */
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
  visit(new URL("main.ts", ROOT).href);
  const paths = [...found].filter((address) => address.startsWith(ROOT.href))
    .map((address) => address.slice(ROOT.href.length))
    .filter((path) => path.endsWith(".ts") && path !== "main.ts");
  return await Promise.all(paths.map(async (path) => ({
    path,
    names: Object.keys(await import(new URL(path, ROOT).href)),
  })));
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

/** A line of the core's entry: all that a module exports, under names of its own. */
function publish({ path, names }: Module): string {
  const list = names.map((name) => `${name} as ${publicName(path, name)}`).join(", ");
  return `export { ${list} } from ${JSON.stringify(new URL(path, ROOT).href)};\n`;
}

/** What is left of a module of the core. */
function passOn({ path, names }: Module): string {
  const list = names.map((name) => `${publicName(path, name)} as ${name}`).join(", ");
  const core = "../".repeat(path.split("/").length - 1) + CORE;
  return `export { ${list} } from "${core}";\n`;
}

function publicName(path: string, name: string): string {
  return `${path.replace(/\.ts$/, "").replaceAll("/", "_")}_${name}`;
}

/** Each worker begins with a module of its own, which `deno compile` is told of. */
function workers(): string[] {
  const { compile } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
  return (compile.include as string[]).filter((path) => WORKER.test(path));
}

/** Makes one module of an entry and all that it imports, beside it those that it loads later on. */
async function bundle(entry: URL, target: URL, program: URL): Promise<void> {
  const folder = new URL("bundle/", program);
  await deno([
    ...["bundle", "--quiet", "--platform", "deno", "--code-splitting"],
    ...["--external", "*.wasm", "--external", `*/${CORE}`, "--external", "@jsquash/*"],
    ...["--outdir", folder.pathname, entry.pathname],
  ]);
  const main = nameOf(entry).replace(/\.ts$/, ".js");
  for (const { name } of Deno.readDirSync(folder)) {
    const code = Deno.readTextFileSync(new URL(name, folder));
    const path = new URL(name === main ? nameOf(target) : name, target);
    Deno.writeTextFileSync(path, withAddresses(code, path, program));
  }
  remove(folder);
}

/** Code whose imports of what is no part of it are seen from where it is written. */
function withAddresses(code: string, path: URL, program: URL): string {
  const below = path.href.slice(program.href.length);
  const toRoot = "../".repeat(below.split("/").length - 1) || "./";
  return code
    .replaceAll(WASM, (_, kernel = ownKernel(path)) => `"${toRoot}wasm/${kernel}/kernel.wasm"`)
    .replaceAll(CORE_IMPORT, `"${toRoot}${CORE}"`);
}

/** The kernel of a worker, whose name it bears. */
function ownKernel(worker: URL): string {
  return nameOf(worker).replace(/\.ts$/, "");
}

function nameOf({ pathname }: URL): string {
  return pathname.slice(pathname.lastIndexOf("/") + 1);
}

function remove(folder: URL): void {
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Runs Deno in the project's folder; what it printed. */
async function deno(args: readonly string[]): Promise<string> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot build: deno ${args.join(" ")} failed`);
  return new TextDecoder().decode(stdout);
}
