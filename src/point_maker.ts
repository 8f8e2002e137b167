/** From values to a point as a kernel gets it: choices by name, files read. */
import type { Parameter, Point } from "../wasm/kernel.ts";
import { kernels } from "./kernels.ts";
import type { PictureReader } from "./picture_reader.ts";
import { filesAxis, type Plan } from "./plan.ts";
import type { Identities } from "./point.ts";

/** Gets the note about a file that was read. */
export type TellFile = (note: Record<string, unknown>) => void;

/** Makes the points of one thread. */
export class PointMaker {
  readonly #parameters: readonly string[];
  readonly #choices: readonly (readonly string[] | undefined)[];
  readonly #identities: Identities;
  readonly #files: { readonly reader: PictureReader; slot: number; grey: number } | undefined;

  /** A plan with files needs a reader. */
  constructor(plan: Plan, identities: Identities, reader: PictureReader | undefined) {
    this.#parameters = plan.parameters;
    this.#identities = identities;
    const described = kernels[plan.kernel]?.descriptor.parameters ?? [];
    const find = (name: string): Parameter | undefined =>
      described.find((parameter) => parameter.name === name);
    this.#choices = plan.parameters.map((name) => find(name)?.choices);
    const axis = filesAxis(plan);
    this.#files = axis && {
      reader: reader!,
      slot: plan.parameters.indexOf(axis.name),
      grey: plan.parameters.indexOf(find(axis.name)!.greyBy!),
    };
  }

  /** Reads the file of the point with these values, unless it is at hand. */
  load(values: Float64Array, tell: TellFile): Promise<void> | undefined {
    if (this.#files === undefined) return undefined;
    const { reader, slot, grey } = this.#files;
    const rule = this.#choices[grey]![values[grey]!] as "luma" | "average";
    return reader.load(values[slot]!, rule, (note, hash) => {
      this.#identities.setContent(values[slot]!, hash);
      tell(note);
    });
  }

  /** The point with these values and this id of its row, or why its file cannot be read. */
  make(values: Float64Array, rowId: Uint32Array): Point | Error {
    const named: Record<string, number | string> = {};
    for (let i = 0; i < this.#parameters.length; i++) {
      const choices = this.#choices[i];
      named[this.#parameters[i]!] = choices === undefined ? values[i]! : choices[values[i]!]!;
    }
    const key = this.#identities.key(rowId);
    const { seedKey } = this.#identities;
    if (this.#files === undefined) return { values: named, key, seedKey };
    const { picture } = this.#files.reader;
    if (picture instanceof Error) return picture;
    return { values: named, key, seedKey, picture };
  }
}
