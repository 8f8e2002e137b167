/**
 * SVG as PNG, drawn by resvg: the same bytes everywhere, with a font of its own. Our own encoder
 * writes the file, as resvg's takes longer than all the drawing. The task `plot` tells V8 not to
 * compile WebAssembly a second time with its optimizing compiler, which for a single picture takes
 * more CPU time than it saves.
 */
import * as resvg from "@resvg/resvg-wasm";
import code from "@resvg/resvg-wasm/index_bg.wasm" with { type: "bytes" };
import font from "dejavu-fonts-ttf/DejaVuSans.ttf" with { type: "bytes" };
import { coloursOf } from "../image/colours.ts";
import { encodeColourPng } from "../image/encode_png.ts";

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
      // The ground is white and opaque, so that the colours are all there is.
      return encodeColourPng(rendered.width, rendered.height, coloursOf(rendered.pixels)).slice();
    } finally {
      rendered.free();
    }
  } finally {
    renderer.free();
  }
}
