/** How accurate the Fourier transform is: against plain sums of higher precision, and NumPy. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { fixedRoot, nearestDouble } from "../../scripts/roots_of_unity.ts";
import { EFFORT } from "../../tests/effort.ts";
import { plainSpectrum, plainSpectrum2d } from "../../tests/plain_transform.ts";
import {
  doubles,
  EVERYTHING,
  filtered,
  greys,
  load,
  powers,
  SHAPES,
} from "../../tests/transform.ts";
import * as wasm from "./kernel.wasm";

/** Relative L2 error allowed for a transform of n numbers, over √log₂ n. */
const ERROR = 2e-16;

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
