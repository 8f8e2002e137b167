/** The Fourier kernel against NumPy, closed forms and what each operation means. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import type { Picture, Point } from "../kernel.ts";
import { open } from "./kernel.ts";
import { observeReal } from "./observe.ts";

const kernel = await open();

function pictureOf(
  width: number,
  height: number,
  value: (x: number, y: number) => number,
  maximum = 255,
): Picture {
  const grey = Float64Array.from({ length: width * height }, (_, i) => {
    return value(i % width, Math.floor(i / width));
  });
  return { width, height, grey, maximum };
}

/** A picture that NumPy has too. */
const picture = pictureOf(31, 20, (x, y) => (7 * x * x + 11 * y + 3 * x * y) % 256);

const KEY: Uint32Array = Uint32Array.of(1, 2, 3, 4);

/** What is asked for by default, but for `values`. */
function pointOf(picture: Picture, values: Point["values"], key = KEY): Point {
  const defaults = { operation: "lowpass", radius: 4, units: "bins", noise: 0.1, observe: "auto" };
  return { values: { ...defaults, ...values }, picture, key, seedKey: new Uint32Array(4) };
}

/** Row, picture and panels of a point. */
function run(point: Point) {
  const job = kernel.start([point], true);
  while (!job.slice(performance.now() + 100)) assert(job.progress < 1);
  const grey = job.series(0).slice();
  const row = job.row(0);
  if (row instanceof Error) throw row;
  const [width, height, energyKept, rmsChange, minimum, maximum] = row;
  return { width, height, energyKept, rmsChange, minimum, maximum, grey, panels: job.panels!(0) };
}

function assertClose(actual: readonly (number | undefined)[], expected: readonly number[]): void {
  for (const [i, value] of expected.entries()) {
    assertAlmostEquals(actual[i]!, value, 1e-12 * Math.max(1, Math.abs(value)));
  }
}

// python3, NumPy 1.24: F = np.fft.fft2(a); r = np.fft.ifft2(F * mask).real, with a as above, the
// mask u*u + v*v <= 16 (or its rest) of signed bins u, v; energy_kept = sum|F mask|^2 / sum|F|^2.
for (
  const [values, energy, change, minimum, maximum, at] of [
    [{ radius: 4 }, 0.7570888682673368, 71.972902471848, 53.85501211567344, 161.5523821680172, 143],
    [
      { radius: 4, operation: "highpass" },
      ...[0.2429111317326632, 127.0628928095559, -142.0520597496756, 149.99524007229715, undefined],
    ],
    [
      { radius: 0.25, units: "cycles" },
      ...[0.7866036860785087, 67.458823851152, -3.6944272138494627, 207.80002041835212, 161],
    ],
  ] as [Point["values"], number, number, number, number, number | undefined][]
) {
  Deno.test(`fourier agrees with NumPy: ${JSON.stringify(values)}`, () => {
    const { energyKept, rmsChange, ...seen } = run(pointOf(picture, values));
    assertClose([energyKept, rmsChange, seen.minimum, seen.maximum], [
      ...[energy, change, minimum, maximum],
    ]);
    assertEquals([seen.width, seen.height, seen.grey.length], [31, 20, 620]);
    if (at !== undefined) assertEquals(seen.grey[3 * 31 + 5], at);
  });
}

Deno.test("fourier autocorrelates: the inverse of |F|^2, as NumPy has it", () => {
  const seen = run(pointOf(picture, { operation: "autocorrelation", radius: 0 }));
  assertClose([seen.minimum, seen.maximum], [9179418, 13221548]);
  // Without a shift it is the sum of squares, the largest of all, and white.
  const squares = picture.grey.reduce((sum, value) => sum + value * value, 0);
  assertClose([seen.maximum], [squares]);
  assertEquals([seen.grey[0], seen.energyKept, seen.rmsChange], [255, 1, NaN]);
  // As they are, all of these are far beyond white.
  const real = { operation: "autocorrelation", observe: "real" };
  assert(run(pointOf(picture, real)).grey.every((value) => value === 255));
});

Deno.test("fourier clips what is beyond black and white, however far", () => {
  // The autocorrelation of a wave has both signs; these go from grey levels to billions of them.
  for (const height of [3, 40, 700, 60_000]) {
    const wave = pictureOf(37, 24, (x) => height * Math.cos(2 * Math.PI * x / 37));
    const { grey } = run(pointOf(wave, { operation: "autocorrelation", observe: "real" }));
    const plain = Array.from(grey, (_, i) => {
      const value = 24 * 37 / 2 * height * height * Math.cos(2 * Math.PI * (i % 37) / 37);
      return Math.min(255, Math.max(0, value));
    });
    for (const [i, value] of plain.entries()) assert(Math.abs(grey[i]! - value) < 0.6, `${i}`);
  }
});

Deno.test("fourier shows nothing of a flat picture outside the circle", () => {
  const flat = pictureOf(31, 20, () => 100);
  assert(run(pointOf(flat, { operation: "highpass" })).grey.every((value) => value === 0));
  // One grey level in one pixel is something.
  const spot = pictureOf(31, 20, (x, y) => x === 5 && y === 3 ? 101 : 100);
  assertEquals(run(pointOf(spot, { operation: "highpass" })).grey[3 * 31 + 5], 255);
});

