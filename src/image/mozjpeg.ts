/**
 * Runs @jsquash/jpeg's mozjpeg: hands it its WebAssembly without a file read or network, turns what
 * it prints into errors, and replaces an instance that failed or grew large.
 */
import wasm from "@jsquash/jpeg/mozjpeg_dec.wasm" with { type: "bytes" };
import instantiate from "@jsquash/jpeg/mozjpeg_dec.js";
import { damaged, truncated } from "./image.ts";

/** The part of `ImageData` used here. */
interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** The part used here of what the package exports. */
interface Instance {
  decode(bytes: Uint8Array, orient: boolean): Picture | null;
  readonly HEAPU8: Uint8Array;
}

type Instantiate = (options: {
  readonly noInitialRun: boolean;
  readonly print: (text: string) => void;
  readonly printErr: (text: string) => void;
  readonly instantiateWasm: (
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance) => void,
  ) => WebAssembly.Exports;
}) => Promise<Instance>;

/** What the decoder begins a complaint with when data are missing. */
const ENDS_EARLY = /^Premature end of JPEG|premature end of data/i;
/**
 * Complaints after which the picture is still whole: filling between segments, unknown numbers in
 * the segments of Adobe and JFIF, and scans that claim to be parts of a progressive picture.
 */
const HARMLESS = [
  /extraneous bytes before marker/,
  /^Unknown Adobe color transform/,
  /^Warning: unknown JFIF revision/,
  /^Invalid SOS parameters for sequential/,
];
/** Memory that a sleeping instance may keep; it starts with 16 MiB. */
const MAX_IDLE_BYTES = 64 * 2 ** 20;
/** Characters of a complaint that are passed on. */
const MAX_COMPLAINT = 100;

const module = new WebAssembly.Module(wasm);
/** The instance that waits for the next picture, and what it said about the last one. */
let idle: { readonly instance: Instance; readonly complaints: string[] } | undefined;

/**
 * The colours of a JPEG that is known to be width × height pixels, four bytes a pixel.
 *
 * @throws {SyntaxError} for a file that the decoder refuses or that loses data
 */
export async function decodeRgba(
  bytes: Uint8Array,
  { width, height }: { width: number; height: number },
): Promise<Uint8ClampedArray> {
  const { instance, complaints } = idle ?? await start();
  // Only an instance that comes through unharmed is kept: a failure leaves its memory behind.
  idle = undefined;
  complaints.length = 0;
  let picture: Picture | null;
  try {
    picture = instance.decode(bytes, false);
  } catch (cause) {
    throw Object.assign(complaintError(complaints), { cause });
  }
  if (instance.HEAPU8.length <= MAX_IDLE_BYTES) idle = { instance, complaints };
  if (complaints.some(isHarmful)) throw complaintError(complaints);
  if (picture === null || picture.width !== width || picture.height !== height) {
    throw damaged("its size is not what its header says");
  }
  return picture.data;
}

async function start(): Promise<{ instance: Instance; complaints: string[] }> {
  const complaints: string[] = [];
  const starting = withoutProcess(() =>
    (instantiate as Instantiate)({
      noInitialRun: true,
      print: () => {},
      printErr: (text) => void complaints.push(text),
      instantiateWasm: (imports, done) => {
        const instance = new WebAssembly.Instance(module, imports);
        done(instance);
        return instance.exports;
      },
    })
  );
  return { instance: await starting, complaints };
}

/**
 * What `run()` returns while there is no global `process`, the first look at which wakes Deno's
 * Node layer. The package looks for it at its start, only to find that it needs nothing of Node.
 */
function withoutProcess<T>(run: () => T): T {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, "process");
  if (!descriptor?.configurable) return run();
  Object.defineProperty(globalThis, "process", { value: undefined, configurable: true });
  try {
    return run();
  } finally {
    Object.defineProperty(globalThis, "process", descriptor);
  }
}

/** The first complaint that matters, in one line. */
function complaintError(complaints: readonly string[]): SyntaxError {
  const complaint = complaints.find(isHarmful);
  if (complaint === undefined) return damaged("the decoder gave up");
  if (ENDS_EARLY.test(complaint)) return truncated();
  const line = complaint.replace(/^Corrupt JPEG data: /, "").replaceAll(/[^ -~]+/g, " ");
  return damaged(line.trim().slice(0, MAX_COMPLAINT));
}

function isHarmful(complaint: string): boolean {
  return !HARMLESS.some((pattern) => pattern.test(complaint));
}
