/** Imports go downwards and never in a circle. */
import { assertEquals } from "@std/assert";
import { projectFiles, root } from "./project.ts";

/** `from "…"`, `import "…"` and `import("…")` with a relative path. */
const IMPORT = /(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g;

/** What a file of a layer may import, by path below the project; the first that fits counts. */
const LAYERS: readonly { readonly files: RegExp; readonly mayImport: RegExp }[] = [
  { files: /_test\.ts$/, mayImport: /./ },
  { files: /^(tests|scripts)\//, mayImport: /./ },
  {
    files: /^main\.ts$/,
    mayImport: /^(tasks\/(mod|command)|src\/(cli\/.+|address|errors|version))\.ts$/,
  },
  { files: /^tasks\//, mayImport: /^(tasks|src)\/|^wasm\/kernel\.ts$/ },
  { files: /^src\/(kernels|workers\/\w+)\.ts$/, mayImport: /^(src|wasm)\// },
  // The checksum of series is the harness's own module, not a kernel.
  { files: /^src\/series_file\.ts$/, mayImport: /^src\/|^wasm\/checksum\/kernel\.wasm$/ },
  // So is what turns colours to grey, takes their opacity and compresses PNG.
  {
    files: /^src\/image\/(colours|compress|grey)\.ts$/,
    mayImport: /^src\/|^wasm\/picture\/kernel\.wasm$/,
  },
  { files: /^src\//, mayImport: /^src\/|^wasm\/kernel\.ts$/ },
  { files: /^wasm\/kernel\.ts$/, mayImport: /^$/ },
  { files: /^wasm\/(\w+)\/assembly\//, mayImport: /^wasm\/(\w+\/assembly|shared\/assembly)\// },
  { files: /^wasm\/\w+\/[^/]+\.ts$/, mayImport: /^wasm\/(kernel\.ts$|\w+\/[^/]+$)/ },
];

/** Relative imports of each file, as paths below the project. */
async function importGraph(): Promise<Map<string, string[]>> {
  const graph = new Map<string, string[]>();
  for (const file of projectFiles().filter((file) => file.endsWith(".ts"))) {
    const text = await Deno.readTextFile(new URL(file, root));
    const source = text.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, "");
    const targets = [...source.matchAll(IMPORT)].map(([, path]) => {
      const target = new URL(path!, new URL(file, root)).pathname.slice(root.pathname.length);
      return file.includes("/assembly/") ? `${target}.ts` : target;
    });
    graph.set(file, targets);
  }
  return graph;
}

Deno.test("imports stay in their layer", async () => {
  const wrong: string[] = [];
  for (const [file, targets] of await importGraph()) {
    const layer = LAYERS.find(({ files }) => files.test(file));
    if (layer === undefined) wrong.push(`${file} is in no layer`);
    for (const target of targets) {
      const folder = (path: string) => path.split("/").slice(0, 2).join("/");
      const isOwnKernel = !/^wasm\/\w+\//.test(file) || folder(file) === folder(target) ||
        target === "wasm/kernel.ts" || target.startsWith("wasm/shared/") ||
        file.endsWith("_test.ts");
      if (layer !== undefined && (!layer.mayImport.test(target) || !isOwnKernel)) {
        wrong.push(`${file} imports ${target}`);
      }
    }
  }
  assertEquals(wrong, []);
});

Deno.test("imports make no circle", async () => {
  const graph = await importGraph();
  const finished = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) {
      circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
      return;
    }
    if (finished.has(file)) return;
    for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
    finished.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  assertEquals(circles, []);
});
