/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** What the workers of the Fourier filter begin with: pictures come from files and go to others. */
import { open } from "../../wasm/fourier/kernel.ts";
import { encodePng } from "../image/encode_png.ts";
import { drawFigure } from "../image/figure.ts";
import { PictureReader } from "../picture_reader.ts";
import { filesAxis } from "../plan.ts";
import { servePoints } from "../point_service.ts";

/** By its name, which decides nothing but what is made ready. */
const JPEG_NAME = /\.jpe?g$/i;

servePoints({ open }, {
  openReader: ({ plan, folder }) => new PictureReader(filesAxis(plan)!.texts!, folder),
  async warmUp({ plan }) {
    if (!filesAxis(plan)!.texts!.some((path) => JPEG_NAME.test(path))) return;
    const { warmUpJpeg } = await import("../image/warm_up.ts");
    await warmUpJpeg();
  },
  tools: { encodePng, drawFigure },
});
