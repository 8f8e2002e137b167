/**
 * The contract between gridiron and a kernel: what it computes, in plain data, and how it is run.
 *
 * The harness owns the stop flag, the clock, files and timeouts; a kernel owns none of them. A
 * kernel's folder holds `descriptor.ts` (data, no WebAssembly), `kernel.ts` (the code below over
 * `kernel.wasm`) and a test; it is entered in `src/kernels.ts`, and has a worker in `src/workers`
 * which `deno.json` names for `deno compile`.
 */

/** A named input of a kernel: one value a point. */
export interface Parameter {
  readonly name: string;
  readonly doc: string;
  /** Unit in the model's own terms, such as `1/β`; absent for a pure number. */
  readonly unit?: string;
  /**
   * What its values are. A choice is one of `choices`, numbered from 0 wherever numbers are needed;
   * a file is a path, numbered by its place in the list.
   */
  readonly kind: "real" | "integer" | "choice" | "file";
  readonly choices?: readonly string[];
  /** Of a file: it holds a picture, and this choice tells how its colours become grey. */
  readonly greyBy?: string;
  /** Has no influence where the choice `of` is one of `at`: it counts as 0 there, and once. */
  readonly idle?: { readonly of: string; readonly at: readonly string[] };
  /** The smallest value allowed. */
  readonly minimum?: number;
  /** The largest value allowed. */
  readonly maximum?: number;
  /** Values must be greater than this. */
  readonly above?: number;
  /** Values must be less than that of this parameter at the same point. */
  readonly lessThan?: string;
  /** The value if none is given: a number (of a choice), or ⌊parameter `of` / `dividedBy`⌋. */
  readonly default?: number | { readonly of: string; readonly dividedBy: number };
}

/** A number that a point yields. */
export interface Column {
  readonly name: string;
  readonly doc: string;
  readonly unit?: string;
  /** Known before anything is computed: it comes from the parameters and files. */
  readonly isGiven?: true;
  /** Rows that are not to be trusted, for what they say themselves. */
  readonly doubtful?: Doubt;
}

/** What makes a row doubtful; the report counts such points. */
export interface Doubt {
  /** A product of columns that is below its bound, or lacks a number; one of them is enough. */
  readonly rules: readonly { readonly product: readonly string[]; readonly below: number }[];
  /** What the report says of such points, behind "with". */
  readonly text: string;
}

/** A file that a kernel can write beside each row. */
export interface SeriesKind {
  /** Default name below the run directory, such as `mc_data/b{beta}_m{m}_h{h}.dat`. */
  readonly template: string;
  readonly doc: string;
  /** Bytes as they are, or the 8-bit grey pixels of a picture as large as the point's: a PNG. */
  readonly content: "text" | "picture";
  /** The parameter that says how many of its first lines the columns leave out. */
  readonly leftOut?: string;
  /** Estimated size, where it can be told: so many bytes for each unit of a parameter. */
  readonly size?: { readonly of: string; readonly bytesEach: number };
}

/** What a kernel is: plain data that can be printed, posted and compared. */
export interface Descriptor {
  readonly name: string;
  /** Raised whenever any number that leaves the kernel changes. */
  readonly version: number;
  readonly doc: string;
  /** The publication that defines what is computed. */
  readonly source: string;
  /** In the order in which axes turn: the last turns fastest. */
  readonly parameters: readonly Parameter[];
  readonly columns: readonly Column[];
  readonly series?: SeriesKind;
  /** How many points `start` takes at once, each with exactly the arithmetic of one alone. */
  readonly lanes: number;
}

/** The content of an image file, colours made grey. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Row by row, from 0 to `maximum`. */
  readonly grey: Float64Array;
  readonly maximum: number;
}

/** An 8-bit grey picture with a title, one of those that show what a point is about. */
export interface Panel {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly grey: Uint8Array;
}

/** One point, as a kernel gets it. */
export interface Point {
  /** Every parameter's value, defaults filled in; of a choice its name. */
  readonly values: Readonly<Record<string, number | string>>;
  /** What its file holds. The same object means the same picture. */
  readonly picture?: Picture;
  /** 128 bits: the point's stream, a hash of (seed, point id). */
  readonly key: Uint32Array;
  /** 128 bits: a hash of (seed, kernel, version), the same for all points. */
  readonly seedKey: Uint32Array;
}

/** Points on their way; a lane each. */
export interface Job {
  /** Works until about `deadlineMs` on the clock of `performance.now`; true when all is done. */
  slice(deadlineMs: number): boolean;
  /** How far, from 0 to 1. */
  readonly progress: number;
  /**
   * Bytes of a lane's series since the last call (a picture comes whole): a view, valid until the
   * next slice.
   */
  series(lane: number): Uint8Array;
  /** A finished lane's numbers in the order of the columns (NaN is a missing one), or its error. */
  row(lane: number): Float64Array | Error;
  /** Pictures of a finished lane, for a figure, where the kernel makes some. */
  panels?(lane: number): readonly Panel[];
}

/** A kernel in one thread, with memory of its own: one job at a time. */
export interface Kernel {
  start(points: readonly Point[], wantsSeries: boolean): Job;
}

/** What `kernel.ts` of a kernel's folder exports. */
export interface KernelModule {
  open(): Promise<Kernel>;
}

/** What all rows of a run amount to: they are added one by one, in any order. */
export interface Total {
  /** Takes the columns of a point. */
  add(row: readonly number[]): void;
  /** By name: an estimate is `estimate` and `standard_error`, made of so many `samples`. */
  numbers(): Readonly<Record<string, number>>;
  /** The true value of what is estimated, where it is known. */
  readonly exact?: { readonly value: number; readonly text: string };
  /** A line for the report. */
  text(): string;
}

/** An exact density, with its formula. */
export interface Density {
  readonly text: string;
  at(x: number): number;
}

/** A kernel's line in the registry. */
export interface Entry {
  readonly descriptor: Descriptor;
  /** SHA-256 of `kernel.wasm`, in hex. */
  readonly wasmDigest: string;
  load(): Promise<KernelModule>;
  /** Begins a total, where the rows of a kernel have one. */
  readonly openTotal?: () => Total;
  /** The density of what a point's series holds, where it is known. */
  readonly density?: (values: Readonly<Record<string, number>>) => Density;
}
