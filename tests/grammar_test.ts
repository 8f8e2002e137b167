/** Text that people might type, by the ten thousand: read or refused, never anything else. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseAxis } from "../src/axis.ts";
import { UsageError } from "../src/errors.ts";
import { formatNumber } from "../src/format/number.ts";
import { makeGrid } from "../src/grid.ts";
import { makePlan } from "../src/planner.ts";
import { makeIdentities, makeSalts } from "../src/point.ts";
import { sizeOf, valueReader } from "../src/values.ts";
import { metropolis } from "../wasm/metropolis/descriptor.ts";
import { EFFORT } from "./effort.ts";
import { tally } from "./tally.ts";

const noFiles = (source: string): string => {
  throw new UsageError(`Cannot read "${source}": there are no files here`);
};

/** What an action gives; undefined when it refuses; any other error goes on. */
function unlessRefused<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof UsageError) {
      assert(!/undefined|NaN\b.*NaN|\[object/.test(error.message), error.message);
      return undefined;
    }
    throw error;
  }
}

/** Pieces of which axis expressions are made, and a few that have no place in them. */
const piece = fc.oneof(
  fc.constantFrom(":", ",", "lin:", "log:", "geom:", "@", "-", "+", ".", "e", " ", "0", "1e9", "x"),
  fc.integer({ min: -1000, max: 1000 }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.string({ maxLength: 2 }),
);
const expression = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));

Deno.test("parseAxis() reads or refuses any text, and prints what it reads back", () => {
  let read = 0;
  fc.assert(
    fc.property(expression, (text) => {
      const axis = unlessRefused(() => parseAxis("beta", [text], noFiles));
      if (axis === undefined) return;
      read++;
      const value = valueReader(axis.values);
      const shown = Math.min(sizeOf(axis.values), 20);
      const values = Array.from({ length: shown }, (_, i) => value(i));
      for (const number of values) assert(Number.isFinite(number), `${text} has ${number}`);
      const printed = values.map(formatNumber).join(",");
      assertEquals(parseAxis("beta", [printed], noFiles).values, values.map((x) => x + 0));
    }),
    { seed: 1, numRuns: 100_000 * EFFORT },
  );
  assert(read > 5_000 * EFFORT, `only ${read} were read`);
  tally("axes", { "inputs tried": 100_000 * EFFORT, accepted: read });
});

Deno.test("makePlan() gives ids that do not depend on the order of the options", async () => {
  const salts = await makeSalts({
    ...{ kernel: metropolis.name, version: metropolis.version, seed: 1 },
    parameters: metropolis.parameters.map(({ name }) => name),
  });
  const idsOf = (axes: Map<string, string[]>): string[] => {
    const plan = makePlan(metropolis, {
      ...{ axes, zip: [], points: undefined, replicas: undefined, where: undefined },
      ...{ seed: 1, series: "none", read: noFiles },
    }, []);
    const grid = makeGrid(plan);
    const identities = makeIdentities(plan, salts);
    const values = new Float64Array(plan.parameters.length);
    return Array.from({ length: grid.size }, (_, index) => {
      grid.decode(index, values);
      return identities.id(values).join(" ");
    });
  };
  const list = fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(list, list, list, fc.constantFrom(0, 1, 2), (beta, m, h, turn) => {
      const options: [string, string[]][] = [
        ["beta", beta.map(String)],
        ["m", m.map(String)],
        ["h", h.map(String)],
      ];
      const turned = [...options.slice(turn), ...options.slice(0, turn)];
      assertEquals(idsOf(new Map(turned)), idsOf(new Map(options)));
      assertEquals(new Set(idsOf(new Map(options))).size, beta.length * m.length * h.length);
    }),
    { seed: 1, numRuns: 100 * EFFORT },
  );
});
