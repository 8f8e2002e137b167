/** The Metropolis kernel obeys its physics: distribution, acceptance, errors and correlations. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import type { Point } from "../wasm/kernel.ts";
import { metropolis } from "../wasm/metropolis/descriptor.ts";
import { open } from "../wasm/metropolis/kernel.ts";
import { makePoints } from "./points.ts";
import { gridiron, inFolder } from "./program.ts";
import {
  chiSquareOfUniform,
  chiSquareTail,
  correlation,
  mean,
  normalCdf,
  variance,
} from "./statistics.ts";

/** The year of the paper, settled on before any result was seen. */
const SEED = 1953;
const REPLICAS = 200;
const STEPS = 100000;
const BETAS = [0.5, 1, 4];
const HALF_WIDTHS = [0.5, 1, 2];

const kernel = await open();

/** A finished point's columns by name. */
function columnsOf(point: Point): Record<string, number> {
  const job = kernel.start([point], false);
  while (!job.slice(Infinity));
  return namedRow(job.row(0));
}

function namedRow(row: Float64Array | Error): Record<string, number> {
  if (row instanceof Error) throw row;
  return Object.fromEntries(metropolis.columns.map(({ name }, i) => [name, row[i]!]));
}

/** Every x of a point's series, burn-in included, and its columns. */
function chainOf(point: Point): { positions: number[]; columns: Record<string, number> } {
  const job = kernel.start([point], true);
  const decoder = new TextDecoder();
  let text = "";
  for (let finished = false; !finished;) {
    finished = job.slice(Infinity);
    text += decoder.decode(job.series(0));
  }
  const positions = text.trimEnd().split("\n").slice(1).map((line) => Number(line.slice(0, -2)));
  return { positions, columns: namedRow(job.row(0)) };
}

/** What theory says of a chain with these parameters. */
interface Theory {
  readonly acceptance: number;
  /** 1 + 2 Σ ρ(t) of x and of x². */
  readonly tauX: number;
  readonly tauX2: number;
}

/**
 * Acceptance and autocorrelation times by numerical integration of the transition probabilities:
 * the trapezoid rule at spacing h/cells and h/(2 cells), extrapolated to 0.
 */
function integrate(beta: number, h: number, cells: number): { coarse: Theory; limit: Theory } {
  const coarse = integrateAt(beta, h, cells);
  const fine = integrateAt(beta, h, 2 * cells);
  // Kinks lie at d = 0 and d = −2x, on nodes: the error is of second order in the spacing.
  const extrapolate = (name: keyof Theory) => (4 * fine[name] - coarse[name]) / 3;
  return {
    coarse,
    limit: {
      acceptance: extrapolate("acceptance"),
      tauX: extrapolate("tauX"),
      tauX2: extrapolate("tauX2"),
    },
  };
}

function integrateAt(beta: number, h: number, cells: number): Theory {
  // Beyond eight standard deviations lie 1e-15 of the density.
  const spacing = h / cells;
  const reach = Math.ceil(8 / Math.sqrt(2 * beta) / spacing);
  const size = 2 * reach + 1;
  const x = Float64Array.from({ length: size }, (_, i) => (i - reach) * spacing);
  const norm = spacing * Math.sqrt(beta / Math.PI);
  const density = x.map((x) => norm * Math.exp(-beta * x * x));
  const span = 2 * cells + 1;
  const moves = new Float64Array(size * span);
  const stays = new Float64Array(size).fill(1);
  for (let i = 0; i < size; i++) {
    for (let j = Math.max(0, cells - i); j < Math.min(span, size + cells - i); j++) {
      const end = j === 0 || j === span - 1 ? 0.5 : 1;
      const target = x[i + j - cells]!;
      const accept = Math.min(1, Math.exp(-beta * (target ** 2 - x[i]! ** 2)));
      moves[i * span + j] = end * accept / (2 * cells);
      stays[i]! -= moves[i * span + j]!;
    }
  }
  /** The expectation of f after a step, as a function of where the step began. */
  const step = (f: Float64Array) =>
    f.map((here, i) => {
      let sum = stays[i]! * here;
      for (let j = Math.max(0, cells - i); j < Math.min(span, size + cells - i); j++) {
        sum += moves[i * span + j]! * f[i + j - cells]!;
      }
      return sum;
    });
  const product = (f: Float64Array, g: Float64Array) =>
    f.reduce((sum, value, i) => sum + value * g[i]! * density[i]!, 0);
  const tauOf = (f: Float64Array) => {
    const average = product(f, f.map(() => 1));
    const centered = f.map((value) => value - average);
    const zero = product(centered, centered);
    let sum = 1;
    let later = centered;
    for (let rho = 1; rho > 1e-7;) {
      later = step(later);
      rho = product(centered, later) / zero;
      sum += 2 * rho;
    }
    return sum;
  };
  const acceptance = 1 - product(stays, stays.map(() => 1));
  return { acceptance, tauX: tauOf(x), tauX2: tauOf(x.map((x) => x * x)) };
}

