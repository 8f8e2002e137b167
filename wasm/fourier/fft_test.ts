/** The Fourier transform against plain sums of higher precision, NumPy, and its own laws. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { EFFORT } from "../../tests/effort.ts";
import { fixedRoot, nearestDouble } from "../../scripts/roots_of_unity.ts";
import { plainSpectrum, plainSpectrum2d } from "../../tests/plain_transform.ts";
import * as wasm from "./kernel.wasm";

/** What is kept: see `setMask` in assembly/index.ts. */
interface Mask {
  readonly divisorU: number;
  readonly divisorV: number;
  readonly radius: number;
  readonly outside: boolean;
  readonly squared: boolean;
}

const EVERYTHING: Mask = {
  divisorU: 1,
  divisorV: 1,
  radius: Infinity,
  outside: false,
  squared: false,
};

/** Relative L2 error allowed for a transform of n numbers, over √log₂ n. */
const ERROR = 2e-16;

/** Whole numbers from 0 to 255 that look random: a linear congruence's upper bits. */
function greys(count: number, seed = 1): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

/** A view of doubles in the module's memory. */
function doubles(address: number, count: number): Float64Array {
  return new Float64Array(wasm.memory.buffer, address, count);
}

/** Calls `work` over 0 … total − 1 in ranges of `step`. */
function inRanges(work: (first: number, count: number) => void, total: number, step: number) {
  for (let first = 0; first < total; first += step) work(first, Math.min(step, total - first));
}

/** Lays out memory and makes the row spectra. */
function load(image: ArrayLike<number>, width: number, height: number, step = 1000): void {
  assertEquals(wasm.prepare(width, height), 1);
  doubles(wasm.imageAddress(), width * height).set(Array.from(image));
  inRanges(wasm.forwardRows, wasm.rowBlocks(), step);
}

function setMask({ divisorU, divisorV, radius, outside, squared }: Mask): number {
  return wasm.setMask(divisorU, divisorV, radius, Number(outside), Number(squared));
}

/** The loaded image, masked. */
function filtered(mask: Mask, count: number, step = 1000): Float64Array {
  inRanges(wasm.filterColumns, setMask(mask), step);
  inRanges(wasm.inverseRows, wasm.rowBlocks(), step);
  return doubles(wasm.resultAddress(), count).slice();
}

/** |F|² of the loaded image within the mask, row-major, columns 0 … ⌊width/2⌋. */
function powers(mask: Mask, width: number, height: number, step = 1000): Float64Array {
  setMask(mask);
  inRanges(wasm.powerColumns, wasm.columnPairs(), step);
  return doubles(wasm.resultAddress(), height * (Math.floor(width / 2) + 1)).slice();
}

/** The spectrum of row 0, which the kernel keeps doubled, two columns at a time. */
function rowSpectrum(width: number): Float64Array {
  const chunks = doubles(wasm.spectraAddress(), wasm.columnPairs() * 16);
  const spectrum = new Float64Array(2 * (Math.floor(width / 2) + 1));
  for (let u = 0; 2 * u < spectrum.length; u++) {
    const re = 16 * (u >> 1) + (u & 1);
    spectrum[2 * u] = chunks[re]! / 2;
    spectrum[2 * u + 1] = chunks[re + 2]! / 2;
  }
  return spectrum;
}

/** ‖a − b‖ / ‖b‖ */
function relativeError(a: Float64Array, b: Float64Array): number {
  let [difference, whole] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    whole += b[i]! ** 2;
  }
  return Math.sqrt(difference / whole);
}

/** Asserts that rows of these lengths are transformed accurately. */
function checkLengths(lengths: readonly number[]): void {
  for (const n of lengths) {
    const image = greys(4 * n, n).map((grey) => grey - 128);
    load(image, n, 4);
    const error = relativeError(rowSpectrum(n), plainSpectrum(image.subarray(0, n)));
    assert(error <= ERROR * Math.sqrt(Math.log2(n)), `length ${n}: relative error ${error}`);
  }
}

Deno.test("fixedRoot() gives cosines and sines", () => {
  for (const n of [1, 2, 3, 4, 7, 8, 360]) {
    for (let k = 0; k < n; k++) {
      const { cos, sin } = fixedRoot(k, n);
      assertAlmostEquals(nearestDouble(cos), Math.cos(2 * Math.PI * k / n), 1e-15);
      assertAlmostEquals(nearestDouble(sin), Math.sin(2 * Math.PI * k / n), 1e-15);
    }
  }
  assertEquals(nearestDouble(fixedRoot(1, 6).cos), 0.5);
  assertEquals(nearestDouble(fixedRoot(1, 8).sin), Math.SQRT1_2);
});

