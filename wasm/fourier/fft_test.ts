/** The Fourier transform's filters against plain sums, and by its own laws. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { plainSpectrum2d } from "../../tests/plain_transform.ts";
import {
  doubles,
  EVERYTHING,
  filtered,
  greys,
  inRanges,
  load,
  powers,
  setMask,
  SHAPES,
} from "../../tests/transform.ts";
import * as wasm from "./kernel.wasm";
import type { Mask } from "./panels.ts";

/** The spectrum, the mask and the way back as plain sums; the bins kept and their energy. */
function plainFilter(image: Float64Array, width: number, height: number, mask: Mask) {
  const columns = Math.floor(width / 2) + 1;
  const spectrum = plainSpectrum2d(image, width, height);
  const result = new Float64Array(width * height);
  const kept = new Set<number>();
  let energy = 0;
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      // The right half mirrors the left one: F(width − u, height − v) = F*(u, v).
      const isLeft = u < columns;
      const [row, column] = isLeft ? [v, u] : [(height - v) % height, width - u];
      const signedU = 2 * u < width ? u : u - width;
      const signedV = 2 * v < height ? v : v - height;
      const [scaledU, scaledV] = [signedU / mask.divisorU, signedV / mask.divisorV];
      const isInside = scaledU * scaledU + scaledV * scaledV <= mask.radius * mask.radius;
      if (isInside === mask.outside) continue;
      let re = spectrum[2 * (row * columns + column)]!;
      let im = spectrum[2 * (row * columns + column) + 1]! * (isLeft ? 1 : -1);
      if (isLeft) kept.add(v * columns + u);
      energy += re * re + im * im;
      if (mask.squared) [re, im] = [re * re + im * im, 0];
      for (let y = 0, i = 0; y < height; y++) {
        for (let x = 0; x < width; x++, i++) {
          const turns = ((u * x * height + v * y * width) % (width * height)) / (width * height);
          result[i]! += re * Math.cos(2 * Math.PI * turns) - im * Math.sin(2 * Math.PI * turns);
        }
      }
    }
  }
  return { kept, energy, result: result.map((sum) => sum / (width * height)) };
}

Deno.test("filterColumns() is a plain filter: ellipses, complements, squares, energies", () => {
  for (const [width, height] of SHAPES.filter(([width, height]) => width * height < 400)) {
    const image = greys(width * height);
    const masks = [0, 1, 2, 2.5, 5, 100].flatMap((radius) =>
      [false, true].flatMap((outside) =>
        [false, true].flatMap((squared) => [
          { divisorU: 1, divisorV: 1, radius, outside, squared },
          { divisorU: width, divisorV: height, radius: radius / 10, outside, squared },
        ])
      )
    );
    for (const mask of masks) {
      const about = `${width}×${height} ${JSON.stringify(mask)}`;
      const plain = plainFilter(image, width, height, mask);
      load(image, width, height);
      const power = powers(mask, width, height);
      power.forEach((value, i) => assert(plain.kept.has(i) || value === 0, about));
      const tolerance = 1e-12 * wasm.energyTotal();
      assertAlmostEquals(wasm.energyKept(), plain.energy, tolerance, about);
      const result = filtered(mask, width * height);
      assertAlmostEquals(wasm.energyKept(), plain.energy, tolerance, about);
      const largest = plain.result.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      result.forEach((value, i) =>
        assertAlmostEquals(value, plain.result[i]!, 1e-13 * largest, about)
      );
    }
  }
});

Deno.test("inverseRows() gives back the image when everything is kept", () => {
  const shapes = [...SHAPES, [620, 747], [1009, 13], [11, 1013], [251, 2 * 257]] as const;
  for (const [width, height] of shapes) {
    const image = greys(width * height);
    load(image, width, height);
    assertEquals(filtered(EVERYTHING, image.length).map(Math.round), image);
    const allButMean = { ...EVERYTHING, radius: 0, outside: true };
    const mean = image.reduce((sum, grey) => sum + grey, 0) / image.length;
    const result = filtered(allButMean, image.length).map((value) => Math.round(value + mean));
    assertEquals(result, image);
  }
});