/**
 * Mean acceptance in closed form: for a given d it is 2Φ(−|d| √(β/2)), and the mean of that over
 * d in [−h, h) is, with u = h √(β/2), 2Φ(−u) + 2 (φ(0) − φ(u)) / u.
 */
function exactAcceptance(beta: number, h: number): number {
  const u = h * Math.sqrt(beta / 2);
  return 2 * normalCdf(-u) + 2 * (1 - Math.exp(-u * u / 2)) / Math.sqrt(2 * Math.PI) / u;
}

/** Points that differ in `replica` alone. */
interface Ensemble {
  readonly label: string;
  readonly theory: Theory;
  /** The exact <x²>. */
  readonly energy: number;
  readonly column: (name: string) => number[];
}

const typedReplicas = `0:${REPLICAS - 1}`;
const ensembles: Ensemble[] = [];
for (const beta of BETAS) {
  for (const h of HALF_WIDTHS) {
    const points = await makePoints(metropolis, {
      beta: String(beta),
      h: String(h),
      iterations: String(STEPS + 20000),
      burn_in: "20000",
      replica: typedReplicas,
    }, SEED);
    const rows = points.map(columnsOf);
    ensembles.push({
      label: `beta ${beta}, h ${h}`,
      theory: integrate(beta, h, 16).limit,
      energy: 1 / (2 * beta),
      column: (name) => rows.map((row) => row[name]!),
    });
  }
}

/** (value − exact) / error of each replica. */
function pullsOf({ column }: Ensemble, name: "mean_x" | "mean_x2", exact: number): number[] {
  const errors = column(`${name}_err`);
  return column(name).map((value, i) => (value - exact) / errors[i]!);
}

/** Once in 500 a right kernel would be outside, were the seed not fixed. */
function assertLikely(probability: number, label: string): void {
  assert(probability > 0.001 && probability < 0.999, `${label}: p = ${probability}`);
}

function assertBetween(value: number, [low, high]: readonly [number, number], label: string): void {
  assert(value > low && value < high, `${label}: ${value}, expected ${low} to ${high}`);
}

function assertStandardNormal(pulls: readonly number[], bins: number, label: string): void {
  assertAlmostEquals(mean(pulls), 0, 4 / Math.sqrt(pulls.length), label);
  const chiSquare = chiSquareOfUniform(pulls.map(normalCdf), bins);
  assertLikely(chiSquareTail(chiSquare, bins - 1), `${label}, χ² ${chiSquare} of ${bins} bins`);
}

Deno.test("normalCdf() and chiSquareTail() give tabled values", () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.1 and 1.3.6.7.4.
  assertAlmostEquals(normalCdf(1), 0.84134, 5e-6);
  assertAlmostEquals(normalCdf(-2.5), 1 - 0.99379, 5e-6);
  assertAlmostEquals(normalCdf(0) + normalCdf(9.5), 1.5, 1e-15);
  for (const [degrees, at5, at01] of [[9, 16.919, 27.877], [99, 123.225, 148.23]] as const) {
    assertAlmostEquals(chiSquareTail(at5, degrees), 0.05, 0.001);
    assertAlmostEquals(chiSquareTail(at01, degrees), 0.001, 0.0002);
  }
});

Deno.test("metropolis ends with x distributed as exp(-beta x^2)", async () => {
  // Every chain forgets its start within a few steps at these h: 400 are plenty. An even and an odd
  // number of steps end in either of the two generators.
  const runs = [[0.3, 4, 400], [1, 2, 401], [7, 0.7, 400], [1, 5, 401]] as const;
  for (const [beta, h, iterations] of runs) {
    const points = await makePoints(metropolis, {
      beta: String(beta),
      h: String(h),
      iterations: String(iterations),
      burn_in: String(iterations - 1),
      replica: "0:19999",
    }, SEED);
    // With one step measured, its mean is the last x itself.
    const last = points.map((point) => columnsOf(point)["mean_x"]!);
    for (const i of [0, 1, 19999]) assertEquals(last[i], chainOf(points[i]!).positions.at(-1));
    assertStandardNormal(last.map((x) => x * Math.sqrt(2 * beta)), 100, `beta ${beta}, h ${h}`);
  }
});