Deno.test("forwardRows() is accurate for every length to 1000", () => {
  checkLengths(Array.from({ length: 1000 }, (_, i) => i + 1));
});

Deno.test("forwardRows() is accurate for longer lengths", () => {
  // Powers, products, primes whose neighbours are smooth, and primes and their doubles of no kind.
  const lengths = [
    [1009, 1013, 1021, 1024, 1031, 1080, 1093, 1125, 1215, 1250, 1283, 1296, 1331, 1367, 1439],
    [1453, 1458, 1499, 1536, 1543, 1597, 1620, 1657, 1693, 1733, 1783, 1823, 1871, 1913, 1920],
    [1973, 1999, 2018, 2027, 2048, 2081, 2129, 2187, 2197, 2203, 2251, 2304, 2311, 2357, 2401],
    [2411, 2473, 2503, 2539, 2560, 2593, 2657, 2700, 2711, 2749, 2801, 2857, 2999, 3001, 3125],
    [3583, 3989, 4001, 4078, 4096, 4099, 5003, 6007, 6561, 7919, 8191, 8192],
  ].flat();
  checkLengths(lengths.slice(0, EFFORT === 1 ? 61 : lengths.length));
});

const SHAPES: readonly (readonly [width: number, height: number])[] = [
  [1, 1],
  [2, 1],
  [1, 2],
  [3, 3],
  [4, 5],
  [5, 4],
  [8, 8],
  [12, 10],
  [7, 9],
  [31, 6],
  [6, 31],
  [17, 19],
  [1, 509],
  [509, 1],
  [38, 23],
  [83, 12],
];

Deno.test("powerColumns() gives |F|² of a plain transform", () => {
  for (const [width, height] of SHAPES) {
    const image = greys(width * height);
    load(image, width, height);
    const plain = plainSpectrum2d(image, width, height);
    const made = powers(EVERYTHING, width, height);
    const scale = Math.sqrt(wasm.energyTotal() / made.length);
    made.forEach((power, i) => {
      const expected = plain[2 * i]! ** 2 + plain[2 * i + 1]! ** 2;
      const error = 1e-15 * scale * (scale + 2 * Math.sqrt(expected));
      assertAlmostEquals(power, expected, error, `${width}×${height}, number ${i}`);
    });
  }
});

Deno.test("powerColumns() and filterColumns() give NumPy's figures", () => {
  // python3 -c "import numpy as np; y, x = np.mgrid[0:5, 0:6]; f = (7*x*x + 3*x*y + 5*y) % 11
  // F = np.fft.rfft2(f); print((abs(F)**2).tolist()); u = np.arange(4); v = np.fft.fftfreq(5)*5
  // print(np.fft.irfft2(F * (u**2 + v[:, None]**2 <= 2), (5, 6)).tolist())"
  const image = Array.from({ length: 30 }, (_, i) => {
    const [x, y] = [i % 6, Math.floor(i / 6)];
    return (7 * x * x + 3 * x * y + 5 * y) % 11;
  });
  load(image, 6, 5);
  const power = powers(EVERYTHING, 6, 5);
  NUMPY_POWER.forEach((expected, i) => assertAlmostEquals(power[i]!, expected, 1e-11));
  const result = filtered({ ...EVERYTHING, radius: Math.SQRT2 }, 30);
  NUMPY_FILTERED.forEach((expected, i) => assertAlmostEquals(result[i]!, expected, 1e-14));
});

const NUMPY_POWER = [
  27889.0,
  6.999999999999996,
  42.999999999999986,
  1.0,
  101.15905365124674,
  166.9419784561311,
  328.42864091451764,
  563.1590536512467,
  31.840946348753235,
  27.384901651714863,
  866.4174326818558,
  493.84094634875316,
  31.840946348753235,
  103.13291239580427,
  193.71722911312364,
  493.84094634875316,
  101.15905365124674,
  370.54020749634964,
  293.4366972905029,
  563.1590536512467,
];
const NUMPY_FILTERED = [
  5.033333333333333,
  5.433333333333334,
  5.933333333333334,
  6.033333333333333,
  5.633333333333334,
  5.133333333333333,
  6.153934466291663,
  4.308578473791734,
  3.074097078666779,
  3.684971676041755,
  5.530327668541684,
  6.764809063666638,
  6.693279129208294,
  5.106720870791706,
  3.6134417415834115,
  3.706720870791706,
  5.293279129208295,
  6.786558258416589,
  5.906011329583299,
  6.7247548595416,
  6.806011329583299,
  6.068524269666696,
  5.2497807397083935,
  5.168524269666696,
  4.880108408250077,
  6.926612462541628,
  8.239783183499846,
  7.506449850166511,
  5.45994579587496,
  4.146775074916744,
];

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
