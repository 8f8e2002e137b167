/** A picture as a file: the ending says how, and a reader never sees half of one. */
import { isFull, reasonOf, UsageError } from "../errors.ts";
import { removeIfThere } from "../text_file.ts";
import { htmlOf, type Picture } from "./picture.ts";

/** What writes a picture in the way that an ending stands for. */
const FORMATS: Readonly<Record<string, (picture: Picture) => Promise<string | Uint8Array>>> = {
  ".svg": ({ svg }) => Promise.resolve(svg),
  ".png": async ({ svg }) => await (await import("./png.ts")).pngOf(svg),
  ".html": (picture) => Promise.resolve(htmlOf(picture)),
};

/** A place for a picture, seen to be one that can be written to. */
export interface Place {
  /** Writes the picture, whole or not at all. */
  save(picture: Picture): Promise<void>;
}

/**
 * Looks at a path before anything is drawn; `typed` is what the user called it.
 *
 * @throws {UsageError} for an unknown ending and a place that cannot be written to
 */
export function placeFor(path: string, typed: string): Place {
  const ending = /\.[^./]*$/.exec(path)?.[0].toLowerCase() ?? "";
  const format = Object.hasOwn(FORMATS, ending) ? FORMATS[ending] : undefined;
  if (format === undefined) {
    throw new UsageError(
      `Cannot draw to "${typed}": ` +
        (ending === "" ? "its name has no ending" : `${ending} is no kind of picture here`) +
        `, expected ${Object.keys(FORMATS).join(", ")}`,
    );
  }
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  const trial = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      removeIfThere(temporary);
      if (isFull(error)) {
        throw new Error(`Cannot write "${typed}": ${reasonOf(error)}`, { cause: error });
      }
      const why = error instanceof Deno.errors.IsADirectory
        ? "it is a folder"
        : error instanceof Deno.errors.NotCapable
        ? "programs may not write there"
        : reasonOf(error);
      throw new UsageError(
        `Cannot write to "${typed}": ${why}, expected a file in a folder that is there`,
        { cause: error },
      );
    }
  };
  trial(() => {
    if (isFolder(path)) throw new Deno.errors.IsADirectory();
    Deno.writeFileSync(temporary, new Uint8Array(), { createNew: true });
    Deno.removeSync(temporary);
  });
  return {
    async save(picture) {
      const content = await format(picture);
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      trial(() => {
        Deno.writeFileSync(temporary, bytes, { createNew: true });
        Deno.renameSync(temporary, path);
      });
    },
  };
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
