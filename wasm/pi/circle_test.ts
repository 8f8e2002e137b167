/** The π kernel at the circle: where 16 bits a coordinate decide, and that all else is drawn. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as wasm from "./kernel.wasm";
import { countInside, drawPlace, isInside, writeBlock } from "./plain_pi.ts";

const KEY = Uint32Array.of(1, 2, 3, 4);
/** Cells of a radius, and its square. */
const RADIUS = 2 ** 15;
const SQUARE = RADIUS ** 2;
/** The last x² + y² that does not decide. */
const FAR = wasm.near + wasm.nearWidth;
/** Cells that the circle may touch. */
const NEAR_CELLS = 579_502;
/** Points that the kernel makes from one state. */
const POINTS = 8;

/** The word of a cell. */
function wordOf(x: number, y: number): number {
  return (x & 0xffff | y << 16) >>> 0;
}

/** What the kernel counts when these eight words are the first of a block. */
function countWords(words: readonly number[], block: number): number {
  new Uint32Array(wasm.memory.buffer, wasm.keyAddress, KEY.length).set(KEY);
  wasm.start(block, 0);
  const state = new Uint32Array(wasm.memory.buffer, wasm.stateAddress, 4 * POINTS);
  state.fill(0);
  // xoshiro128++ gives rotl(s0 + s3, 7) + s0: a word comes from s0 = 0 and its rotation in s3.
  for (const [i, word] of words.entries()) state[3 * POINTS + i] = word >>> 7 | word << 25;
  return wasm.draw(POINTS);
}

/** Calls `take` with cells at the circle and at least one on either side, all around. */
function walkCircle(take: (x: number, y: number) => void): void {
  const diagonal = Math.ceil(RADIUS / Math.SQRT2);
  for (let x = -diagonal; x <= diagonal; x++) {
    const edge = Math.floor(Math.sqrt(SQUARE - x * x));
    for (let y = edge - 3; y <= Math.min(edge + 3, RADIUS - 1); y++) {
      take(x, y);
      take(y, x);
      take(x, -1 - y);
      take(-1 - y, x);
    }
  }
}

Deno.test("draw() decides every cell at the circle by what is drawn in it", () => {
  const near = new Set<number>();
  let block = 0;
  let words: number[] = [];
  const take = (x: number, y: number) => {
    const square = x * x + y * y;
    if (square >= wasm.near && square <= FAR) near.add(wordOf(x, y));
    words.push(wordOf(x, y));
    if (words.length < POINTS) return;
    const expected = words.filter((word, i) => isInside(word, drawPlace(KEY, block, i))).length;
    if (countWords(words, block) !== expected) throw new Error(`${words} in block ${block}`);
    words = [];
    block++;
  };
  walkCircle(take);
  while (words.length > 0) take(0, 0);
  assertEquals(near.size, NEAR_CELLS);
});

Deno.test("draw() knows the cells at the corners of the square", () => {
  const corners = [-RADIUS, RADIUS - 1].flatMap((x) => [wordOf(x, x), wordOf(x, -1 - x)]);
  assertEquals(countWords([...corners, ...corners], 0), 0);
  assertEquals(countWords([wordOf(0, 0), wordOf(-1, -1), wordOf(-1, 0), ...corners, 0], 0), 4);
});

Deno.test("all cells that are decided without a draw lie on one side of the circle", () => {
  let near = 0;
  for (let x = 0; x <= RADIUS; x++) {
    const isBelow = x * x < wasm.near;
    const last = isBelow ? Math.floor(Math.sqrt(wasm.near - 1 - x * x)) : -1;
    const first = Math.ceil(Math.sqrt(Math.max(0, FAR + 1 - x * x)));
    // With the sign that makes the farthest corner, and the nearest one, farther and nearer still.
    if (isBelow) assert((x + 1) ** 2 + (last + 1) ** 2 <= SQUARE, `inside: ${x}, ${last}`);
    const nearest = Math.max(0, x - 1) ** 2 + Math.max(0, first - 1) ** 2;
    assert(nearest >= SQUARE, `outside: ${x}, ${first}`);
    for (let y = last + 1; y < first && y <= RADIUS; y++) near += signs(x) * signs(y);
  }
  assertEquals(near, NEAR_CELLS);
  // The ring, less what the sides of the square cut off: caps of height √2 on a circle.
  const caps = 4 * 4 / 3 * Math.SQRT2 * Math.sqrt(2 * RADIUS * Math.SQRT2);
  assertAlmostEquals(near, Math.PI * (wasm.nearWidth + 1) - caps, 1000);
});

/** How many corners from −2^15 to 2^15 − 1 have this absolute value. */
function signs(size: number): number {
  return size === 0 || size === RADIUS ? 1 : 2;
}

Deno.test("draw() counts what is inside where a block has points near the circle", () => {
  const points = 2 ** 16;
  const words = new Uint32Array(points);
  let drawn = 0;
  for (let block = 0; block < 12; block++) {
    writeBlock(KEY, block, words);
    drawn += words.filter((word) => {
      const square = (word << 16 >> 16) ** 2 + (word >> 16) ** 2;
      return square >= wasm.near && square <= FAR;
    }).length;
    wasm.start(block, 0);
    assertEquals(wasm.draw(points), countInside(KEY, block, points), `block ${block}`);
  }
  assert(drawn > 60, `${drawn} points were near`);
});
