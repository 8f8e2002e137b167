/** A trivial task through the pool with two workers. µs a task. */
import { ParallelPool } from "../../../src/mod.ts";

const n = 1_000_000;
const bases = Array.from({ length: n }, (_, i) => i);
const exponents = new Array<number>(n).fill(2);
await using pool = new ParallelPool({ nodes: 2 });
await pool.map(Math.pow, bases.slice(0, 1000), exponents.slice(0, 1000));
const start = performance.now();
await pool.map(Math.pow, bases, exponents);
console.log((performance.now() - start) * 1e3 / n);