Deno.test("integrate() converges, to the closed form of the acceptance", () => {
  for (const beta of BETAS) {
    for (const h of HALF_WIDTHS) {
      const exact = exactAcceptance(beta, h);
      const first = integrate(beta, h, 8);
      const second = integrate(beta, h, 16);
      const errorOf = ({ acceptance }: Theory) => Math.abs(acceptance - exact);
      assert(errorOf(second.coarse) < errorOf(first.coarse) / 3.5, "second order");
      assert(errorOf(second.limit) < 1e-5, `beta ${beta}, h ${h}: ${errorOf(second.limit)}`);
      assertAlmostEquals(second.limit.tauX / first.limit.tauX, 1, 1e-3);
      assertAlmostEquals(second.limit.tauX2 / first.limit.tauX2, 1, 1e-3);
    }
  }
});

Deno.test("acceptance is its integral within 4 standard errors", () => {
  let chiSquare = 0;
  for (const { label, theory, column } of ensembles) {
    const shares = column("acceptance");
    const error = Math.sqrt(variance(shares) / REPLICAS);
    assert(error < 3e-4, `${label}: the error is ${error}`);
    assertAlmostEquals(mean(shares), theory.acceptance, 4 * error, label);
    chiSquare += ((mean(shares) - theory.acceptance) / error) ** 2;
  }
  assertLikely(chiSquareTail(chiSquare, ensembles.length), `χ² ${chiSquare}`);
});

for (const name of ["mean_x", "mean_x2"] as const) {
  Deno.test(`${name}_err is the spread of ${name} within 10 % on average`, () => {
    const ratios = ensembles.map(({ column }) =>
      mean(column(`${name}_err`)) / Math.sqrt(variance(column(name)))
    );
    // The spread of 200 is known to 5 %, its average over nine to 1.7 %: a single one may be off by
    // four times that, the average should not be.
    const report = ratios.map((ratio, i) => `${ensembles[i]!.label}: ${ratio.toFixed(3)}`);
    assertBetween(mean(ratios), [0.9, 1.1], report.join("; "));
    for (const ratio of ratios) assertBetween(ratio, [0.8, 1.2], report.join("; "));
    for (const { label, column } of ensembles) {
      const fewest = Math.min(...column("n_eff"));
      assert(fewest > 1000, `${label}: only ${fewest} samples`);
    }
  });

  Deno.test(`${name}_err is what theory says within 3 %`, () => {
    // The plateau rule leaves out about 1 % of the error (it grows with tau / bin size); the mean
    // over 200 replicas of an error from about 100 bins or more is known to 0.5 %.
    for (const { label, theory, energy, column } of ensembles) {
      // The variance of x² is 2 <x²>².
      const single = name === "mean_x" ? energy * theory.tauX : 2 * energy ** 2 * theory.tauX2;
      const reported = mean(column(`${name}_err`).map((error) => error * error));
      assertBetween(Math.sqrt(reported * STEPS / single), [0.97, 1.03], label);
    }
  });

  Deno.test(`${name} pulls like a standard normal number`, () => {
    const pulls = ensembles.flatMap((ensemble) =>
      pullsOf(ensemble, name, name === "mean_x" ? 0 : ensemble.energy)
    );
    assertStandardNormal(pulls, 30, name);
    // Those of x² lie 0.03 low in the mean: x² is skewed, so low means come with small errors.
    // 1800 pulls tell their variance to √(2/1800) = 0.033. Expected is 1.02: errors are 0.7 % small
    // on average, and come from a finite number of bins.
    assertBetween(variance(pulls), [1.02 - 4 * 0.033, 1.02 + 4 * 0.033], `variance of ${name}`);
  });
}

Deno.test("acceptance pulls like a standard normal number", () => {
  const pulls = ensembles.flatMap(({ theory, column }) => {
    const shares = column("acceptance");
    const spread = Math.sqrt(variance(shares));
    return shares.map((share) => (share - theory.acceptance) / spread);
  });
  assertStandardNormal(pulls, 30, "acceptance");
});

/** 1 + 2 Σ ρ(t) up to the smallest window M ≥ 5 τ(M), as emcee does after A. Sokal (1996). */
function windowedTau(values: readonly number[]): number {
  const middle = mean(values);
  const centered = Float64Array.from(values, (value) => value - middle);
  const covariance = (lag: number) => {
    let sum = 0;
    for (let i = lag; i < centered.length; i++) sum += centered[i]! * centered[i - lag]!;
    return sum;
  };
  const zero = covariance(0);
  let tau = 1;
  for (let lag = 1; lag < 5 * tau; lag++) tau += 2 * covariance(lag) / zero;
  return tau;
}

