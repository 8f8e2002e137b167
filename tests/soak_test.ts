/** One run directory through all that happens to it in months: the end is that of a fresh run. */
import { assert, assertEquals } from "@std/assert";
import { EFFORT } from "./effort.ts";
import { assertUndisturbed, finalFiles, uniforms } from "./rerun.ts";
import { tally } from "./tally.ts";
import { gridiron, inFolder, killAfter, start } from "./program.ts";
import { type Usage, watch } from "./usage.ts";

const SEED = 2;
const STEPS = 12;
/** The long form goes on for so long: two hours at an effort of 100. */
const DURATION_MS = (EFFORT - 1) * 72_800;
/** The axis grows until it has so many values. */
const MOST = 60;
/** Steps from one comparison with a fresh run to the next. */
const COMPARED = 200;

/** The scan when its axis has so many values. */
function scan(values: number, out: string): string[] {
  return ["sweep", "--beta", `1:${values}`, "--m", "1,2", "--iterations", "20000", "-o", out];
}

/** The most that any of some processes took. */
function most(usages: readonly Usage[]): Usage {
  return {
    memory: Math.max(...usages.map(({ memory }) => memory)),
    descriptors: Math.max(...usages.map(({ descriptors }) => descriptors)),
    threads: Math.max(...usages.map(({ threads }) => threads)),
  };
}

/** A folder with a run directory of that scan, and what its processes took. */
class Soak {
  readonly counts = { steps: 0, kills: 0, extensions: 0, "series deleted": 0, "ledgers cut": 0 };
  readonly sweeps: Usage[] = [];
  readonly #folder: string;
  readonly #uniform = uniforms(SEED);
  #values = 2;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Does what is missing. */
  async finish(): Promise<void> {
    const { process, ended } = start(this.#folder, scan(this.#values, "out"));
    const watched = watch(process.pid);
    const { code, stderr } = await ended;
    assertEquals(code, 0, stderr);
    this.sweeps.push(await watched);
  }

  /** One of the things that happen to a directory. */
  async step(): Promise<void> {
    const choice = Math.floor(this.#uniform() * 6);
    this.counts.steps++;
    if (choice === 0) {
      this.#values = Math.min(MOST, this.#values + 1);
      const delayMs = 40 + this.#uniform() * 200;
      if (await killAfter(this.#folder, scan(this.#values, "out"), delayMs)) this.counts.kills++;
    } else if (choice === 1) {
      this.counts.extensions++;
      this.#values = Math.min(MOST, this.#values + 2);
      await this.finish();
    } else if (choice === 2) {
      await Deno.remove(this.#anyOf("mc_data"));
      this.counts["series deleted"]++;
    } else if (choice === 3) {
      const path = this.#anyOf("ledger");
      await Deno.truncate(path, Math.floor(this.#uniform() * Deno.statSync(path).size));
      this.counts["ledgers cut"]++;
    } else if (choice === 4) {
      const merged = await gridiron(this.#folder, ["merge", "out", "--allow-missing"]);
      assertEquals(merged.code, 0, merged.stderr);
    } else {
      const verified = await gridiron(this.#folder, ["verify", "out", "--sample", "5"]);
      assert(verified.code < 2 && !/point \d+: the ledger has \[/.test(verified.stdout));
    }
  }

  /** Finishes, and compares with a run that nothing happened to; returns the bytes. */
  async compare(): Promise<number> {
    await this.finish();
    const fresh = `${this.#folder}/fresh`;
    assertEquals((await gridiron(this.#folder, scan(this.#values, "fresh"))).code, 0);
    const compared = await assertUndisturbed(`${this.#folder}/out`, await finalFiles(fresh));
    const verified = await gridiron(this.#folder, ["verify", "out", "--sample", "100%"]);
    assertEquals(verified.code, 0, verified.stdout);
    await Deno.remove(fresh, { recursive: true });
    return compared;
  }

  #anyOf(below: string): string {
    const entries = [...Deno.readDirSync(`${this.#folder}/out/${below}`)];
    const { name } = entries[Math.floor(this.#uniform() * entries.length)]!;
    return `${this.#folder}/out/${below}/${name}`;
  }
}

Deno.test("a run directory lives through kills, extensions, merges and losses", () =>
  inFolder(async (folder) => {
    const soak = new Soak(folder);
    const startMs = performance.now();
    let compared = 0;
    await soak.finish();
    for (let step = 1; step <= STEPS || performance.now() - startMs < DURATION_MS; step++) {
      await soak.step();
      if (step % COMPARED === 0) compared += await soak.compare();
    }
    compared += await soak.compare();
    tally("soak", {
      ...soak.counts,
      minutes: Math.round((performance.now() - startMs) / 60_000),
      "bytes compared": compared,
    });
    assertFlat(soak.sweeps);
  }));

/** Compares what sweeps took in the first third, once the scan had its size, and in the last. */
function assertFlat(sweeps: readonly Usage[]): void {
  const third = Math.ceil(sweeps.length / 3);
  const [early, late] = [most(sweeps.slice(0, third)), most(sweeps.slice(-third))];
  console.log("soak: at most, in the first third and in the last:", early, late);
  if (sweeps.length < 100) return;
  assert(late.memory < 1.2 * early.memory, "the memory of a sweep grew");
  assert(late.descriptors <= early.descriptors + 4, "the open files of a sweep grew");
  assert(late.threads <= early.threads + 4, "the threads of a sweep grew");
}
