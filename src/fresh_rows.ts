/** Rows of a run that begins from nothing, kept as they come: its merge need not read them. */
import { type Line, readPoint } from "./ledger_line.ts";
import { RowWindow } from "./row_window.ts";

/** Points whose rows are kept. */
export const MAX_FRESH_POINTS = 1 << 16;

const LINE_FEED = 10;

export class FreshRows {
  readonly window: RowWindow;
  readonly #line: Line = {
    ...{ index: 0, failed: false, rowStart: 0, rowEnd: 0, idStart: 0, seriesBytes: 0 },
  };

  constructor(points: number) {
    this.window = new RowWindow(points);
  }

  /** Takes the lines of a batch, as they go into the ledger. */
  take(lines: Uint8Array): void {
    const line = this.#line;
    for (let start = 0; start < lines.length;) {
      const end = lines.indexOf(LINE_FEED, start);
      if (readPoint(lines, start, end, line) && !line.failed) {
        this.window.add(line.index, lines, { start: line.rowStart, end: line.rowEnd });
      }
      start = end + 1;
    }
  }
}