Deno.test("tau agrees with a windowed sum of autocorrelations within 10 %", async () => {
  // 40 chains of 40 000 steps at tau of 32, 11 and 4: one binned tau is known to 17 % or better (70
  // bins or more), the mean of 40 to 3 %; binning is about 3 % low, the window less than 1 %.
  for (const h of ["0.5", "1", "4"]) {
    const points = await makePoints(metropolis, {
      beta: "0.5",
      h,
      iterations: "42000",
      burn_in: "2000",
      replica: "0:39",
    }, SEED);
    const chains = points.map(chainOf);
    const tau = mean(chains.map(({ columns }) => columns["tau"]!));
    const plain = mean(
      chains.map(({ positions }) => windowedTau(positions.slice(2000).map((x) => x * x))),
    );
    assertBetween(tau / plain, [0.9, 1.1], `h ${h}: tau ${tau}, windowed ${plain}`);
  }
});

Deno.test("tau is what theory says within 6 %", () => {
  // Binning leaves out about 2 % at tau = 32, less elsewhere; four standard errors are 4 % at most.
  for (const { label, theory, column } of ensembles) {
    const ratio = mean(column("tau")) / theory.tauX2;
    assertBetween(ratio, [0.94, 1.06], label);
  }
});

Deno.test("replica k and k + 1 are independent", () => {
  const neighbours = (values: readonly number[]) =>
    values.slice(1).map((value, i) => [values[i]!, value] as const);
  for (const name of ["mean_x", "mean_x2", "acceptance"]) {
    for (const { label, column } of ensembles) {
      const value = correlation(neighbours(column(name)));
      assertAlmostEquals(value, 0, 4 / Math.sqrt(REPLICAS), `${name}, ${label}`);
    }
  }
});

Deno.test("seed k and k + 1 are independent", async () => {
  const typed = { beta: "1", h: "2", iterations: "11000", burn_in: "1000", replica: "0" };
  const energies: number[] = [];
  for (let seed = 0; seed <= 200; seed++) {
    const [point] = await makePoints(metropolis, typed, seed);
    energies.push(columnsOf(point!)["mean_x2"]!);
  }
  const pairs = energies.slice(1).map((energy, i) => [energies[i]!, energy] as const);
  assertAlmostEquals(correlation(pairs), 0, 4 / Math.sqrt(pairs.length));
});

Deno.test("chains of other replicas or seeds share no x, of the same all", async () => {
  const typed = { beta: "1", h: "2", m: "0", iterations: "1000", replica: "0:19" };
  const run = async (seed: number) => (await makePoints(metropolis, typed, seed)).map(chainOf);
  const chains = [...await run(SEED), ...await run(SEED + 1)];
  // Until the first accepted step x is m.
  const moved = chains.flatMap(({ positions }) => [...new Set(positions)].filter((x) => x !== 0));
  assert(moved.length > 10000);
  assertEquals(new Set(moved).size, moved.length);
  assertEquals(await run(SEED), chains.slice(0, 20));
  assertNotEquals(chains[0], chains[20]);
});

Deno.test("sweep trusts no error of a chain that hardly moved, whatever tau it gives", () =>
  inFolder(async (folder) => {
    // One move in ten thousand steps: tau comes out near 0, n_eff above the number of steps.
    const short = ["--beta", "1", "--m", "0", "--h", "300,1000", "--iterations", "1000,10000"];
    const ran = await gridiron(folder, [
      ...["sweep", ...short, "--replicas", "50", "--series", "none", "-o", "out", "--json"],
    ]);
    assertEquals(JSON.parse(ran.stdout).doubtful, { n_eff: 200 });
    const one = ["sweep", "--beta", "1", "--m", "0", "--h", "1000", "--iterations", "10000"];
    const worst = [...one, "--replica", "805", "--series", "none", "-o", "worst"];
    assertMatch((await gridiron(folder, worst)).stderr, /^1 point with .* or a tau too short /m);
    const row = (await Deno.readTextFile(`${folder}/worst/results.csv`)).trim().split("\n").at(-1)!;
    assert(Number(row.split(",").at(-1)) > 10_000, row);
    // Of chains as they should be none is suspected.
    const long = ["sweep", "--beta", "1", "--h", "1:4", "--iterations", "1e5", "--replicas", "25"];
    const well = await gridiron(folder, [...long, "--series", "none", "-o", "well", "--json"]);
    assertEquals(JSON.parse(well.stdout).doubtful, { n_eff: 0 });
  }));
