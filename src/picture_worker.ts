/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** The module that workers begin with whose kernel takes pictures from files and makes others. */
import { encodePng } from "./image/encode_png.ts";
import { drawFigure } from "./image/figure.ts";
import { PictureReader } from "./picture_reader.ts";
import { filesAxis } from "./plan.ts";
import { servePoints } from "./point_service.ts";

servePoints({
  openReader: ({ plan, folder }) => new PictureReader(filesAxis(plan)!.texts!, folder),
  tools: { encodePng, drawFigure },
});
