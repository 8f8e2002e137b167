/** Texts of others on the terminal, such as names and errors: their control characters are seen. */

/** Text whose control characters are written out, but for line feeds and tabs. */
export function visible(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, escaped);
}

/** A character by its number. */
export function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
