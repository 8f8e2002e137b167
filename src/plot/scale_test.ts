/** Scales: which axes are logarithmic, and ticks that have room. */
import { assertEquals } from "@std/assert";
import { isLogarithmic, isSkewed, pointRuler, shortNumber } from "./scale.ts";
import { autocorrelation } from "./chain.ts";
import { textWidth } from "./svg.ts";

Deno.test("isLogarithmic() is true when logarithms are spaced more evenly", () => {
  assertEquals(isLogarithmic([0.1, 0.2, 0.3, 0.5, 1, 2, 3, 5, 10]), true);
  assertEquals(isLogarithmic([1, 10, 100]), true);
  assertEquals(isLogarithmic([0.25, 0.5, 1, 2.5]), true);
  assertEquals(isLogarithmic(Array.from({ length: 100 }, (_, i) => i + 1)), false);
  assertEquals(isLogarithmic([0, 1, 10, 100]), false);
  assertEquals(isLogarithmic([1, 2, 4]), false);
  assertEquals(isLogarithmic([1, 100]), false);
});

Deno.test("isSkewed() is true when a linear axis would crowd most numbers at its foot", () => {
  assertEquals(isSkewed(Float64Array.of(1, 2, 3, 500)), true);
  assertEquals(isSkewed(Float64Array.of(1, 2, 3, 500, NaN)), true);
  assertEquals(isSkewed(Float64Array.of(1, 200, 300, 500)), false);
  assertEquals(isSkewed(Float64Array.of(0, 1, 2, 500)), false);
  assertEquals(isSkewed(Float64Array.of(NaN)), false);
});

Deno.test("pointRuler() has two ticks or more with texts that do not touch, over any range", () => {
  for (const isLog of [false, true]) {
    for (const [low, high] of [[1e-9, 2e-9], [0.1, 10], [3, 3], [1, 1e12], [9e5, 1e6], [1, 40]]) {
      for (const isUpright of [false, true]) {
        const span = isUpright ? { from: 300, to: 0 } : { from: 0, to: 300 };
        const { ticks } = pointRuler([low!, high!], span, { isLog, isUpright });
        const texts = ticks.filter(({ text }) => text !== "").sort((a, b) => a.at - b.at);
        assertEquals(texts.length >= 2, true, `${low} ${high} ${isLog}`);
        const half = (text: string) => isUpright ? 6 : textWidth(text) / 2;
        for (const [i, { at, text }] of texts.entries()) {
          const next = texts[i + 1];
          const isFree = next === undefined || at + half(text) < next.at - half(next.text);
          assertEquals(isFree, true, `${text} ${next?.text} of ${low} ${high} ${isLog}`);
        }
      }
    }
  }
});

Deno.test("shortNumber() writes what a tick needs", () => {
  const written = { "0": 0, "0.1": 0.1, "0.3": 0.1 + 0.2, "1e6": 1e6, "-2.5e-7": -2.5e-7 };
  for (const [text, value] of Object.entries(written)) assertEquals(shortNumber(value), text);
});

Deno.test("autocorrelation() of an alternating series is −1 at odd lags", () => {
  const values = Float64Array.from({ length: 4000 }, (_, i) => i % 2);
  const rho = autocorrelation(values);
  assertEquals(rho[0], 1);
  assertEquals(Math.abs(rho[1]! + 1) < 1e-3, true);
  assertEquals(autocorrelation(new Float64Array(100)), [1]);
});
