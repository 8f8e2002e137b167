/**
 * Draws examples/photos: a landscape, a lens test chart and a micrograph, from seeded noise and
 * plain geometry. JPEGs are compressed by cjpeg (`apt-get install libjpeg-turbo-progs`):
 *
 *     deno run --allow-write=examples/photos --allow-run=cjpeg scripts/make_photos.ts
 */
import { encodePng } from "../src/image/encode_png.ts";

/** Red, green and blue, 0 to 1. */
type Colour = readonly [number, number, number];

const folder = new URL("../examples/photos/", import.meta.url);

if (import.meta.main) {
  await writeJpeg("landscape.jpg", { width: 620, height: 747 }, landscape);
  await writeJpeg("micrograph.jpg", { width: 400, height: 400 }, makeMicrograph());
  await writeChart("chart.png", { width: 512, height: 384 });
}

interface Size {
  readonly width: number;
  readonly height: number;
}

async function writeJpeg(name: string, { width, height }: Size, scene: Scene): Promise<void> {
  const head = new TextEncoder().encode(`P6 ${width} ${height} 255\n`);
  const pixels = new Uint8Array(head.length + 3 * width * height);
  pixels.set(head);
  for (let y = 0, at = head.length; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (const value of scene(x, y)) pixels[at++] = toByte(value + 0.012 * grain(x, y, at));
    }
  }
  const args = ["-quality", "70", "-optimize", "-sample", "2x2"];
  const child = new Deno.Command("cjpeg", { args, stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await Promise.all([writer.write(pixels), writer.close()]);
  const { success, stdout } = await child.output();
  if (!success) throw new Error(`Cannot write "${name}": cjpeg failed`);
  await Deno.writeFile(new URL(name, folder), stdout);
}

/** The colour at a pixel, from the upper left corner. */
type Scene = (x: number, y: number) => Colour;

/** Mountains behind one another, paler with distance, above a lake that mirrors them. */
function landscape(x: number, y: number): Colour {
  const shore = 505 + 6 * fractal(x / 40, 3, 91);
  const meadow = 655 + 30 * fractal(x / 140, 7, 92) + 0.05 * x;
  if (y > meadow) return grass(x, y, y - meadow);
  if (y < shore) return slopes(x, y);
  const depth = y - shore;
  const ripple = 5 * fractal(x / 30, depth / 3, 93) * (0.3 + depth / 90);
  const mirrored = slopes(x + ripple, shore - depth * 1.15 + ripple);
  const glint = fractal(x / 9, depth / 1.5, 94) > 0.38 ? 0.12 : 0;
  return mix(add(mirrored, glint), [0.06, 0.14, 0.22], 0.25 + depth / 500);
}

/** Sky, sun and six ridges. */
function slopes(x: number, y: number): Colour {
  const fromSun = Math.hypot(x - 430, y - 150);
  const cloud = Math.max(0, fractal(x / 150, y / 45, 11) + 0.05) * (1 - y / 700);
  const sky = mix([0.32, 0.5, 0.78], [0.98, 0.8, 0.58], Math.min(1, Math.max(0, y / 420)));
  let colour = mix(sky, [0.97, 0.95, 0.93], Math.min(0.85, 1.8 * cloud));
  colour = mix(colour, [1, 0.96, 0.82], 0.75 * Math.exp(-fromSun / 90));
  if (fromSun < 27) colour = [1, 0.99, 0.93];
  for (let ridge = 0; ridge < 6; ridge++) {
    const far = 1 - ridge / 5;
    const base = 285 + 44 * ridge;
    const peaks = Math.abs(fractal(x / (190 - 18 * ridge), ridge * 7.3, 20 + ridge));
    const top = base - (190 - 26 * ridge) * peaks - 12 * fractal(x / 14, ridge, 40 + ridge);
    if (y < top) continue;
    const light = fractal((x + 0.6 * y) / 26, (y - 0.4 * x) / 60, 60 + ridge);
    const forest = ridge > 3 ? 0.06 + 0.07 * fractal(x / 3, y / 7, 70 + ridge) : 0;
    const rock: Colour = [
      0.27 + 0.2 * light - forest,
      0.29 + 0.18 * light + forest / 2,
      0.3 + 0.14 * light - 1.5 * forest,
    ];
    const snow = ridge < 3 && y - top < 40 * peaks + 26 * light ? 0.75 : 0;
    const lit = mix(rock, [0.93, 0.94, 0.97], snow);
    colour = mix(lit, [0.72, 0.74, 0.8], 0.78 * far * far + 0.06);
  }
  return colour;
}

function grass(x: number, y: number, depth: number): Colour {
  const blade = fractal((x + 5 * fractal(x / 25, y / 30, 84)) / 2.2, y / 16, 81);
  const patch = fractal(x / 45, y / 22, 82);
  const flower = grain(Math.floor(x / 3), Math.floor(y / 3), 83) > 0.985 && patch > 0;
  if (flower) return [0.95, 0.85 + 0.1 * blade, 0.35];
  const shade = 0.75 + 0.5 * blade + 0.25 * patch - 0.0012 * depth;
  return [0.27 * shade, 0.42 * shade, 0.13 * shade];
}

/** Stained cells under uneven light: membranes, granular insides, dark nuclei, some overlapping. */
function makeMicrograph(): Scene {
  const cells = Array.from({ length: 46 }, (_, i) => ({
    x: 400 * unit(i, 1),
    y: 400 * unit(i, 2),
    radius: 20 + 20 * unit(i, 3),
    stretch: 0.75 + 0.5 * unit(i, 4),
    angle: Math.PI * unit(i, 5),
    nucleus: 0.28 + 0.16 * unit(i, 6),
  }));
  return (x, y) => {
    const light = 0.93 - 0.0000025 * ((x - 170) ** 2 + (y - 210) ** 2) +
      0.03 * fractal(x / 90, y / 90, 5);
    let colour: Colour = [light, light * 0.93, light * 0.96];
    for (const [i, cell] of cells.entries()) {
      const [dx, dy] = [x - cell.x, y - cell.y];
      const along = dx * Math.cos(cell.angle) + dy * Math.sin(cell.angle);
      const across = dy * Math.cos(cell.angle) - dx * Math.sin(cell.angle);
      const wobble = 1 + 0.16 * fractal(dx / 18 + 50 * i, dy / 18, 6);
      const distance = Math.hypot(along * cell.stretch, across / cell.stretch) /
        (cell.radius * wobble);
      if (distance > 1.12) continue;
      const inside = 1 - smooth((distance - 0.94) / 0.1);
      const membrane = Math.exp(-(((distance - 0.97) / 0.05) ** 2));
      const granules = 0.1 * fractal(x / 4, y / 4, 200 + i);
      colour = mix(colour, [0.86 + granules, 0.62 + granules, 0.76 + granules], 0.6 * inside);
      colour = mix(colour, [0.55, 0.28, 0.52], 0.65 * membrane);
      const core = Math.hypot(dx - 3, dy + 2) / (cell.radius * cell.nucleus * wobble);
      const chromatin = 0.14 * fractal(x / 3, y / 3, 300 + i);
      colour = mix(
        colour,
        [0.33 + chromatin, 0.2 + chromatin, 0.5 + chromatin],
        0.9 * (1 - smooth((core - 0.85) / 0.3)),
      );
    }
    return colour;
  };
}

/** A test chart as a lens sees it: averaged over 4 × 4 points a pixel. */
async function writeChart(name: string, { width, height }: Size): Promise<void> {
  const grey = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let i = 0; i < 16; i++) sum += chart(x + (i % 4 + 0.5) / 4, y + ((i >> 2) + 0.5) / 4);
      grey[y * width + x] = toByte(0.07 + 0.86 * sum / 16);
    }
  }
  await Deno.writeFile(new URL(name, folder), encodePng(width, height, grey));
}

