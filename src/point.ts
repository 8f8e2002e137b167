/** A point's identity: what it is, not where it stands in a grid. */
import { murmur3 } from "./murmur.ts";
import type { Plan } from "./plan.ts";

/** What makes the ids and streams of a plan's points, without allocating. */
export interface Identities {
  /**
   * The 128-bit id of the point with these values, as four u32: MurmurHash3 over the f64 bits of
   * all parameters in the kernel's order. A view, valid until the next call.
   */
  id(values: Float64Array): Uint32Array;
  /** The 128-bit key of the stream of (seed, id). A view, valid until the next call. */
  key(id: Uint32Array): Uint32Array;
  /** The 128-bit hash of (seed, kernel, version). */
  readonly seedKey: Uint32Array;
}

/** The identities of a plan's points: SHA-256 once a plan, MurmurHash3 for each point. */
export async function makeIdentities(
  plan: Pick<Plan, "kernel" | "version" | "parameters" | "seed">,
): Promise<Identities> {
  const pointSalt = await salt(["point", plan.kernel, String(plan.version), ...plan.parameters]);
  const streamSalt = await salt(["stream"]);
  const seedSalt = await salt(["seed", plan.kernel, String(plan.version)]);
  const values = new Float64Array(plan.parameters.length);
  const valueWords = new Uint32Array(values.buffer);
  const idWords = new Uint32Array(4);
  const keyInput = new Uint32Array(6);
  const keyWords = new Uint32Array(4);
  const seedWords = new Uint32Array([plan.seed, Math.floor(plan.seed / 2 ** 32)]);
  const seedKey = new Uint32Array(4);
  murmur3(seedWords, 8, seedSalt, seedKey);
  keyInput.set(seedWords, 4);
  return {
    id(point) {
      // Adding 0 makes −0 into 0.
      for (let i = 0; i < values.length; i++) values[i] = point[i]! + 0;
      murmur3(valueWords, valueWords.length * 4, pointSalt, idWords);
      return idWords;
    },
    key(id) {
      keyInput.set(id);
      murmur3(keyInput, 24, streamSalt, keyWords);
      return keyWords;
    },
    seedKey,
  };
}

/** An id as 32 hex digits, or its first 16 as a check in a ledger line. */
export function idText(id: Uint32Array, words = 4): string {
  let text = "";
  for (let i = 0; i < words; i++) text += id[i]!.toString(16).padStart(8, "0");
  return text;
}

/** The first 128 bits of SHA-256 over texts in normal form, as four little-endian u32. */
async function salt(texts: readonly string[]): Promise<Uint32Array> {
  const bytes = new TextEncoder().encode(texts.map((text) => text.normalize("NFC")).join("\0"));
  const digest = new DataView(await crypto.subtle.digest("SHA-256", bytes));
  return Uint32Array.from([0, 4, 8, 12], (offset) => digest.getUint32(offset, true));
}
