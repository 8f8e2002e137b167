/**
 * Where things lie in this kernel's memory, for images of one size.
 *
 * Spectra of rows are kept in chunks of 128 bytes: four rows by two columns. Chunk (block, pair) is
 * number block · columnPairs + pair; in it, row by row, stand the real parts of the two columns and
 * then the imaginary parts. The row transforms so write whole cache lines one after the other, and
 * a column visit reads whole cache lines where they are, and nothing is shuffled between. The other
 * order, columns one after the other, costs images beyond the second cache more than it spares.
 */
import { makePlan } from "./make_plan";
import { PAIRS_BYTES, Plan, planBytes, workElements } from "./plan";

/** Longer sides would make a single call take too long to stop between. */
export const LARGEST_SIDE: i32 = 65536;

export const CHUNK_BYTES: usize = 128;
const PAGE_BYTES: u64 = 65536;
const MOST_PAGES: u64 = 65536;
/** Regions begin at cache lines. */
const ALIGNMENT: u64 = 128;

export let width: i32 = 0;
export let height: i32 = 0;
/** Blocks of four rows, and pairs of columns of the half spectrum. */
export let rowBlocks: i32 = 0;
export let columnPairs: i32 = 0;

export let rowPlan: Plan = changetype<Plan>(0);
export let columnPlan: Plan = changetype<Plan>(0);
/** Work areas of the transforms, and room for the primes in them. */
export let workA: usize = 0;
export let workB: usize = 0;
export let primePairs: usize = 0;
/** f64[width] each, for rows of the last block below the image: zeros to read, room to write. */
export let blank: usize = 0;
export let spill: usize = 0;
/** u32[height]: from a pair's first chunk to its element in each row. */
export let places: usize = 0;
/** f64[height]: (v/divisor)² of the mask. */
export let rowSquares: usize = 0;
/** f64[rowBlocks] and f64[columnPairs]: energies, a block or a pair each. */
export let blockEnergies: usize = 0;
export let pairEnergies: usize = 0;

/** f64[height · width] */
export let image: usize = 0;
/** Spectra of the image's rows, doubled; and filtered ones, which the result takes the place of. */
export let spectra: usize = 0;
export let filtered: usize = 0;

/** Where the next region goes; above 2³² when memory would not do. */
let free: u64 = 0;

/** Bytes of memory that images of this size take in all; 0 when a side is out of range. */
export function bytesFor(columns: i32, rows: i32): u64 {
  if (columns < 1 || rows < 1 || columns > LARGEST_SIDE || rows > LARGEST_SIDE) return 0;
  const blocks = u64(rows + 3) >> 2;
  const pairs = u64((columns >> 1) + 2) >> 1;
  const work = u64(max(workElements(columns), workElements(rows))) << 5;
  const plans = aligned(planBytes(columns)) + aligned(planBytes(rows));
  const lines = 2 * aligned(u64(columns) << 3) + aligned(u64(rows) << 2) + aligned(u64(rows) << 3);
  const energies = aligned(blocks << 3) + aligned(pairs << 3);
  const planes = aligned((u64(columns) * u64(rows)) << 3) + 2 * blocks * pairs * CHUNK_BYTES;
  return aligned(__heap_base) + plans + 2 * work + aligned(PAIRS_BYTES) + lines + energies + planes;
}

/** Lays out memory and makes the plans; false when a side is out of range or memory does not do. */
export function layOut(columns: i32, rows: i32): bool {
  const bytes = bytesFor(columns, rows);
  if (bytes == 0 || !reserve(bytes)) return false;
  width = columns;
  height = rows;
  rowBlocks = (rows + 3) >> 2;
  columnPairs = ((columns >> 1) + 2) >> 1;
  free = aligned(__heap_base);
  const rowPlanAddress = take(planBytes(columns));
  const columnPlanAddress = take(planBytes(rows));
  const work = u64(max(workElements(columns), workElements(rows))) << 5;
  workA = take(work);
  workB = take(work);
  primePairs = take(PAIRS_BYTES);
  blank = take(u64(columns) << 3);
  spill = take(u64(columns) << 3);
  places = take(u64(rows) << 2);
  rowSquares = take(u64(rows) << 3);
  blockEnergies = take(u64(rowBlocks) << 3);
  pairEnergies = take(u64(columnPairs) << 3);
  image = take((u64(columns) * u64(rows)) << 3);
  spectra = take(u64(rowBlocks) * u64(columnPairs) * CHUNK_BYTES);
  filtered = take(u64(rowBlocks) * u64(columnPairs) * CHUNK_BYTES);
  memory.fill(blank, 0, usize(columns) << 3);
  for (let y = 0; y < rows; y++) {
    const chunk = (y >> 2) * columnPairs;
    store<u32>(places + (usize(y) << 2), u32(chunk) * u32(CHUNK_BYTES) + (u32(y & 3) << 5));
  }
  rowPlan = makePlan(rowPlanAddress, columns, workA, workB, primePairs);
  columnPlan = makePlan(columnPlanAddress, rows, workA, workB, primePairs);
  return true;
}

function take(bytes: u64): usize {
  const address = usize(free);
  free += aligned(bytes);
  return address;
}

function aligned(bytes: u64): u64 {
  return (bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

/** Grows memory to at least `bytes`; false when it cannot. */
function reserve(bytes: u64): bool {
  const pages = (bytes + PAGE_BYTES - 1) / PAGE_BYTES;
  const present = u64(memory.size());
  return pages <= present || (pages <= MOST_PAGES && memory.grow(i32(pages - present)) >= 0);
}
