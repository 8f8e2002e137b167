/**
 * The scan with two workers that call the kernel and write the files, and nothing else: no options,
 * plan, run directory, ledger, checksums or table. What is left when all of gridiron is taken away.
 * bare_scan.ts FOLDER
 */
const WORKERS = 2;

const [folder = ""] = Deno.args;
let working = WORKERS;
for (let number = 0; number < WORKERS; number++) {
  const worker = new Worker(new URL("./bare_worker.ts", import.meta.url), {
    type: "module",
    deno: { permissions: { write: [folder] } },
  });
  worker.onmessage = () => {
    if (--working === 0) Deno.exit(0);
  };
  worker.postMessage({ folder, number, workers: WORKERS });
}
