/** The chain as CSV: `x,accept`, then a line a step, in blocks. */
import { writeShortest } from "../../shared/assembly/shortest";
import { ACCEPTED, MOVES, POSITIONS, SLOT_BYTES, SLOTS, TEXT } from "./memory";

/** `,0\n` as a little-endian u32, to which an accepted step adds 1 to the digit. */
const ENDING: u32 = 0x000a302c;
const ENDING_BYTES: usize = 3;
/** Where a slot keeps the length of its text. */
const LENGTH_PLACE: usize = SLOT_BYTES - 1;

/** Writes the header to TEXT and the initial position to the first slot; returns the length. */
export function writeHeader(initial: f64): usize {
  writeSlot(SLOTS, initial);
  store<u64>(TEXT, 0x7470_6563_6361_2c78); // "x,accept"
  store<u8>(TEXT, 10, 8);
  return 9;
}

/**
 * Writes the lines of the first `steps` steps of the block; returns the address after the last.
 *
 * In passes without branches: whether a step was accepted cannot be predicted. First the accepted
 * positions are gathered, then each gets its text in a slot, then every line copies the slot of the
 * last move: slot 0 is that of the block before. Steps go in pairs; of an odd number the last is
 * written but not counted.
 */
export function writeSteps(target: usize, steps: i32): usize {
  let end = MOVES;
  for (let i = 0; i < steps; i += 2) {
    const pair = v128.load(POSITIONS + (usize(i) << 3));
    const accepted = usize(load<u16>(ACCEPTED + i));
    v128.store64_lane(end, pair, 0);
    end += (accepted & 1) << 3;
    v128.store64_lane(end, pair, 1);
    end += accepted >> 5 & 8;
  }
  let slot = SLOTS;
  for (let move = MOVES; move < end; move += 8) {
    slot += SLOT_BYTES;
    writeSlot(slot, load<f64>(move));
  }
  slot = SLOTS;
  let middle = target;
  for (let i = 0; i < steps; i += 2) {
    const accepted = usize(load<u16>(ACCEPTED + i));
    slot += (accepted & 1) * SLOT_BYTES;
    middle = writeLine(target, slot, accepted & 1);
    slot += (accepted >> 8 & 1) * SLOT_BYTES;
    target = writeLine(middle, slot, accepted >> 8 & 1);
  }
  v128.store(SLOTS, v128.load(slot));
  v128.store(SLOTS, v128.load(slot, 16), 16);
  return steps & 1 ? middle : target;
}

@inline
function writeSlot(slot: usize, value: f64): void {
  const length = writeShortest(slot, value) - slot;
  store<u8>(slot, u8(length), LENGTH_PLACE);
}

@inline
function writeLine(target: usize, slot: usize, accepted: u32): usize {
  const rest = v128.load(slot, 16);
  v128.store(target, v128.load(slot));
  v128.store(target, rest, 16);
  target += usize(load<u8>(slot, LENGTH_PLACE));
  store<u32>(target, ENDING + (accepted << 8));
  return target + ENDING_BYTES;
}
