/**
 * `deno task expected [--write] PROGRAM…`: runs PROGRAM, such as a binary, and compares its tables
 * with those in tests/expected, byte by byte. With `--write` it makes those: `deno task expected
 * --write deno task`.
 */

const ROOT = new URL("../", import.meta.url);
const EXPECTED = new URL("tests/expected/", ROOT);
const PICTURES = ["examples/photos/chart.png", "examples/photos/micrograph.jpg"];

/** The command of each table; short ones, as a release runs them on every platform. */
const SCANS: Readonly<Record<string, readonly string[]>> = {
  "sweep.csv": [
    ...["sweep", "--beta", "0.1,0.5,1,2,10", "--m", "0.3,1", "--h", "0.5,2.5"],
    ...["--iterations", "1000", "--series", "none"],
  ],
  "pi.csv": ["pi", "--samples", "1e7", "--streams", "9"],
  "fourier.csv": ["fourier", ...PICTURES, "--radius", "5,20", "--operation", "lowpass,highpass"],
};

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(words: readonly string[]): Promise<number> {
  const program = words.filter((word) => word !== "--write");
  if (program.length === 0) {
    console.error("usage: deno task expected [--write] PROGRAM…");
    return 2;
  }
  const tables = await tablesOf(program);
  if (words.includes("--write")) {
    Deno.mkdirSync(EXPECTED, { recursive: true });
    for (const [name, bytes] of tables) Deno.writeFileSync(new URL(name, EXPECTED), bytes);
    return 0;
  }
  const wrong = differences(tables);
  for (const name of tables.keys()) {
    console.log(`${name}: ${wrong.includes(name) ? "differs" : "equal bytes"}`);
  }
  return wrong.length === 0 ? 0 : 1;
}

/** Names of the tables that are not what is expected. */
export function differences(tables: ReadonlyMap<string, Uint8Array>): string[] {
  const isEqual = (name: string, bytes: Uint8Array) => {
    const expected = Deno.readFileSync(new URL(name, EXPECTED));
    return bytes.length === expected.length && bytes.every((byte, i) => byte === expected[i]);
  };
  return [...tables].filter(([name, bytes]) => !isEqual(name, bytes)).map(([name]) => name);
}

/** The tables that a program makes, in a folder of its own with the pictures in it. */
export async function tablesOf([program = "", ...first]: readonly string[]) {
  const folder = Deno.makeTempDirSync({ prefix: "gridiron-expected-" });
  const tables = new Map<string, Uint8Array>();
  // A task runs where the project is, and hears of the folder by this.
  const isTask = program === "deno";
  try {
    Deno.mkdirSync(`${folder}/examples/photos`, { recursive: true });
    for (const path of PICTURES) Deno.copyFileSync(new URL(path, ROOT), `${folder}/${path}`);
    for (const [name, argv] of Object.entries(SCANS)) {
      const { success } = await new Deno.Command(isTask ? program : Deno.realPathSync(program), {
        args: [...first, ...argv, "-o", `out-${name}`, "--quiet"],
        cwd: isTask ? ROOT : folder,
        env: { INIT_CWD: folder },
      }).spawn().status;
      if (!success) throw new Error(`Cannot make ${name}: ${program} ${argv.join(" ")} failed`);
      tables.set(name, Deno.readFileSync(`${folder}/out-${name}/results.csv`));
    }
    return tables;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
