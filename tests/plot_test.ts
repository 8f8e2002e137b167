/**
 * Pictures of runs, by the real program: what is in them, against references, and bad input. After
 * a change of drawing that was looked at, `deno task plots` makes the references anew.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { textWidth } from "../src/plot/svg.ts";
import { PLOTS, sameDrawing } from "./plots.ts";
import { contents, gridiron, inFolder } from "./program.ts";

/** A text of a picture that is not turned: where it begins and ends. */
interface Text {
  readonly y: number;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The texts of an SVG that stand upright. */
function textsOf(svg: string): Text[] {
  const pattern = /<text x="([\d.]+)" y="([\d.]+)"([^>]*)>([^<]*)<\/text>/g;
  return [...svg.matchAll(pattern)].flatMap(([, x, y, more, text]) => {
    if (more!.includes("rotate")) return [];
    const size = Number(/font-size="(\d+)"/.exec(more!)?.[1] ?? 12);
    const width = textWidth(text!, size);
    const share = more!.includes('"middle"') ? 0.5 : more!.includes('"end"') ? 1 : 0;
    const from = Number(x) - share * width;
    return [{ y: Number(y), from, to: from + width, text: text! }];
  });
}

/** Pairs of texts that overlap. */
function collisions(texts: readonly Text[]): string[] {
  return texts.flatMap((a, i) =>
    texts.slice(i + 1).filter((b) => Math.abs(a.y - b.y) < 11 && a.from < b.to && b.from < a.to)
      .map((b) => `${a.text} | ${b.text}`)
  );
}

for (const { name, sweep, plot, texts } of PLOTS) {
  Deno.test(`plot draws ${name} as it did when it was looked at`, async () => {
    await inFolder(async (folder) => {
      assertEquals((await gridiron(folder, [...sweep, "-o", "run"])).code, 0);
      const { code, stderr } = await gridiron(folder, ["plot", "run", "-o", "p.svg", ...plot]);
      assertEquals(code, 0, stderr);
      const svg = await Deno.readTextFile(`${folder}/p.svg`);
      for (const text of texts) assertStringIncludes(svg, `>${text}</text>`);
      assertEquals(collisions(textsOf(svg)), []);
      const width = Number(/width="([\d.]+)"/.exec(svg)![1]);
      for (const { text, from, to } of textsOf(svg)) assert(from >= 0 && to <= width, text);
      const reference = new URL(`plots/${name.replaceAll(" ", "_")}.svg`, import.meta.url);
      assertEquals(sameDrawing(svg, await Deno.readTextFile(reference)), undefined);
    });
  });
}

Deno.test("plot writes PNG of twice the size and HTML that loads nothing", async () => {
  await inFolder(async (folder) => {
    const sweep = ["sweep", "--beta", "1:4", "--h", "1:4", "--iterations", "500"];
    await gridiron(folder, [...sweep, "--series", "none", "-o", "run"]);
    assertEquals((await gridiron(folder, ["plot", "run", "-o", "a.png"])).code, 0);
    assertEquals((await gridiron(folder, ["plot", "run", "-o", "a.html"])).code, 0);
    const png = await Deno.readFile(`${folder}/a.png`);
    const html = await Deno.readTextFile(`${folder}/a.html`);
    const width = Number(/width="([\d.]+)"/.exec(html.slice(html.indexOf("<svg")))![1]);
    assertEquals(new DataView(png.buffer).getUint32(16), Math.round(2 * width));
    // Addresses are names of formats only, and pictures are inside.
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"|url\(([^)]*)\)/g)]
      .map(([, link, style]) => link ?? style!).filter((address) => !/^(data:|#)/.test(address));
    assertEquals(addresses, []);
    assertStringIncludes(html, "beta 3");
  });
});

Deno.test("plot of an incomplete run draws what there is and says what is missing", async () => {
  await inFolder(async (folder) => {
    const sweep = ["sweep", "--beta", "1:4", "--h", "1:4", "--iterations", "500"];
    await gridiron(folder, [...sweep, "--series", "none", "-o", "run"]);
    const [{ name }] = [...Deno.readDirSync(`${folder}/run/ledger`)] as [Deno.DirEntry];
    const path = `${folder}/run/ledger/${name}`;
    const lines = (await Deno.readTextFile(path)).split("\n");
    await Deno.writeTextFile(path, lines.filter((line) => !/^\[[579],/.test(line)).join("\n"));
    const { code, stderr } = await gridiron(folder, ["plot", "run", "-o", "p.svg"]);
    assertEquals([code, stderr], [0, "incomplete: 3 points not done yet\n"]);
    const svg = await Deno.readTextFile(`${folder}/p.svg`);
    // Three cells and the legend.
    assertEquals(svg.match(/fill="url\(#missing\)"/g)?.length, 4);
    assertStringIncludes(svg, ">incomplete: 3 points not done yet</text>");
  });
});

Deno.test("plot draws one point, and a column that is constant, with a line", async () => {
  await inFolder(async (folder) => {
    const sweep = ["sweep", "--iterations", "500", "--series", "none"];
    await gridiron(folder, [...sweep, "--beta", "1", "-o", "one"]);
    const one = await gridiron(folder, ["plot", "one", "-o", "p.svg"]);
    assertEquals([one.code, one.stderr], [0, "one point only\n"]);
    // A chain of one step that never moved has no error: there is no number anywhere.
    await gridiron(
      folder,
      [...sweep.slice(0, 1), "--beta", "1e9", "--beta", "1e8"].concat([
        ...["--iterations", "2", "--m", "0", "--h", "100", "--series", "none", "-o", "still"],
      ]),
    );
    const still = await gridiron(folder, ["plot", "still", "-o", "p.svg"]);
    assertEquals([still.code, still.stderr], [0, "acceptance is 0 everywhere\n"]);
    const empty = await gridiron(folder, ["plot", "still", "-o", "p.svg", "--color", "tau"]);
    assertEquals(empty.code, 0);
    assertStringIncludes(empty.stderr, "2 points without tau\n");
  });
});

Deno.test("plot without a file draws with characters, no wider than the terminal", async () => {
  await inFolder(async (folder) => {
    const sweep = ["sweep", "--beta", "1:4", "--iterations", "500", "--series", "none"];
    await gridiron(folder, [...sweep, "-o", "line"]);
    await gridiron(folder, [...sweep, "--h", "0.5:4:0.5", "-o", "map"]);
    for (const run of ["line", "map"]) {
      const { code, stdout } = await gridiron(folder, ["plot", run]);
      assertEquals(code, 0);
      assertStringIncludes(stdout, "beta");
      assertEquals(stdout.includes("\x1b"), false);
      for (const line of stdout.split("\n")) assert([...line].length < 80, line);
    }
    const { stdout } = await gridiron(folder, ["plot", "map"]);
    // A row a value of h, the largest on top, where least is accepted.
    assertMatch(stdout, /^ {2}4 │[░▒▓█]{7}░│$/m);
  });
});

Deno.test("plot tells the ends of an axis apart that are close together", async () => {
  await inFolder(async (folder) => {
    assertEquals((await gridiron(folder, ["pi", "--samples", "1e9", "-o", "pi"])).code, 0);
    const lines = (await gridiron(folder, ["plot", "pi"])).stdout.split("\n");
    const labels = lines.map((line) => /^(3\.\d+) │/.exec(line)?.[1]).filter((text) => text);
    assertEquals(labels.length, 2);
    assert(Number(labels[0]) > Number(labels[1]), labels.join());
  });
});

Deno.test("sweep --plot draws at the end, and refuses a bad name before it begins", async () => {
  await inFolder(async (folder) => {
    const sweep = ["sweep", "--beta", "1:4", "--iterations", "500", "--series", "none"];
    const bad = await gridiron(folder, [...sweep, "-o", "run", "--plot", "a.gif"]);
    assertEquals([bad.code, [...Deno.readDirSync(folder)].length], [2, 0]);
    const { code, stderr } = await gridiron(folder, [...sweep, "-o", "run", "--plot", "a.svg"]);
    assertEquals(code, 0);
    assertMatch(stderr, /^plot: +a\.svg$/m);
    const drawn = await Deno.readTextFile(`${folder}/a.svg`);
    await gridiron(folder, ["plot", "run", "-o", "b.svg"]);
    assertEquals(drawn, await Deno.readTextFile(`${folder}/b.svg`));
  });
});

Deno.test("status --watch ends with a run that is complete", async () => {
  await inFolder(async (folder) => {
    const sweep = ["sweep", "--beta", "1:4", "--iterations", "500", "--series", "none"];
    await gridiron(folder, [...sweep, "-o", "run"]);
    const { code, stdout } = await gridiron(folder, ["status", "--watch", "run"]);
    assertEquals(code, 0);
    assertMatch(stdout, /done 4, .*\nrank 0 on .*: ended, 4 points in .*, workers busy /);
  });
});

Deno.test("plot does not name a parameter that has no influence", async () => {
  await inFolder(async (folder) => {
    const photo = new URL("../examples/photos/chart.png", import.meta.url).pathname;
    const fourier = ["fourier", photo, "--radius", "5,10", "--quiet"];
    for (const [operation, isNamed] of [["lowpass", false], ["noise", true]] as const) {
      const ran = await gridiron(folder, [...fourier, "--operation", operation, "-o", operation]);
      assertEquals(ran.code, 0, ran.stderr);
      assertEquals((await gridiron(folder, ["plot", operation, "-o", "a.svg"])).code, 0);
      const svg = await Deno.readTextFile(`${folder}/a.svg`);
      assertEquals(svg.includes("noise = 0.1"), isNamed);
    }
  });
});

Deno.test("plot takes the place of nothing that the run wrote", async () => {
  await inFolder(async (folder) => {
    const sweep = ["sweep", "--beta", "1,2", "--iterations", "1000", "-o", "out", "--quiet"];
    const series = ["--series", "{beta}.svg"];
    assertEquals((await gridiron(folder, [...sweep, ...series])).code, 0);
    const before = await contents(`${folder}/out`);
    const refusal =
      /^gridiron: Cannot write to "out\/.*": that is for what the run writes, expected/;
    for (const file of ["out/1.svg", "out/ledger/x.svg", "out/figures/1.svg"]) {
      await Deno.mkdir(`${folder}/out/figures`, { recursive: true });
      for (const words of [["plot", "out", "-o", file], [...sweep, ...series, "--plot", file]]) {
        const ran = await gridiron(folder, words);
        assertEquals(ran.code, 2, words.join(" "));
        assertMatch(ran.stderr, refusal);
      }
    }
    assertEquals(await contents(`${folder}/out`), before);
    assertEquals((await gridiron(folder, ["plot", "out", "-o", "out/3.svg"])).code, 0);
  });
});

Deno.test("sweep --plot of what cannot be drawn fails when the run is whole", async () => {
  await inFolder(async (folder) => {
    const huge = ["sweep", "--beta", "1e200,2e200", "--iterations", "10"];
    const ran = await gridiron(folder, [...huge, "-o", "huge", "--plot", "huge.svg"]);
    assertEquals(ran.code, 1);
    assertMatch(
      ran.stderr,
      /results: huge\/results\.csv\n(.*\n)*gridiron: Cannot draw beta: .*\n$/,
    );
    assertEquals((await gridiron(folder, ["status", "huge"])).code, 0);
  });
});

Deno.test("plot refuses what it cannot draw in one line", async () => {
  await inFolder(async (folder) => {
    const sweep = ["sweep", "--beta", "1:3", "--h", "1:3", "--iterations", "10"];
    await gridiron(folder, [...sweep, "--series", "none", "-o", "run"]);
    const huge = ["sweep", "--beta", "1e200,2e200", "--iterations", "10"];
    await gridiron(folder, [...huge, "-o", "huge"]);
    await Deno.mkdir(`${folder}/empty`);
    const bad: [string[], RegExp][] = [
      [["empty"], /it holds no run/],
      [["run", "--point", "9", "-o", "a.svg"], /expected a whole number from 0 to 8/],
      [["run", "--point", "0", "-o", "a.svg"], /no series of numbers/],
      [["run", "--color", "colour"], /no such column, expected one of acceptance, mean_x/],
      [["run", "--x", "bet"], /no such parameter, did you mean beta\?, expected one of beta, h/],
      [["run", "--x", "m"], /it has one value in this run/],
      [["run", "--x", "h", "--y", "h"], /expected different parameters/],
      [["run", "--fix", "h"], /expected NAME=VALUE/],
      [["run", "--fix", "h=7"], /the run has no such value, expected one of 1, 2, 3/],
      [["huge"], /Cannot draw beta: it comes to [12]e\+200, expected values up to 1e\+150/],
      [["huge", "-o", "a.svg"], /Cannot draw beta: /],
      [["run", "-o", "picture"], /its name has no ending, expected .svg, .png, .html/],
      [["run", "-o", "picture.gif"], /.gif is no kind of picture here/],
      [["run", "-o", "nowhere/picture.svg"], /expected a file in a folder that is there/],
    ];
    for (const [words, message] of bad) {
      const { code, stderr, stdout } = await gridiron(folder, ["plot", ...words]);
      assertMatch(stderr, message);
      assertEquals([code, stdout, stderr.trim().split("\n").length], [2, "", 1], stderr);
    }
  });
});
