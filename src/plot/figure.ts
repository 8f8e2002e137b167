/** What is to be drawn: cells, words, and how. */
import type { Cells } from "./gather.ts";

/** Words of a picture. */
export interface Words {
  readonly title: string;
  /** What else is to be said, a line each. */
  readonly lines: readonly string[];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly facetLabel: string;
  readonly colourLabel: string;
}

/** How a line is drawn, where that does not follow from its numbers. */
export interface Style {
  /** Errors as a band instead of bars. */
  readonly isBand?: boolean;
  /** The axis of x goes by logarithms. */
  readonly isLog?: boolean;
  /** A horizontal line at what is known to be true. */
  readonly reference?: { readonly value: number; readonly text: string };
}

/** Cells with the words that go with them. */
export interface Figure {
  readonly cells: Cells;
  readonly words: Words;
  /** What the user should know beside the picture. */
  readonly remarks: readonly string[];
  readonly style?: Style;
}
