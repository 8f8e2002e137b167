/** Figures, read back, against a plain version of what they should show. */
import { assertEquals, assertThrows } from "@std/assert";
import { crc32 } from "../checksum.ts";
import { decodeImage } from "./decode.ts";
import { drawFigure, MAX_PANELS, type Panel } from "./figure.ts";
import { hasInk } from "./font.ts";

/** A panel of noise by a congruential generator. */
function noise(width: number, height: number, title = "noise"): Panel {
  let state = width * 7919 + height;
  const grey = Uint8Array.from({ length: width * height }, () => {
    state = Math.imul(state, 1103515245) + 12345 >>> 0;
    return state >>> 24;
  });
  return { title, width, height, grey };
}

/** A panel as it should be shown, pixel by pixel by the definition. */
function plainScale({ width, height, grey }: Panel, longest: number): number[][] {
  const reduce = Math.ceil(longest / 512);
  const enlarge = longest < 256 ? Math.floor(512 / longest) : 1;
  const range = (count: number) => Array.from({ length: count }, (_, i) => i);
  return range(Math.ceil(height / reduce) * enlarge).map((y) =>
    range(Math.ceil(width / reduce) * enlarge).map((x) => {
      const values = range(reduce).flatMap((dy) =>
        range(reduce).flatMap((dx) => {
          const fromY = Math.floor(y / enlarge) * reduce + dy;
          const fromX = Math.floor(x / enlarge) * reduce + dx;
          return fromY < height && fromX < width ? [grey[fromY * width + fromX]!] : [];
        })
      );
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const below = Math.floor(mean);
      if (mean - below !== 0.5) return Math.round(mean);
      return below % 2 === 0 ? below : below + 1;
    })
  );
}

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rows: readonly (readonly number[])[];
}

async function draw(panels: readonly Panel[]): Promise<Picture> {
  const { width, height, grey } = await decodeImage(drawFigure(panels), { grey: "luma" });
  const rows = Array.from({ length: height }, (_, y) => [
    ...grey.subarray(y * width, (y + 1) * width),
  ]);
  return { width, height, rows };
}

function cut({ rows }: Picture, area: { x: number; y: number; width: number; height: number }) {
  return rows.slice(area.y, area.y + area.height).map((row) =>
    row.slice(area.x, area.x + area.width)
  );
}

/** Margin, title, gap and frame above a panel. */
const ABOVE = 24 + 18 + 6 + 1;

Deno.test("drawFigure() shows panels of any size as their plain version does", async () => {
  const sizes = [
    [1, 1],
    [1, 7],
    [300, 1],
    [3, 2],
    [255, 100],
    [256, 31],
    [400, 300],
    [512, 9],
    [513, 11],
    [1025, 700],
    [2, 3001],
    [4096, 33],
  ] as const;
  for (const [width, height] of sizes) {
    const panel = noise(width, height);
    const expected = plainScale(panel, Math.max(width, height));
    const shown = { width: expected[0]!.length, height: expected.length };
    const picture = await draw([panel]);
    const cell = Math.max(288, shown.width + 2);
    assertEquals(picture.width, cell + 48, `${width}×${height}`);
    assertEquals(picture.height, ABOVE + shown.height + 1 + 24);
    const x = 24 + Math.floor((cell - shown.width) / 2);
    assertEquals(cut(picture, { x, y: ABOVE, ...shown }), expected, `${width}×${height}`);
    // All around it the frame, and white around the frame.
    const around = cut(picture, {
      x: x - 2,
      y: ABOVE - 2,
      width: shown.width + 4,
      height: shown.height + 4,
    });
    const line = (edge: number, inside: number) => [
      edge,
      inside,
      ...Array(shown.width).fill(inside),
      inside,
      edge,
    ];
    assertEquals(around[0], line(255, 255));
    assertEquals(around[1], line(255, 128));
    assertEquals(around[2]!.slice(0, 2), [255, 128]);
    assertEquals(around.at(-3)!.slice(-2), [128, 255]);
    assertEquals(around.at(-2), line(255, 128));
    assertEquals(around.at(-1), line(255, 255));
  }
});

Deno.test("drawFigure() rounds halves of a box to even", async () => {
  // Boxes of two values, since the panel is one pixel high: means 0.5, 1.5, 2.5 and 254.5.
  const grey = new Uint8Array(1024);
  grey.set([0, 1, 1, 2, 2, 3, 254, 255]);
  const picture = await draw([{ title: "", width: 1024, height: 1, grey }]);
  assertEquals(cut(picture, { x: 25, y: ABOVE, width: 5, height: 1 }), [[0, 2, 2, 254, 0]]);
});

