/** What a drawing gives: SVG, what each place of it says when pointed at, and remarks. */
import { escaped } from "./svg.ts";

/** A grid of places on the picture that say what they are. */
export interface Zone {
  /** Borders of the places, in pixels from left and from top, in either direction. */
  readonly xEdges: readonly number[];
  readonly yEdges: readonly number[];
  readonly xTexts: readonly string[];
  readonly yTexts: readonly string[];
  /** A text a place, x fastest. */
  readonly texts: readonly string[];
}

/** A finished drawing. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly svg: string;
  readonly zones: readonly Zone[];
}

/** The name of a quantity with its unit: `beta (1/energy)`. */
export function labelOf({ name, unit }: { readonly name: string; readonly unit?: string }): string {
  return unit === undefined ? name : `${name} (${unit})`;
}

/** One file that shows a picture and says what is under the pointer; it loads nothing. */
export function htmlOf({ svg, title, zones }: Picture): string {
  const data = JSON.stringify(zones).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>
body { margin: 0; background: #fff }
#picture { position: relative; display: inline-block }
#tip { position: absolute; display: none; padding: 4px 8px; border-radius: 4px; background: #222d;
  color: #fff; font: 12px sans-serif; white-space: pre; pointer-events: none }
#mark { position: absolute; display: none; outline: 2px solid #f0f; pointer-events: none }
</style>
</head>
<body>
<div id="picture">${svg}<div id="mark"></div><div id="tip" role="status"></div></div>
<script>
const zones = ${data};
${HOVER}
</script>
</body>
</html>
`;
}

/** Finds the place under the pointer and tells its text. */
const HOVER = `const picture = document.getElementById("picture");
const tip = document.getElementById("tip");
const mark = document.getElementById("mark");
function place(edges, at) {
  for (let i = 0; i + 1 < edges.length; i++) {
    const low = Math.min(edges[i], edges[i + 1]), high = Math.max(edges[i], edges[i + 1]);
    if (at >= low && at < high) return i;
  }
  return -1;
}
function show(x, y) {
  for (const { xEdges, yEdges, xTexts, yTexts, texts } of zones) {
    const i = place(xEdges, x), j = place(yEdges, y);
    if (i < 0 || j < 0) continue;
    const text = texts[j * xTexts.length + i];
    if (text === "") continue;
    tip.textContent = [xTexts[i], yTexts[j], text].filter((part) => part !== "").join("\\n");
    const left = Math.min(xEdges[i], xEdges[i + 1]), top = Math.min(yEdges[j], yEdges[j + 1]);
    Object.assign(mark.style, { display: "block", left: left + "px", top: top + "px",
      width: Math.abs(xEdges[i + 1] - xEdges[i]) + "px",
      height: Math.abs(yEdges[j + 1] - yEdges[j]) + "px" });
    tip.style.display = "block";
    tip.style.left = Math.max(0, Math.min(x + 14, picture.offsetWidth - tip.offsetWidth)) + "px";
    tip.style.top = Math.max(0, y - tip.offsetHeight - 10) + "px";
    return;
  }
  tip.style.display = mark.style.display = "none";
}
picture.addEventListener("pointermove", (event) => {
  const box = picture.getBoundingClientRect();
  show(event.clientX - box.left, event.clientY - box.top);
});
picture.addEventListener("pointerleave", () => show(-1, -1));`;
