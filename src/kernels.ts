/** The registry of kernels: a descriptor and one literal `import()` each. */
import type { Entry } from "../wasm/kernel.ts";
import digests from "../wasm/digests.json" with { type: "json" };
import { fourier } from "../wasm/fourier/descriptor.ts";
import { density } from "../wasm/metropolis/density.ts";
import { metropolis } from "../wasm/metropolis/descriptor.ts";
import { pi } from "../wasm/pi/descriptor.ts";
import { openTotal } from "../wasm/pi/total.ts";
import { UsageError } from "./errors.ts";

/** Every kernel by its name. */
export const kernels: Readonly<Record<string, Entry>> = {
  metropolis: {
    descriptor: metropolis,
    wasmDigest: digests.metropolis,
    load: () => import("../wasm/metropolis/kernel.ts"),
    density,
  },
  pi: {
    descriptor: pi,
    wasmDigest: digests.pi,
    load: () => import("../wasm/pi/kernel.ts"),
    openTotal,
  },
  fourier: {
    descriptor: fourier,
    wasmDigest: digests.fourier,
    load: () => import("../wasm/fourier/kernel.ts"),
  },
};

/** The kernel of a name. */
export function findKernel(name: string): Entry {
  const kernel = Object.hasOwn(kernels, name) ? kernels[name] : undefined;
  if (kernel !== undefined) return kernel;
  const known = Object.keys(kernels).join(", ");
  throw new UsageError(`Cannot find the kernel "${name}": expected one of ${known}`);
}
