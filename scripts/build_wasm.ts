/**
 * Compiles every kernel's AssemblyScript to `kernel.wasm`, without a source map so that the bytes
 * are the same on every machine; with `--check` it only compares them with the committed ones.
 */
import { main } from "assemblyscript/asc";
import { butterfliesSource } from "./butterflies.ts";
import { powersOfTenSource } from "./powers_of_ten.ts";

/** A module: its folder below `wasm/`, where static data starts, and how many 64 KiB pages. */
interface Module {
  readonly folder: string;
  readonly memoryBase: number;
  readonly pages: number;
  /** How far memory may grow; absent when it never does. */
  readonly maximumPages?: number;
}

const MODULES: readonly Module[] = [
  { folder: "checksum", memoryBase: 1024, pages: 3 },
  { folder: "picture", memoryBase: 1024, pages: 10 },
  { folder: "pi", memoryBase: 2048, pages: 1 },
  { folder: "metropolis", memoryBase: 262144, pages: 24 },
  { folder: "fourier", memoryBase: 1024, pages: 1, maximumPages: 65536 },
];

/** Files that the build makes for the compiler and that are not kept in the repository. */
const GENERATED = new Map([
  ["shared/assembly/generated/powers_of_ten.ts", powersOfTenSource],
  ["fourier/assembly/generated/butterflies.ts", butterfliesSource],
]);

const root = new URL("../wasm/", import.meta.url);

if (import.meta.main) {
  const check = Deno.args.includes("--check");
  let stale = 0;
  const digests: Record<string, string> = {};
  for (const module of MODULES) {
    const wasm = await compile(module);
    digests[module.folder] = await sha256(wasm);
    stale += await settle(`${module.folder}/kernel.wasm`, wasm, check);
  }
  const json = encode(JSON.stringify(digests, undefined, 2) + "\n");
  stale += await settle("digests.json", json, check);
  if (check && stale > 0) Deno.exit(1);
}

/** Writes a file that changed, or with `check` counts and names it; 1 when it was stale. */
async function settle(name: string, bytes: Uint8Array, check: boolean): Promise<number> {
  const path = new URL(name, root);
  const committed = await Deno.readFile(path).catch(() => new Uint8Array());
  if (bytes.length === committed.length && bytes.every((byte, i) => byte === committed[i])) {
    return 0;
  }
  if (check) {
    console.error(`wasm/${name} is not what its source compiles to: run deno task wasm`);
  } else {
    await Deno.writeFile(path, bytes);
    console.error(`wasm/${name}: ${bytes.length} bytes`);
  }
  return 1;
}

/** One module, compiled in memory. */
async function compile(
  { folder, memoryBase, pages, maximumPages = pages }: Module,
): Promise<Uint8Array> {
  const outputs = new Map<string, Uint8Array>();
  const errors: string[] = [];
  const result = await main([
    `${folder}/assembly/index.ts`,
    "--outFile=kernel.wasm",
    "-O3",
    "--converge",
    "--noAssert",
    "--runtime=stub",
    "--use=abort=",
    "--enable=simd",
    `--memoryBase=${memoryBase}`,
    `--initialMemory=${pages}`,
    `--maximumMemory=${maximumPages}`,
  ], {
    stderr: { write: (text) => void errors.push(String(text)) },
    readFile: readSource,
    writeFile: (name, contents) => {
      outputs.set(name, typeof contents === "string" ? encode(contents) : contents);
    },
    listFiles: () => [],
  });
  const wasm = outputs.get("kernel.wasm");
  if (result.error !== null || wasm === undefined) {
    throw new Error(`Cannot compile wasm/${folder}:\n${errors.join("")}`, { cause: result.error });
  }
  return wasm;
}

/** A source file by its path below `wasm/`; null, as the compiler wants it, when there is none. */
function readSource(name: string): string | null {
  const generate = GENERATED.get(name);
  if (generate !== undefined) return generate();
  try {
    return Deno.readTextFileSync(new URL(name, root));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
