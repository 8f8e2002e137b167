/** Tests of shares: every point once, evenly, not in step with the axes. */
import { assert, assertEquals } from "@std/assert";
import { Bitmap } from "./bitmap.ts";
import { allButShare, ownerCounter, shareSize } from "./share.ts";

/** The slow plain way: the digits of k one by one. */
function digitSum(k: number, size: number): number {
  let sum = 0;
  for (; k > 0; k = Math.floor(k / size)) sum += k % size;
  return sum % size;
}

Deno.test("ownerCounter() sums the digits of k", () => {
  for (const size of [2, 3, 4, 7, 10, 1000]) {
    const owner = ownerCounter(size);
    for (let k = 0; k < 5000; k++) assertEquals(owner(), digitSum(k, size), `${size}, ${k}`);
  }
});

Deno.test("allButShare() gives every missing point to one rank", () => {
  const done = new Bitmap(1003);
  for (let index = 0; index < 1003; index += 3) done.add(index);
  const owners = new Array<number>(1003).fill(0);
  for (let rank = 0; rank < 5; rank++) {
    const others = allButShare(done, { rank, size: 5 });
    assertEquals(others.size, 1003);
    for (let index = 0; index < 1003; index++) if (!others.has(index)) owners[index]!++;
  }
  assertEquals(owners, owners.map((_, index) => done.has(index) ? 0 : 1));
});

Deno.test("shareSize() counts the points of allButShare()", () => {
  for (const size of [2, 3, 7, 10]) {
    for (const missing of [0, 1, 2, 9, 10, 324, 1003]) {
      const done = new Bitmap(missing);
      for (let rank = 0; rank < size; rank++) {
        const others = allButShare(done, { rank, size });
        const share = { rank, size, missing, points: missing - others.count };
        assertEquals({ rank, size, missing, points: shareSize(missing, share) }, share);
      }
    }
  }
  assertEquals(shareSize(5, { rank: 0, size: 1 }), 5);
});

Deno.test("shares of a grid whose last axis sets the time are even", () => {
  // 9 × 9 points of times 10³ … 10⁶, the last of four values turning fastest, on 4 ranks.
  const busy = [0, 0, 0, 0];
  const owner = ownerCounter(4);
  for (let k = 0; k < 81 * 4; k++) busy[owner()]! += 10 ** (3 + k % 4);
  const mean = busy.reduce((sum, time) => sum + time) / 4;
  assert(mean / Math.max(...busy) > 0.9, busy.join(" "));
});
