/** What a terminal shows while a run lasts: one whose window is resized, and one that is dumb. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { commandLine, gridiron, inFolder, startProgram } from "./program.ts";

/** What a program wrote at each width of its window. */
interface Recorded {
  readonly code: number;
  readonly texts: readonly string[];
}

/** A window, and how often a word is waited for at each width before the next one. */
interface Window {
  readonly term: string;
  readonly height: number;
  readonly widths: readonly number[];
  readonly word: string;
  readonly count: number;
}

const TERMINAL = new URL("terminal.py", import.meta.url).pathname;
/** What every line of progress says, and how it begins where lines stay. */
const WORD = " of ";
const TITLE = "metropolis: ";
const SWEEP = ["sweep", "--workers", "1", "--series", "none", "-o", "out"];
/** Short points, of which no machine comes to the end. */
const ENDLESS = [...SWEEP, "--beta", "1:1000000", "--iterations", "1e5"];
/** Short points, to which so many long ones are added that no machine comes to the end. */
const HALF = [...SWEEP, "--beta", "1:1000", "--iterations", "1"];
const WHOLE = [...HALF, "--iterations", "1e9"];
/** More ranks than there are lines for in the window. */
const LAUNCH = ["launch", "-N", "4", "--scheduler", "local", "--"];
const HEIGHT = 4;

const hasPython = await new Deno.Command("python3", { args: ["--version"], stdout: "null" })
  .output().then(({ success }) => success, () => false);
const ignore = !hasPython;
if (ignore) console.log("python3 is not installed: apt-get install python3");

/** Runs a command in a terminal until it has shown enough, and presses Ctrl-C. */
async function recorded(
  folder: string,
  { term, height, widths, word, count }: Window,
  argv: readonly string[],
): Promise<Recorded> {
  const words = [term, String(height), widths.join(","), word, String(count)];
  const { ended } = startProgram(folder, ["python3", TERMINAL, ...words, ...commandLine(argv)]);
  const { stdout, stderr } = await ended;
  assertEquals(stderr, "");
  return JSON.parse(stdout);
}

/** What starts a code, and a code that moves the cursor or wipes. */
const ESCAPE = "\x1b";
const CODE = new RegExp(`${ESCAPE}\\[[0-9]*[A-Z]`, "g");

/** The lines that were drawn at a width, save for those that may have been on their way before. */
function drawn(text: string): string[] {
  const frames = text.split("\r").slice(1).map((frame) => frame.replaceAll(CODE, ""));
  return frames.filter((frame) => frame.includes(WORD)).slice(3, -1).map((frame) => frame.trim());
}

for (const [name, start] of [["sweep", []], ["launch", LAUNCH]] as const) {
  Deno.test({
    ignore,
    name: `${name} draws lines that fit a window of 40, 80 and 200 columns, and wipes them away`,
    fn: () =>
      inFolder(async (folder) => {
        const window = {
          ...{ term: "xterm", height: HEIGHT, widths: [80, 40, 200] },
          ...{ word: WORD, count: 12 },
        };
        const argv = [...start, ...ENDLESS];
        const { code, texts } = await recorded(folder, window, argv);
        assertEquals(code, 130, texts.join(""));
        for (const [i, width] of window.widths.entries()) {
          const lines = drawn(texts[i]!);
          assert(lines.length > 0, texts[i]);
          for (const line of lines) assert(line.length < width, `${width}: ${line}`);
          const heights = [...texts[i]!.matchAll(/\[(\d+)A/g)].map(([, up]) => Number(up));
          // The cursor goes up to the first line, and none may have left the window by then.
          if (name === "launch") assert(heights.length > 0, texts[i]);
          assert(heights.every((height) => height < HEIGHT - 1), texts[i]);
        }
        // Nothing is drawn after the last time that all was wiped away, and the report stays.
        const report = texts.at(-1)!.split("\r\x1b[J").at(-1)!;
        assertStringIncludes(report, "to go on: ");
        assertEquals(report.includes("\x1b"), false, report);
      }),
  });

  Deno.test({
    ignore,
    name: `${name} writes plain lines where the terminal is dumb, and Deno adds no codes`,
    fn: () =>
      inFolder(async (folder) => {
        const window = { term: "dumb", height: HEIGHT, widths: [80], word: TITLE, count: 1 };
        // A line that stays comes after 5 s where much is done, else after 30.
        assertEquals((await gridiron(folder, HALF)).code, 0);
        const argv = [...start, ...WHOLE];
        const { code, texts: [text] } = await recorded(folder, window, argv);
        assertEquals(code, 130, text);
        assertStringIncludes(text!, TITLE);
        assertEquals(text!.includes("\x1b"), false, text);
      }),
  });
}

Deno.test({
  ignore,
  name: "mistakes and results come without codes in a terminal that is dumb",
  fn: () =>
    inFolder(async (folder) => {
      const window = { term: "dumb", height: HEIGHT, widths: [80], word: WORD, count: 1000 };
      for (const argv of [["--help"], ["sweep", "--bta", "1"], ["status", "nowhere"]]) {
        const { texts: [text] } = await recorded(folder, window, argv);
        assert(text!.length > 0);
        assertEquals(text!.includes("\x1b"), false, text);
      }
    }),
});