Deno.test("filterColumns() with squares gives the circular autocorrelation", () => {
  const [width, height] = [10, 9];
  const image = greys(width * height);
  load(image, width, height);
  const result = filtered({ ...EVERYTHING, squared: true }, image.length);
  result.forEach((value, i) => {
    const [shiftX, shiftY] = [i % width, Math.floor(i / width)];
    const sum = image.reduce((sum, grey, j) => {
      const [x, y] = [(j + shiftX) % width, (Math.floor(j / width) + shiftY) % height];
      return sum + grey * image[y * width + x]!;
    }, 0);
    assertEquals(Math.round(value), sum);
  });
});

Deno.test("energyTotal() and energyKept() obey Parseval's theorem", () => {
  for (const [width, height] of [...SHAPES, [620, 747]] as const) {
    const image = greys(width * height);
    load(image, width, height);
    const total = image.reduce((sum, grey) => sum + grey * grey, 0) * (width * height);
    assertEquals(wasm.energyTotal(), total);
    for (const radius of [0, 3, 1000]) {
      const energies = [false, true].map((outside) => {
        inRanges(wasm.filterColumns, setMask({ ...EVERYTHING, radius, outside }), 1000);
        return wasm.energyKept();
      });
      assertAlmostEquals(energies[0]! + energies[1]!, total, 1e-13 * total);
    }
  }
});

const MASKS: readonly Mask[] = [
  { ...EVERYTHING, radius: 9 },
  { ...EVERYTHING, radius: 9, outside: true },
  { ...EVERYTHING, squared: true },
  { divisorU: 37, divisorV: 30, radius: 0.2, outside: true, squared: true },
];

/** All that comes out for some masks. */
function everything(image: Float64Array, width: number, height: number, step: number): number[] {
  load(image, width, height, step);
  return MASKS.flatMap((mask) => [
    ...powers(mask, width, height, step),
    wasm.energyKept(),
    ...filtered(mask, image.length, step),
    wasm.energyKept(),
    wasm.energyTotal(),
  ]);
}

Deno.test("results do not depend on how work is cut", () => {
  for (const [width, height] of [[37, 30], [257, 5]] as const) {
    const image = greys(width * height);
    const whole = everything(image, width, height, 1000);
    for (const step of [1, 2, 3, 7]) assertEquals(everything(image, width, height, step), whole);
  }
});

Deno.test("results do not depend on what was in memory", () => {
  for (const [width, height] of [[37, 30], [257, 5], [1, 6], [2, 3], [1, 1]] as const) {
    const image = greys(width * height);
    const first = everything(image, width, height, 5);
    assertEquals(everything(image, width, height, 5), first);
    wasm.prepare(400, 300);
    const used = wasm.memory.buffer.byteLength / 8;
    doubles(0, used).subarray(Math.ceil(STATIC_BYTES / 8)).fill(NaN);
    assertEquals(everything(image, width, height, 5), first);
    doubles(wasm.resultAddress(), used - wasm.resultAddress() / 8).fill(NaN);
    assertEquals(everything(image, width, height, 5), first);
  }
});

/** Below this the module has its constants. */
const STATIC_BYTES = 16384;

Deno.test("bytesNeeded() is about three planes, and what prepare() takes", () => {
  const shapes = [[620, 747], [512, 512], [1024, 1024], [1009, 1013], [8192, 8192]] as const;
  for (const [width, height] of shapes) {
    const planes = wasm.bytesNeeded(width, height) / (8 * width * height);
    assert(planes >= 3 && planes < 3.2, `${width}×${height}: ${planes}`);
  }
  const bytes = wasm.bytesNeeded(1500, 1200);
  assertEquals(wasm.prepare(1500, 1200), 1);
  assertEquals(wasm.memory.buffer.byteLength, Math.ceil(bytes / 65536) * 65536);
});

Deno.test("prepare() refuses what has no size or does not fit", () => {
  for (const [width, height] of [[0, 1], [1, 0], [-1, 5], [65537, 1], [1, 65537]] as const) {
    assertEquals(wasm.bytesNeeded(width, height), 0);
    assertEquals(wasm.prepare(width, height), 0);
  }
  assert(wasm.bytesNeeded(65536, 65536) > 2 ** 32);
  assertEquals(wasm.prepare(65536, 65536), 0);
});
