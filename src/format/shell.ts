/** Words for a shell: quoted where they need it. */

/** A word that a shell reads as it is. */
export function shellWord(text: string): string {
  return /^[\w./,:=+@%-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
