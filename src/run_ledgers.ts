/** What all ledgers of a run directory say, in the indices of its newest plan. */
import { type IndexMap, indexMap } from "./extension.ts";
import { gridSize, makeGrid } from "./grid.ts";
import { type LinePlace, readLedger } from "./ledger.ts";
import type { Line } from "./ledger_line.ts";
import type { Manifest } from "./manifest.ts";
import { filesAxis } from "./plan.ts";
import { type Identities, makeIdentities, makeSalts, type Salts } from "./point.ts";

/** A run whose ledgers are read. */
export interface Run {
  readonly directory: string;
  readonly manifest: Manifest;
  /** Where relative paths of files start. */
  readonly folder: string;
  /** For each plan that the run has had, where its points stand in the newest. */
  readonly maps: readonly IndexMap[];
  readonly identities: Identities;
}

/** What a reader is told. `line` and `bytes` are used again: what is kept must be copied. */
export interface RunVisitor {
  note(note: Record<string, unknown>): void;
  point(index: number, line: Line, bytes: Uint8Array, place: LinePlace): void;
  /** A row of a file that holds something else now. */
  stale?(index: number): void;
}

/** Prepares the reading of a run; `salts` are those of its newest plan, if they are at hand. */
export async function openRun(
  directory: string,
  manifest: Manifest,
  { salts, folder = manifest.folder ?? "." }: { salts?: Salts; folder?: string } = {},
): Promise<Run> {
  const newest = manifest.plans.at(-1)!;
  const maps = manifest.plans.map((plan) => indexMap(plan, newest) ?? (() => -1));
  const identities = makeIdentities(newest, salts ?? await makeSalts(newest));
  return { directory, manifest, folder, maps, identities };
}

/**
 * Reads a ledger, or the part of one from byte `from` to byte `to` written under plan `plan`;
 * returns how many lines were dropped: torn, damaged, or of a point that they do not fit.
 */
export function readRunLedger(
  { manifest, maps, identities }: Run,
  path: string,
  visitor: RunVisitor,
  part: { readonly from: number; readonly to: number; readonly plan: number | undefined } = WHOLE,
): number {
  const newest = manifest.plans.at(-1)!;
  const grid = makeGrid(newest);
  const size = gridSize(newest);
  const values = new Float64Array(newest.parameters.length);
  const hasFiles = filesAxis(newest) !== undefined;
  let map = part.plan === undefined ? undefined : maps[part.plan];
  let foreign = 0;
  const dropped = readLedger(
    path,
    {
      note(note) {
        if (typeof note.plan === "number") map = maps[note.plan];
        visitor.note(note);
      },
      point(line, bytes, place) {
        const index = map === undefined ? -1 : map(line.index);
        if (!(index >= 0 && index < size)) {
          foreign++;
          return;
        }
        grid.decode(index, values);
        // What failed may not have come to know the content of its file.
        const id = line.failed ? identities.id(values) : identities.contentId(values);
        if (id !== undefined && hasId(bytes, line.idStart, id)) {
          visitor.point(index, line, bytes, place);
        } else if (hasFiles) visitor.stale?.(index);
        else foreign++;
      },
    },
    part.from,
    part.to,
  );
  return dropped + foreign;
}

const WHOLE = { from: 0, to: Infinity, plan: undefined };

/** Whether 16 hex digits are the first 64 bits of an id. */
function hasId(bytes: Uint8Array, start: number, id: Uint32Array): boolean {
  for (let word = 0; word < 2; word++) {
    let read = 0;
    for (let i = start + 8 * word; i < start + 8 * word + 8; i++) {
      const byte = bytes[i]!;
      read = read << 4 | (byte >= 0x61 ? byte - 0x57 : byte - 0x30);
    }
    if (read >>> 0 !== id[word]) return false;
  }
  return true;
}