Deno.test("drawFigure() puts all panels at one scale in two columns", async () => {
  const panels = [noise(1024, 600), noise(512, 1), noise(10, 10), noise(7, 900)];
  const picture = await draw(panels);
  const cell = { width: 514, height: 18 + 6 + 450 + 2 };
  assertEquals([picture.width, picture.height], [3 * 24 + 2 * 514, 3 * 24 + 2 * cell.height]);
  for (const [i, panel] of panels.entries()) {
    const expected = plainScale(panel, 1024);
    const [width, height] = [expected[0]!.length, expected.length];
    const x = 24 + i % 2 * (cell.width + 24) + Math.floor((cell.width - width) / 2);
    const y = ABOVE + Math.floor(i / 2) * (cell.height + 24);
    assertEquals(cut(picture, { x, y, width, height }), expected, `panel ${i}`);
  }
  const three = await draw(panels.slice(0, 3));
  assertEquals([three.width, three.height], [picture.width, 72 + 2 * (18 + 6 + 300 + 2)]);
});

/** The letters that stand above a panel in the middle of a cell. */
function hasTitle({ rows }: Picture, title: string, cell: number): boolean {
  const characters = [...title];
  const left = 24 + Math.floor((cell - (characters.length * 12 - 2)) / 2);
  return rows.slice(24, 24 + 18).every((row, y) =>
    row.every((value, at) => {
      const x = at - left;
      const character = x < 0 ? undefined : characters[Math.floor(x / 12)];
      const column = Math.floor(x % 12 / 2);
      const ink = character !== undefined && column < 5 &&
        hasInk(character, column, Math.floor(y / 2));
      return value === (ink ? 0 : 255);
    })
  );
}

Deno.test("drawFigure() writes titles in the middle and cuts long ones", async () => {
  const titled = async (title: string, drawn: string) => {
    const picture = await draw([noise(1, 400, title)]);
    assertEquals(hasTitle(picture, drawn, 288), true, title);
  };
  await titled("spectrum after the mask", "spectrum after the mask");
  await titled("x", "x");
  await titled("Größe", "Gr??e");
  await titled("\u{1f600}\n", "??");
  await titled("exactly 24 letters long!", "exactly 24 letters long!");
  await titled("no more than 24 letters l", "no more than 24 letters…");
  await titled("a blank before the end: longer", "a blank before the end:…");
  await titled("never a blank before it 1", "never a blank before it…");
  await titled("long ".repeat(1e5), "long long long long lon…");
  const wide = await draw([noise(500, 3, "x".repeat(43))]);
  assertEquals(hasTitle(wide, "x".repeat(41) + "…", 502), true);
});

Deno.test("drawFigure() takes no title for a title", async () => {
  const { rows } = await draw([noise(5, 5, "")]);
  assertEquals(rows.slice(0, ABOVE - 1).flat().every((value) => value === 255), true);
});

Deno.test("drawFigure() always writes the same bytes", () => {
  const titles = ["original", "log power spectrum", "spectrum after the mask", "result"];
  const figure = (width: number, height: number) => {
    const png = drawFigure(titles.map((title) => noise(width, height, title)));
    return [png.length, crc32(png)];
  };
  // Golden: `deno test --allow-read src/image/figure_test.ts` prints what comes out.
  assertEquals([figure(310, 187), figure(1, 1), figure(1301, 901), figure(19, 33)], [
    [239002, 107869514],
    [5077, 1900881119],
    [480343, 3974196897],
    [9140, 1819526676],
  ]);
});

Deno.test("drawFigure() reduces 4096 × 4096 pixels, without a copy of them", async () => {
  const width = 4096;
  const grey = new Uint8Array(width * width);
  for (let y = 0; y < width; y++) grey.fill(y >> 4, y * width, (y + 1) * width);
  const panel = { title: "rows", width, height: width, grey };
  const picture = await draw([panel, panel, panel, panel]);
  assertEquals([picture.width, picture.height], [3 * 24 + 2 * 514, 3 * 24 + 2 * 538]);
  const column = cut(picture, { x: 25 + 538 + 100, y: ABOVE, width: 1, height: 512 }).flat();
  assertEquals(column, Array.from({ length: 512 }, (_, y) => y >> 1));
});

Deno.test("drawFigure() refuses no panels, too many, and sizes that do not fit", () => {
  const one = noise(1, 1);
  assertEquals(drawFigure(Array(MAX_PANELS).fill(one)).length > 0, true);
  const refused = (panels: readonly Panel[], why: string) =>
    assertThrows(() => drawFigure(panels), RangeError, why);
  refused([], "Cannot draw 0 panels: expected from 1 to 16");
  refused(Array(MAX_PANELS + 1).fill(one), "Cannot draw 17 panels");
  refused([one, { ...one, width: 2 }], 'Cannot draw "noise": 1 values for 2×1 pixels');
  refused([{ ...one, height: 0, grey: new Uint8Array() }], "0 values for 1×0 pixels");
  refused([{ ...one, height: 0.5, width: 2 }], "1 values for 2×0.5 pixels");
});
