/** Tasks that travel together: their places in the lists and their arguments. */
import { Transfer } from "./protocol.ts";

/** Some tasks, in order. */
export interface Piece {
  /** The place in the lists of the first task, of tasks that follow one another; or of each. */
  readonly indices: number | readonly number[];
  readonly columns: readonly ArrayLike<unknown>[];
  readonly count: number;
  /** How often these tasks were tried and failed. */
  readonly failed: number;
  /** Its arguments have buffers that are handed over, so it can be sent once. */
  readonly isOnce: boolean;
}

/** The place in the lists of a task. */
export function indexAt({ indices }: Piece, place: number): number {
  return typeof indices === "number" ? indices + place : indices[place]!;
}

/** The arguments of a task, as the caller gave them. */
export function argumentsAt({ columns }: Piece, place: number): unknown[] {
  return columns.map((column) => {
    const value = column[place];
    return value instanceof Transfer ? value.value as unknown : value;
  });
}

/** Tasks of a piece from a place on. */
export function slice(piece: Piece, first: number, end: number = piece.count): Piece {
  const { indices, columns } = piece;
  if (first === 0 && end === piece.count) return piece;
  return {
    ...piece,
    indices: typeof indices === "number" ? indices + first : indices.slice(first, end),
    columns: columns.map((column) => Array.prototype.slice.call(column, first, end) as unknown[]),
    count: end - first,
  };
}

/** Some tasks of a piece, by place. */
export function pick(piece: Piece, places: readonly number[]): Piece {
  return {
    ...piece,
    indices: places.map((place) => indexAt(piece, place)),
    columns: piece.columns.map((column) => places.map((place) => column[place])),
    count: places.length,
  };
}

/** What is sent: the values, and the buffers that are handed over in them. */
export function unwrap(piece: Piece): {
  columns: readonly ArrayLike<unknown>[];
  buffers: Transferable[];
} {
  if (!piece.isOnce) return { columns: piece.columns, buffers: [] };
  const buffers = new Set<Transferable>();
  const columns = piece.columns.map((column) =>
    Array.from(column, (value) => {
      if (!(value instanceof Transfer)) return value;
      for (const buffer of value.buffers) buffers.add(buffer);
      return value.value as unknown;
    })
  );
  return { columns, buffers: [...buffers] };
}