Deno.test("fourier keeps the mean alone at radius 0, at odd sizes too", () => {
  for (const [width, height] of [[13, 9], [8, 8], [1, 7], [7, 1], [1, 1]] as const) {
    const scene = pictureOf(width, height, (x, y) => (50 + 31 * x + 17 * y) % 256);
    const { minimum, maximum } = run(pointOf(scene, { radius: 0 }));
    const mean = scene.grey.reduce((sum, value) => sum + value, 0) / scene.grey.length;
    assertClose([minimum, maximum], [mean, mean]);
  }
});

Deno.test("fourier passes everything at a large radius, and nothing outside it", () => {
  const low = run(pointOf(picture, { radius: 100 }));
  assertEquals([...low.grey], [...picture.grey]);
  assertEquals(low.energyKept, 1);
  const high = run(pointOf(picture, { radius: 100, operation: "highpass" }));
  assertEquals(high.energyKept, 0);
});

Deno.test("fourier puts salt and pepper on the share of pixels that is asked for", () => {
  const scene = pictureOf(200, 150, () => 100);
  const noisy = (noise: number, key?: Uint32Array) =>
    run(pointOf(scene, { operation: "noise", noise, radius: 3 }, key)).panels[0]!.grey;
  const changed = noisy(0.1).filter((value) => value !== 100);
  assert(Math.abs(changed.length - 3000) < 4 * Math.sqrt(30000 * 0.09), `${changed.length}`);
  const white = changed.filter((value) => value === 255).length;
  assert(Math.abs(white - changed.length / 2) < 2 * Math.sqrt(changed.length), `${white}`);
  assertEquals(noisy(0.1), noisy(0.1));
  assert(noisy(0.1).join() !== noisy(0.1, Uint32Array.of(1, 2, 3, 5)).join());
  assert(noisy(1).every((value) => value === 0 || value === 255));
  // Without noise it is a highpass, and the picture is not disturbed for the next one.
  const point = { radius: 4, noise: 0 };
  assertEquals(
    run(pointOf(picture, { ...point, operation: "noise" })).grey,
    run(pointOf(picture, { ...point, operation: "highpass" })).grey,
  );
});

Deno.test("fourier keeps the range of 16 bits", () => {
  const deep = pictureOf(31, 20, (x, y) => picture.grey[y * 31 + x]! * 257, 65535);
  const [wide, narrow] = [deep, picture].map((scene) => run(pointOf(scene, { radius: 4 })));
  assertClose([wide!.maximum, wide!.rmsChange], [257 * narrow!.maximum!, 257 * narrow!.rmsChange!]);
  assertEquals(wide!.grey, narrow!.grey);
});

Deno.test("fourier tells nothing of the energy of a black picture, and shows it black", () => {
  const black = run(pointOf(pictureOf(6, 5, () => 0), { operation: "highpass" }));
  assertEquals([black.energyKept, black.minimum, black.maximum], [NaN, 0, 0]);
  assert(black.grey.every((value) => value === 0));
});

Deno.test("fourier draws four panels of its own size, zero frequency in the middle", () => {
  const { panels, grey } = run(pointOf(picture, { radius: 2 }));
  assertEquals(panels.map(({ title }) => title), [
    "original",
    "log power spectrum",
    "spectrum after the mask",
    "result: lowpass",
  ]);
  for (const panel of panels) assertEquals([panel.width, panel.height], [31, 20]);
  assertEquals([...panels[0]!.grey], [...picture.grey]);
  const middle = 10 * 31 + 15;
  assertEquals([panels[1]!.grey[middle], panels[2]!.grey[middle]], [255, 255]);
  // 13 bins lie within a radius of 2.
  assertEquals(panels[2]!.grey.filter((value) => value > 0).length, 13);
  assertEquals(panels[3]!.grey, grey);
});

Deno.test("observeReal() rounds half to even and clips", () => {
  const values = Float64Array.of(-3, -0.5, 0.5, 1.5, 2.5, 254.5, 255.4, 900);
  assertEquals([...observeReal(values, 255)], [0, 0, 0, 2, 2, 254, 255, 255]);
});

Deno.test("fourier shows amplitudes and intensities as the plain formulas have them", () => {
  const { grey } = picture;
  const amplitudes = run(pointOf(picture, { operation: "highpass", observe: "real" }));
  assert(amplitudes.grey.includes(0) && amplitudes.maximum! < 150);
  const seen = run(pointOf(picture, { radius: 100, observe: "intensity" })).grey;
  const most = Math.max(...grey);
  for (const [i, value] of grey.entries()) {
    const exact = value * value / (most * most) * 255;
    assert(Math.abs(seen[i]! - exact) <= 0.5 + 1e-9, `${exact} became ${seen[i]}`);
  }
});

Deno.test("fourier asks for one picture", () => {
  const point = pointOf(picture, {});
  assertThrows(() => kernel.start([point, point], false), RangeError, "expected one");
});
