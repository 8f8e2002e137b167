/** Counts what the tests that break things have tried, for the summary of `deno task chaos`. */

/** Set by `deno task chaos`. */
const FILE = Deno.env.get("GRIDIRON_TALLY");

/** Says how much was tried, under names that the summary adds up. */
export function tally(test: string, counts: Readonly<Record<string, number>>): void {
  const words = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  console.log(`${test}: ${words.join(", ")}`);
  if (FILE === undefined) return;
  Deno.writeTextFileSync(FILE, JSON.stringify({ test, counts }) + "\n", { append: true });
}
