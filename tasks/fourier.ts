/** `fourier IMAGE…`: images through a circular filter in the Fourier plane. */
import { formatHelp } from "../src/cli/help.ts";
import { type Option, parseOptions } from "../src/cli/options.ts";
import { UsageError } from "../src/errors.ts";
import { listImages } from "../src/image_list.ts";
import { findKernel } from "../src/kernels.ts";
import type { Command } from "./command.ts";
import { GRID_OPTIONS, parameterOptions, requestOf } from "./grid_options.ts";
import { PLAN_OPTIONS, runPlan } from "./plan_run.ts";

const IMAGE_OPTIONS: readonly Option[] = [
  { name: "from", value: "LIST", doc: "a file with a path a line; - for standard input" },
  { name: "null", doc: "-0: the paths of the list are separated by NUL, as find -print0 writes" },
];

const PICTURE_OPTIONS: readonly Option[] = [
  {
    name: "series",
    value: "TEMPLATE",
    doc:
      "names of the pictures below DIR (default {stem}_{operation}_r{radius}.png); none for none",
  },
  {
    name: "figure",
    doc: "a picture of four panels for each point besides: image, spectra, result, in DIR/figures",
  },
];

export const fourier: Command = {
  async run(argv, surroundings) {
    const kernel = findKernel("fourier");
    const parameters = parameterOptions(kernel.descriptor);
    const all = [...parameters, ...IMAGE_OPTIONS, ...PICTURE_OPTIONS, ...GRID_OPTIONS];
    const options = parseOptions([...all, ...PLAN_OPTIONS], argv);
    const { print, program, columns, directory } = surroundings;
    if (options.values.has("help")) {
      print(formatHelp({
        usage: `${program} fourier IMAGE … --radius VALUES [options]`,
        doc: "Reads JPEG and PNG images as grey values, keeps what lies inside (or outside) a " +
          "circle of the Fourier plane, and writes what is seen. Images are an axis like any " +
          "other: every image with every radius and operation is a point. The same command again " +
          "does only what is missing, and again what has changed.",
        sections: [
          { title: "parameters", options: parameters },
          { title: "images", options: IMAGE_OPTIONS },
          { title: "pictures", options: PICTURE_OPTIONS },
          { title: "grid", options: GRID_OPTIONS },
          { title: "run", options: PLAN_OPTIONS },
        ],
        examples: [
          { command: `${program} fourier photos/*.jpg --radius 50,100`, doc: "two blurs of each" },
          {
            command: `${program} fourier a.png --radius 25 --operation lowpass,highpass --figure`,
            doc: "with a figure of four panels each",
          },
          {
            command: `find . -name '*.jpg' -print0 | ${program} fourier --from - -0 --radius 50`,
            doc: "any number of images, any names",
          },
        ],
      }, columns));
      return 0;
    }
    const { words, values } = options;
    if (values.has("null") && !values.has("from")) {
      throw new UsageError("Cannot use -0 without --from: expected --from LIST, or --from -");
    }
    if (values.has("figure") && values.get("series")?.[0] === "none") {
      throw new UsageError(
        "Cannot use --figure with --series none: a figure has the name of its picture, expected " +
          "--figure alone, or names such as --series '{stem}_{radius}.png'",
      );
    }
    const images = listImages(
      {
        words,
        options: values.get("image") ?? [],
        from: values.get("from")?.[0],
        isNulSeparated: values.has("null"),
      },
      directory,
      readStandardInput,
    );
    const given = { words: [], values: new Map([...values, ["image", images] as const]) };
    return await runPlan({
      ...{ kernel, options: given, argv: ["fourier", ...argv] },
      request: (read) => ({
        ...requestOf(kernel.descriptor, given, read),
        figures: values.has("figure"),
      }),
    }, surroundings);
  },
};

function readStandardInput(): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = new Uint8Array(1 << 16);
    const read = Deno.stdin.readSync(chunk);
    if (read === null) break;
    chunks.push(chunk.subarray(0, read));
  }
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
