/**
 * `deno task chaos [SHARE] [NAME…]`: the long form of the tests that break things, and how much
 * they tried. SHARE scales the effort (0.1 for a tenth), NAMEs choose test files.
 */

/** Each file with the effort of its long form. */
const FILES: readonly { readonly name: string; readonly effort: number }[] = [
  { name: "kill", effort: 100 },
  { name: "starts", effort: 100 },
  { name: "damage", effort: 100 },
  { name: "limits", effort: 100 },
  { name: "names", effort: 25 },
  { name: "soak", effort: 100 },
  { name: "readers", effort: 100 },
  { name: "grammar", effort: 10 },
];
const FLAGS = [
  ...["--quiet", "--no-prompt", "--allow-read", "--allow-write", "--allow-run", "--allow-sys"],
  "--allow-env",
];

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the files one after the other; the exit code says whether all held. */
async function main(argv: readonly string[]): Promise<number> {
  const share = Number(argv.find((word) => /^[\d.]+$/.test(word)) ?? 1);
  const chosen = argv.filter((word) => !/^[\d.]+$/.test(word));
  const files = FILES.filter(({ name }) => chosen.length === 0 || chosen.includes(name));
  if (files.length === 0 || !(share > 0)) {
    console.error(`usage: deno task chaos [SHARE] [${FILES.map(({ name }) => name).join(" ")}]`);
    return 2;
  }
  const counts = Deno.makeTempFileSync({ prefix: "gridiron-chaos-" });
  const failed: string[] = [];
  const startMs = performance.now();
  for (const { name, effort } of files) {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["test", ...FLAGS, new URL(`../tests/${name}_test.ts`, import.meta.url).pathname],
      env: {
        GRIDIRON_EFFORT: String(Math.max(1, Math.round(effort * share))),
        GRIDIRON_TALLY: counts,
      },
    }).spawn().status;
    if (!success) failed.push(name);
  }
  console.log(summary(Deno.readTextFileSync(counts)));
  Deno.removeSync(counts);
  console.log(`${((performance.now() - startMs) / 60_000).toFixed(1)} minutes`);
  console.log(failed.length === 0 ? "lost: 0" : `failed: ${failed.join(", ")}`);
  return failed.length === 0 ? 0 : 1;
}

/** What each test tried, a line each, and the sums. */
function summary(text: string): string {
  const sums = new Map<string, number>();
  const lines: string[] = [];
  for (const line of text.trimEnd().split("\n").filter((line) => line !== "")) {
    const { test, counts } = JSON.parse(line) as { test: string; counts: Record<string, number> };
    const words = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
    lines.push(`${test}: ${words.join(", ")}`);
    for (const [name, count] of Object.entries(counts)) {
      sums.set(name, (sums.get(name) ?? 0) + count);
    }
  }
  const all = [...sums].map(([name, count]) => `${count} ${name}`).join(", ");
  return ["", ...lines, `all: ${all}`].join("\n");
}
