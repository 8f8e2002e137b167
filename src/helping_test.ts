/** Tests of what a helper hands out. */
import { assertEquals } from "@std/assert";
import { HelpBatches, windowOf } from "./helping.ts";

Deno.test("HelpBatches.next() hands out every point once, and again what came back", () => {
  const batches = new HelpBatches([9, 4, 7], 0);
  assertEquals([...batches.next(false)!], [9, 1]);
  const second = batches.next(false)!;
  assertEquals([...second], [4, 1]);
  batches.finished(second, 0);
  assertEquals(batches.left, 2);
  assertEquals([...batches.next(false)!, ...batches.next(false)!], [4, 1, 7, 1]);
  assertEquals([batches.next(false), batches.left], [undefined, 0]);
});

Deno.test("HelpBatches.next() puts short points together", () => {
  const batches = new HelpBatches([5, 3, 1], 5);
  const both = batches.next(false)!;
  assertEquals([...both], [5, 1, 3, 1]);
  batches.finished(both, 1);
  assertEquals([...batches.next(false)!], [3, 1, 1, 1]);
});

Deno.test("windowOf() cuts the ranks into neighbourhoods of 64", () => {
  assertEquals(windowOf({ rank: 0, size: 4 }), [0, 4]);
  assertEquals(windowOf({ rank: 64, size: 100 }), [64, 100]);
  assertEquals(windowOf({ rank: 999, size: 1000 }), [960, 1000]);
});
