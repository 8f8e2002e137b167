/** A picture as a page, in a real browser: it tells the number under the pointer, and no more. */
import { assertEquals } from "@std/assert";
import { gridiron, inFolder } from "./program.ts";

/** Where Debian has it. */
const CHROMIUM = "/usr/bin/chromium";
const hasChromium = (() => {
  try {
    return Deno.statSync(CHROMIUM).isFile;
  } catch {
    return false;
  }
})();
const SKIPPED = hasChromium ? "" : " (Chromium is not installed: apt-get install chromium)";

Deno.test({
  name: `an HTML picture tells what is under the pointer${SKIPPED}`,
  ignore: !hasChromium,
  fn: () =>
    inFolder(async (folder) => {
      const sweep = ["sweep", "--beta", "1:4", "--h", "1:4", "--iterations", "500"];
      await gridiron(folder, [...sweep, "--series", "none", "-o", "run"]);
      await gridiron(folder, ["plot", "run", "-o", "a.html"]);
      const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "-A", new URL("hover.ts", import.meta.url).pathname, CHROMIUM],
          // The cell of beta 1 and h 4, the upper left one.
          ...[`file://${folder}/a.html`, "svg rect[shape-rendering]", "12"],
        ],
      }).output();
      const decoder = new TextDecoder();
      assertEquals(success, true, decoder.decode(stderr));
      const { text, said, asked } = JSON.parse(decoder.decode(stdout)) as {
        text: string;
        said: string[];
        asked: string[];
      };
      const row = (await Deno.readTextFile(`${folder}/run/results.csv`)).split("\n")[4]!;
      const acceptance = Number(Number(row.split(",")[7]).toPrecision(5));
      assertEquals(text.split("\n"), ["beta 1", "h 4", `acceptance ${acceptance}`]);
      assertEquals(said, []);
      assertEquals(asked.filter((address) => !/^(file|data):/.test(address)), []);
    }),
});
