/** Identities of points: what they depend on, and golden ones that must never change. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { makeGrid } from "./grid.ts";
import { idText } from "./id.ts";
import { findKernel } from "./kernels.ts";
import { makePlan } from "./planner.ts";
import { makeIdentities, makeSalts } from "./point.ts";

const METROPOLIS = {
  kernel: "metropolis",
  version: 1,
  parameters: ["beta", "m", "h", "iterations", "burn_in", "replica"],
  seed: 1,
};
/** A request for nothing but axes. */
const REQUEST = {
  ...{ zip: [], points: undefined, replicas: undefined, where: undefined, seed: 1 },
  ...{ series: "none", read: () => "" },
};
const VALUES = [0.3, 1, 0.5, 100_000, 10_000, 0];

/** Id, key and seed key of a point as hex. */
async function identify(plan: typeof METROPOLIS, values: readonly number[]) {
  const identities = makeIdentities(plan, await makeSalts(plan));
  const id = identities.id(Float64Array.from(values));
  return { id: idText(id), key: idText(identities.key(id)), seedKey: idText(identities.seedKey) };
}

// The golden texts come from a Python program written for this test from the words of DESIGN.md,
// with hashlib's SHA-256 and a MurmurHash3 of its own that gives the author's verification value.
// Should one of these change, every result ever made is orphaned.

Deno.test("makeIdentities() gives the golden id and key of a point", async () => {
  assertEquals(await identify(METROPOLIS, VALUES), {
    id: "425be8731b330517ececcaa6db19c322",
    key: "3185b57a9ee9b71706a0bc00b18b6b75",
    seedKey: "2c94db982347c34f891fec22faf77c66",
  });
});

Deno.test("makeIdentities() takes all bits of a seed into the key, none into the id", async () => {
  assertEquals(await identify({ ...METROPOLIS, seed: 2 ** 40 + 7 }, VALUES), {
    id: "425be8731b330517ececcaa6db19c322",
    key: "783fa71bc0228725b2595a44f9595cdb",
    seedKey: "8f2fc21ce1fcb4cff62f025b83bb5642",
  });
});

Deno.test("makeIdentities() gives a golden id to one parameter with texts in UTF-8", async () => {
  const plan = { kernel: "größe", version: 3, parameters: ["α"], seed: 2 };
  const golden = {
    id: "f3af41b74ad2f880de28a4a3a681f5c9",
    key: "1090e3d15cdc3d45b997b0a1fa873085",
    seedKey: "072811ba62c0693329c5a1385c26b085",
  };
  assertEquals(await identify(plan, [-2.5]), golden);
  // The same name with its dots and ring written as characters of their own.
  assertEquals(await identify({ ...plan, kernel: plan.kernel.normalize("NFD") }, [-2.5]), golden);
});

Deno.test("makeIdentities() takes -0 for 0", async () => {
  const zero = VALUES.with(1, 0);
  assertEquals(await identify(METROPOLIS, VALUES.with(1, -0)), await identify(METROPOLIS, zero));
});

Deno.test("makeIdentities() tells values apart by their last bit, and by their place", async () => {
  const { id } = await identify(METROPOLIS, VALUES);
  for (let place = 0; place < VALUES.length; place++) {
    const value = VALUES[place]!;
    const next = value === 0 ? Number.MIN_VALUE : value * (1 + Number.EPSILON);
    assertNotEquals((await identify(METROPOLIS, VALUES.with(place, next))).id, id, `${place}`);
  }
  const [a, b, ...rest] = VALUES;
  assertNotEquals((await identify(METROPOLIS, [b!, a!, ...rest])).id, id);
});

Deno.test("makeIdentities() tells kernels, versions and names apart", async () => {
  const others = [
    { ...METROPOLIS, kernel: "metropoli" },
    { ...METROPOLIS, version: 2 },
    { ...METROPOLIS, parameters: METROPOLIS.parameters.with(1, "M") },
    // The texts are joined in such a way that none can move over into the next.
    { ...METROPOLIS, parameters: METROPOLIS.parameters.with(0, "bet").with(1, "am") },
  ];
  const ids = await Promise.all(
    [METROPOLIS, ...others].map(async (plan) => (await identify(plan, VALUES)).id),
  );
  assertEquals(new Set(ids).size, 5);
});

Deno.test("makeIdentities() gives each seed other keys and the same ids", async () => {
  const seeds = [0, 1, 2, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1];
  const all = await Promise.all(seeds.map((seed) => identify({ ...METROPOLIS, seed }, VALUES)));
  assertEquals(new Set(all.map(({ id }) => id)).size, 1);
  assertEquals(new Set(all.map(({ key }) => key)).size, seeds.length);
  assertEquals(new Set(all.map(({ seedKey }) => seedKey)).size, seeds.length);
});

Deno.test("makeIdentities() gives ids that depend on no order of flags or values", async () => {
  const { descriptor } = findKernel("metropolis");
  const idsOf = async (flags: readonly (readonly [string, string])[]) => {
    const axes = new Map(flags.map(([name, typed]) => [name, [typed]]));
    const plan = makePlan(descriptor, { ...REQUEST, axes }, []);
    const identities = makeIdentities(plan, await makeSalts(plan));
    const grid = makeGrid(plan);
    const values = new Float64Array(plan.parameters.length);
    return Array.from({ length: grid.size }, (_, index) => {
      grid.decode(index, values);
      return idText(identities.id(values));
    });
  };
  const flags = [["beta", "0.1:1:0.1"], ["m", "1,2"], ["h", "0.5,0.25"]] as const;
  const ids = await idsOf(flags);
  assertEquals(await idsOf(flags.toReversed()), ids);
  assertEquals(new Set(ids).size, 40);
  // Other values in another order: the points that both grids have keep their ids.
  const other = await idsOf([["h", "0.25,8"], ["beta", "1:0.1:-0.1"], ["m", "2,1"]]);
  assertEquals(other.filter((id) => ids.includes(id)).length, 20);
  // A default and the same number typed are the same point.
  assertEquals(await idsOf([["beta", "1"]]), await idsOf([["beta", "1"], ["burn_in", "10000"]]));
});

Deno.test("makeIdentities() leaves no trace of one point in the next", async () => {
  const identities = makeIdentities(METROPOLIS, await makeSalts(METROPOLIS));
  const of = (...values: number[]) =>
    idText(identities.key(identities.id(Float64Array.from(values))));
  const first = of(...VALUES);
  const other = of(...VALUES.map((value) => value + 1));
  assert(first !== other);
  assertEquals(of(...VALUES), first);
});
