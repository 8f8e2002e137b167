/** Numbers as text: the shortest decimal that reads back to the same double; nothing for NaN. */

/** `0.5`, `1e-7`, `0` for −0, an empty text for a missing number. */
export function formatNumber(value: number): string {
  return Number.isNaN(value) ? "" : String(value);
}
