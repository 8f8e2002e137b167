/** The project's own files, for tests that hold house rules. */

/** The project's folder. */
export const root = new URL("../", import.meta.url);

/** Folders with nothing of the project's own in them. */
const FOREIGN = new Set([".git", "node_modules", "runs", "dist", "generated", "coverage"]);

/** Paths of all files below the project's folder, in order. */
export function projectFiles(): string[] {
  const files: string[] = [];
  const walk = (folder: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, root))) {
      if (isDirectory && !FOREIGN.has(name)) walk(`${folder}${name}/`);
      else if (!isDirectory) files.push(`${folder}${name}`);
    }
  };
  walk("./");
  return files.map((file) => file.slice(2)).sort();
}
