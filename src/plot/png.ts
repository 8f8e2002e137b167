/** SVG as PNG, drawn by resvg: the same bytes everywhere, with a font of its own. */
import * as resvg from "@resvg/resvg-wasm";
import code from "@resvg/resvg-wasm/index_bg.wasm" with { type: "bytes" };
import font from "dejavu-fonts-ttf/DejaVuSans.ttf" with { type: "bytes" };

/** Pixels of the PNG for one of the SVG. */
const SCALE = 2;

let ready: Promise<void> | undefined;

/** The picture at twice its size, for screens and paper. */
export async function pngOf(svg: string): Promise<Uint8Array> {
  await (ready ??= resvg.initWasm(code));
  const renderer = new resvg.Resvg(svg, {
    fitTo: { mode: "zoom", value: SCALE },
    font: { fontBuffers: [font], defaultFontFamily: "DejaVu Sans" },
  });
  try {
    const rendered = renderer.render();
    try {
      return rendered.asPng();
    } finally {
      rendered.free();
    }
  } finally {
    renderer.free();
  }
}