/** A star of 36 rays, bars from wide to narrow both ways, a slanted edge and steps of grey. */
function chart(x: number, y: number): number {
  const [dx, dy] = [x - 256, y - 168];
  const radius = Math.hypot(dx, dy);
  if (radius < 4) return 0.5;
  if (radius < 140) return Math.sin(36 * Math.atan2(dy, dx)) > 0 ? 1 : 0;
  if (radius < 144) return 0;
  if (y > 334 && y < 368 && x > 24 && x < 488) return Math.floor((x - 24) / 29) / 15;
  const isLeft = x < 256;
  const column = isLeft ? x - 18 : x - 412;
  if (column > 0 && column < 82 && y > 18 && y < 318) {
    const block = Math.floor((y - 18) / 50);
    if ((y - 18) % 50 > 42) return 1;
    const period = [16, 11, 8, 6, 4, 3][block]!;
    if (!isLeft && block > 3) return (column - 40) * 0.9962 + (y - 270) * 0.0872 > 0 ? 1 : 0;
    return (isLeft ? column : y - 18) % period < period / 2 ? 0 : 1;
  }
  return 1;
}

/** Smooth noise with detail at five scales, about −0.7 to 0.7. */
function fractal(x: number, y: number, seed: number): number {
  let sum = 0;
  for (let octave = 0, scale = 1; octave < 5; octave++, scale *= 2) {
    sum += noise(x * scale, y * scale, seed + 1000 * octave) / scale;
  }
  return sum / 1.4;
}

/** Values at whole coordinates, −1 to 1, with smooth steps between. */
function noise(x: number, y: number, seed: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [u, v] = [smooth(x - left), smooth(y - top)];
  const above = grain(left, top, seed) * (1 - u) + grain(left + 1, top, seed) * u;
  const below = grain(left, top + 1, seed) * (1 - u) + grain(left + 1, top + 1, seed) * u;
  return above * (1 - v) + below * v;
}

/** A number from −1 to 1 that looks drawn at random: MurmurHash3's finalizer over the arguments. */
function grain(x: number, y: number, seed: number): number {
  let hash = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca77) ^ Math.imul(seed, 0xc2b2ae3d);
  hash = Math.imul(hash ^ hash >>> 16, 0x85ebca6b);
  hash = Math.imul(hash ^ hash >>> 13, 0xc2b2ae35);
  return ((hash ^ hash >>> 16) >>> 0) / 2 ** 31 - 1;
}

function unit(i: number, seed: number): number {
  return (grain(i, 7, seed) + 1) / 2;
}

function smooth(t: number): number {
  const bounded = Math.min(1, Math.max(0, t));
  return bounded * bounded * (3 - 2 * bounded);
}

function mix(from: Colour, to: Colour, amount: number): Colour {
  const share = Math.min(1, Math.max(0, amount));
  const [red, green, blue] = from.map((value, i) => value + (to[i]! - value) * share);
  return [red!, green!, blue!];
}

function add([red, green, blue]: Colour, light: number): Colour {
  return [red + light, green + light, blue + light];
}

function toByte(value: number): number {
  return Math.round(255 * Math.min(1, Math.max(0, value)));
}
