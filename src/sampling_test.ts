/** Samples: as large as asked, of the set, the same for a seed, with no favourites. */
import { assert, assertEquals } from "@std/assert";
import { Bitmap } from "./bitmap.ts";
import { pickSample } from "./sampling.ts";

/** Every third index of 0…2999. */
function thousand(): Bitmap {
  const set = new Bitmap(3000);
  for (let index = 0; index < set.size; index += 3) set.add(index);
  return set;
}

function indicesOf(set: Bitmap): number[] {
  return Array.from({ length: set.size }, (_, i) => i).filter((index) => set.has(index));
}

Deno.test("pickSample() takes as many as asked, at least 10 of a share, at most all", () => {
  const set = thousand();
  const sizes = [{ count: 0 }, { count: 7 }, { count: 2000 }, { share: 0.5 }, { share: 0 }];
  const counts = sizes.map((size) => pickSample(set, size, 1).count);
  assertEquals(counts, [0, 7, 1000, 500, 10]);
  assertEquals(pickSample(new Bitmap(10), { share: 1 }, 1).count, 0);
});

Deno.test("pickSample() takes members only, the same ones for a seed, others for another", () => {
  const set = thousand();
  const [one, same, other] = [1, 1, 2].map((seed) =>
    indicesOf(pickSample(set, { count: 50 }, seed))
  );
  assert(one!.every((index) => set.has(index)));
  assertEquals(one, same);
  assert(one!.join() !== other!.join());
});

Deno.test("pickSample() has no favourites", () => {
  // Each of 1000 is in a sample of 100 one time in ten: 300 ± 16.4 of 3000 seeds.
  const set = thousand();
  const counts = new Float64Array(set.size);
  for (let seed = 0; seed < 3000; seed++) {
    for (const index of indicesOf(pickSample(set, { count: 100 }, seed))) counts[index]!++;
  }
  const chiSquared = indicesOf(set)
    .reduce((sum, index) => sum + (counts[index]! - 300) ** 2 / (300 * 0.9), 0);
  // Of 999 degrees of freedom: mean 999, standard deviation 45.
  assert(chiSquared > 800 && chiSquared < 1200, `chi squared is ${chiSquared}`);
});
