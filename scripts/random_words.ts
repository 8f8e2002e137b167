/**
 * Raw random numbers for test batteries, on standard output for ever: 32-bit words, little-endian,
 * of the streams of `pi` exactly as the kernel seeds and consumes them. docs/random.md has the
 * commands and what came out.
 *
 * random_words.ts [SEED] MODE, with MODE one of
 * - stream: one block after the other, as a stream takes them
 * - starts: the first 16 words of block 0, 1, 2, …
 * - neighbours: eight neighbouring blocks, a word of each in turn
 */
import { kernels } from "../src/kernels.ts";
import { makeIdentities, makeSalts } from "../src/point.ts";
import { BLOCK_SAMPLES } from "../wasm/pi/blocks.ts";
import { writeBlock } from "../wasm/pi/plain_pi.ts";

/** A word a sample. */
const BLOCK_WORDS = BLOCK_SAMPLES;
const START_WORDS = 16;
const NEIGHBOURS = 8;
/** Words of a block's start that are made at once. */
const STARTS_A_WRITE = 2 ** 15;

/** What each mode gives for ever. */
const MODES: Readonly<Record<string, (key: Uint32Array) => Generator<Uint32Array>>> = {
  *stream(key) {
    const target = new Uint32Array(BLOCK_WORDS);
    for (let block = 0;; block++) {
      writeBlock(key, block, target);
      yield target;
    }
  },
  *starts(key) {
    const gathered = new Uint32Array(START_WORDS * STARTS_A_WRITE);
    for (let block = 0;;) {
      for (let at = 0; at < gathered.length; at += START_WORDS, block++) {
        writeBlock(key, block, gathered, { from: at, to: at + START_WORDS });
      }
      yield gathered;
    }
  },
  *neighbours(key) {
    const woven = new Uint32Array(NEIGHBOURS * BLOCK_WORDS);
    const target = new Uint32Array(BLOCK_WORDS);
    for (let first = 0;; first += NEIGHBOURS) {
      for (let i = 0; i < NEIGHBOURS; i++) {
        writeBlock(key, first + i, target);
        for (let at = 0; at < target.length; at++) woven[at * NEIGHBOURS + i] = target[at]!;
      }
      yield woven;
    }
  },
};

/** The key that all points of a seed share. */
export async function seedKey(seed: number): Promise<Uint32Array> {
  const { name, version, parameters } = kernels.pi!.descriptor;
  const plan = { kernel: name, version, parameters: parameters.map(({ name }) => name), seed };
  return makeIdentities(plan, await makeSalts(plan)).seedKey;
}

if (import.meta.main) {
  const [mode = "", seed = "1"] = Deno.args.toReversed();
  const make = MODES[mode];
  if (make === undefined) {
    console.error(`expected one of ${Object.keys(MODES).join(", ")}`);
    Deno.exit(2);
  }
  try {
    for (const words of make(await seedKey(Number(seed)))) {
      const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
      for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
