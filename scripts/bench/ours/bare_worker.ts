/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** A worker of bare_scan.ts: every so many chains of 10 000 steps, each into its file. */
import * as wasm from "../../../wasm/metropolis/kernel.wasm";

const VALUES = [0.1, 0.2, 0.3, 0.5, 1, 2, 3, 5, 10];
const WIDTHS = [0.25, 0.5, 1, 2.5];
const STEPS = 10_000;
const BURN_IN = 1000;

interface Share {
  readonly folder: string;
  readonly number: number;
  readonly workers: number;
}

self.onmessage = ({ data: { folder, number, workers } }: MessageEvent<Share>) => {
  new Uint32Array(wasm.memory.buffer, wasm.keyAddress, 4).set([1, 2, 3, 4]);
  const points = VALUES.flatMap((beta) =>
    VALUES.flatMap((m) => WIDTHS.map((h) => [beta, m, h] as const))
  );
  for (let i = number; i < points.length; i += workers) {
    const [beta, m, h] = points[i]!;
    const length = runChain(beta, m, h);
    using file = Deno.openSync(`${folder}/b${beta}_m${m}_h${h}.dat`, { write: true, create: true });
    const text = new Uint8Array(wasm.memory.buffer, wasm.textAddress, length);
    for (let at = 0; at < text.length;) at += file.writeSync(text.subarray(at));
  }
  self.postMessage("done");
};

/** Leaves a chain's text in the kernel's memory; returns its length. */
function runChain(beta: number, m: number, h: number): number {
  wasm.start(m, beta, h);
  let length = wasm.writeHeader(m);
  for (let made = 0; made < STEPS;) {
    const steps = Math.min(wasm.blockSteps, STEPS - made);
    wasm.advance(steps, Math.min(Math.max(BURN_IN - made, 0), steps));
    length = wasm.appendText(steps, length);
    made += steps;
  }
  wasm.finish();
  return length;
}
