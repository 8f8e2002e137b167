/** Rows of a run that begins from nothing, kept as they come: its merge need not read them. */
import { pointsIn } from "./ledger_line.ts";
import { RowWindow } from "./row_window.ts";

/** Points whose rows are kept. */
export const MAX_FRESH_POINTS = 1 << 16;

export class FreshRows {
  readonly window: RowWindow;

  constructor(points: number) {
    this.window = new RowWindow(points);
  }

  /** Takes the lines of a batch, as they go into the ledger. */
  take(lines: Uint8Array): void {
    for (const { index, failed, rowStart, rowEnd } of pointsIn(lines)) {
      if (!failed) this.window.add(index, lines, { start: rowStart, end: rowEnd });
    }
  }
}
