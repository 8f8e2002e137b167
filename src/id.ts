/** Ids as text. */

/** An id as 32 hex digits, or its first 16 as a check in a ledger line. */
export function idText(id: Uint32Array, words = 4): string {
  let text = "";
  for (let i = 0; i < words; i++) text += id[i]!.toString(16).padStart(8, "0");
  return text;
}
