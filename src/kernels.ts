/** The registry of kernels; their code is loaded when it is needed, here and in their workers. */
import type { Entry, KernelModule } from "../wasm/kernel.ts";
import digests from "../wasm/digests.json" with { type: "json" };
import { fourier } from "../wasm/fourier/descriptor.ts";
import { density } from "../wasm/metropolis/density.ts";
import { metropolis } from "../wasm/metropolis/descriptor.ts";
import { pi } from "../wasm/pi/descriptor.ts";
import { openTotal } from "../wasm/pi/total.ts";
import { addressOf } from "./address.ts";
import { UsageError } from "./errors.ts";

/** Every kernel by its name. */
export const kernels: Readonly<Record<string, Entry>> = {
  metropolis: {
    descriptor: metropolis,
    wasmDigest: digests.metropolis,
    load: () => load("metropolis"),
    density,
  },
  pi: {
    descriptor: pi,
    wasmDigest: digests.pi,
    load: () => load("pi"),
    openTotal,
  },
  fourier: {
    descriptor: fourier,
    wasmDigest: digests.fourier,
    load: () => load("fourier"),
  },
};

/** The code of the kernel in a folder. */
async function load(folder: string): Promise<KernelModule> {
  return await import(addressOf(`wasm/${folder}/kernel.ts`));
}

/** The kernel of a name. */
export function findKernel(name: string): Entry {
  const kernel = Object.hasOwn(kernels, name) ? kernels[name] : undefined;
  if (kernel !== undefined) return kernel;
  const known = Object.keys(kernels).join(", ");
  throw new UsageError(`Cannot find the kernel "${name}": expected one of ${known}`);
}
