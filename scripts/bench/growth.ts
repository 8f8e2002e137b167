/**
 * `deno task growth [TEXT…]`: how time and memory grow with the size of the work, as tables and as
 * docs/growth.svg, which is written when all series were run. TEXTs choose series by their names.
 */
import { frame, heading } from "../../src/plot/frame.ts";
import { BLUE, RED } from "../../src/plot/line_plot.ts";
import { pointRuler } from "../../src/plot/scale.ts";
import { px, svgOf, textAt } from "../../src/plot/svg.ts";
import { watch } from "../../tests/usage.ts";

/** A command at several sizes. */
interface Series {
  readonly name: string;
  readonly sizes: readonly number[];
  /** The words of the command; it may write to `out` in the working directory. */
  words(size: number): string[];
  /** What has to be there before. */
  prepare?(size: number, folder: string): Promise<void>;
}

interface Measured {
  readonly size: number;
  readonly seconds: number;
  /** The largest resident set, in MB; NaN for several processes. */
  readonly memory: number;
}

const ROOT = new URL("../../", import.meta.url).pathname;
const PICTURE = new URL("../../docs/growth.svg", import.meta.url);
const PANEL = { width: 300, height: 190, left: 58, top: 30, bottom: 62 };

const powers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));

const ALL: readonly Series[] = [
  {
    name: "points of one step",
    sizes: powers(2, 7),
    words: (size) => `sweep --beta 1:${size} --iterations 1 --burn_in 0 --series none`.split(" "),
  },
  {
    name: "iterations of one point, without its series",
    sizes: powers(3, 9),
    words: (size) => `sweep --beta 1 --iterations ${size} --series none`.split(" "),
  },
  {
    name: "iterations of one point, with its series",
    sizes: powers(3, 8),
    words: (size) => `sweep --beta 1 --iterations ${size}`.split(" "),
  },
  {
    name: "samples of π",
    sizes: powers(6, 11),
    words: (size) => `pi --samples ${size}`.split(" "),
  },
  {
    name: "side of an image",
    sizes: [64, 128, 256, 512, 1024, 2048, 4096, 8192],
    words: (size) => `fourier ${size}.png --radius ${size / 10} --workers 1`.split(" "),
    prepare: writeImage,
  },
  {
    name: "workers on 324 points of 10⁶ steps",
    sizes: [1, 2, 3, 4, 6, 8],
    words: (size) => [...scan("1000000"), "--workers", String(size)],
  },
  {
    name: "local ranks of one worker on 324 points of 10⁶ steps",
    sizes: [1, 2, 4, 8],
    words: (size) => [
      ...["launch", "-N", String(size), "--cpus", "1", "--scheduler", "local", "--"],
      ...scan("1000000"),
    ],
  },
];

if (import.meta.main) await main(Deno.args);

async function main(chosen: readonly string[]): Promise<void> {
  const series = ALL.filter(({ name }) =>
    chosen.length === 0 || chosen.some((text) => name.includes(text))
  );
  const panels: string[] = [];
  for (const [place, one] of series.entries()) {
    const measured: Measured[] = [];
    for (const size of one.sizes) measured.push(await measure(one, size));
    console.log(table(one.name, measured));
    panels.push(panel(one.name, measured, place));
  }
  if (chosen.length === 0) await Deno.writeTextFile(PICTURE, picture(panels));
}

function scan(iterations: string): string[] {
  const values = "0.1,0.2,0.3,0.5,1,2,3,5,10";
  return [
    ...["sweep", "--beta", values, "--m", values, "--h", "0.25,0.5,1,2.5"],
    ...["--iterations", iterations, "--series", "none"],
  ];
}

/** A smooth picture, so that it is quick to write. */
async function writeImage(side: number, folder: string): Promise<void> {
  const { encodePng } = await import("../../src/image/encode_png.ts");
  const grey = Uint8Array.from(
    { length: side * side },
    (_, i) => 128 + 100 * Math.sin((i % side) / 9) * Math.cos(Math.floor(i / side) / 7),
  );
  await Deno.writeFile(`${folder}/${side}.png`, encodePng(side, side, grey));
}

/** The whole command, in a folder of its own. */
async function measure({ words, prepare }: Series, size: number): Promise<Measured> {
  const folder = await Deno.makeTempDir({ prefix: "gridiron-growth-" });
  await prepare?.(size, folder);
  const argv = words(size);
  const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const flags = (tasks[argv[0]!] as string).split(" ").filter((word) => word.startsWith("--"));
  const start = performance.now();
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, `${ROOT}main.ts`, ...argv, "--quiet", "-o", "out"],
    ...{ cwd: folder, env: { INIT_CWD: folder }, stdout: "null", stderr: "piped" },
  }).spawn();
  const watched = watch(process.pid);
  const { code, stderr } = await process.output();
  const seconds = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  const { memory } = await watched;
  await Deno.remove(folder, { recursive: true });
  return { size, seconds, memory: argv[0] === "launch" ? NaN : memory / 1024 };
}

function table(name: string, measured: readonly Measured[]): string {
  const lines = measured.map(({ size, seconds, memory }) =>
    `| ${size} | ${seconds.toPrecision(3)} | ${Number.isNaN(memory) ? "" : memory.toFixed(0)} |`
  );
  return [`| ${name} | seconds | MB |`, "| --: | --: | --: |", ...lines, ""].join("\n");
}

/** Time and memory against size, on logarithmic axes. */
function panel(name: string, measured: readonly Measured[], place: number): string {
  const left = (place % 2) * (PANEL.width + PANEL.left + 24) + PANEL.left + 8;
  const rowHeight = PANEL.height + PANEL.top + PANEL.bottom;
  const top = Math.floor(place / 2) * rowHeight + PANEL.top + 52;
  const box = { left, top, width: PANEL.width, height: PANEL.height };
  const lines = [
    { colour: BLUE, values: measured.map(({ seconds }) => seconds) },
    { colour: RED, values: measured.map(({ memory }) => memory) },
  ];
  const sizes = measured.map(({ size }) => size);
  const x = pointRuler(sizes, { from: left, to: left + box.width }, {
    ...{ isLog: true, isUpright: false },
  });
  const y = pointRuler(lines.flatMap(({ values }) => values).filter(Number.isFinite), {
    from: top + box.height,
    to: top,
  }, {
    ...{ isLog: true, isUpright: true },
  });
  let body = frame(box, { x, y }, { xLabel: name, yLabel: " " });
  for (const { colour, values } of lines) {
    const points = values.flatMap((value, i) =>
      Number.isFinite(value) ? [`${px(x.scale(sizes[i]!))} ${px(y.scale(value))}`] : []
    );
    if (points.length === 0) continue;
    body += `<path d="M${points.join("L")}" fill="none" stroke="${colour}"/>\n`;
    for (const point of points) {
      const [cx, cy] = point.split(" ");
      body += `<circle cx="${cx}" cy="${cy}" r="2.5" fill="${colour}"/>\n`;
    }
  }
  return body;
}

function picture(panels: readonly string[]): string {
  const width = 2 * (PANEL.width + PANEL.left + 24) + 8;
  const height = Math.ceil(panels.length / 2) * (PANEL.height + PANEL.top + PANEL.bottom) + 56;
  const title = "Time and memory against the size of the work";
  const { body } = heading(title, [], width);
  const legend = textAt("seconds, whole command", { x: 12, y: 46, colour: BLUE }) +
    textAt("MB, largest resident set", { x: 180, y: 46, colour: RED });
  return svgOf(width, height, title, body + legend + panels.join(""));
}
