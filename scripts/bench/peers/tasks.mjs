// A trivial task through piscina or tinypool, one at a time for each of two threads. µs a task.
const [name] = process.argv.slice(2);
const { default: Pool } = await import(name);
const pool = new Pool({
  filename: new URL("./tasks_worker.mjs", import.meta.url).href,
  maxThreads: 2,
  minThreads: 2,
});
const n = 20_000;
for (const count of [500, n]) {
  const start = performance.now();
  await Promise.all(Array.from({ length: count }, (_, i) => pool.run([i, 2])));
  if (count === n) console.log((performance.now() - start) * 1e3 / n);
}
await pool.destroy();
