/**
 * Where the modules are that are loaded when they are needed. Deno reads the graph behind every
 * `import` that it can see, at every start; an address that is put together it cannot see.
 */

/** All that stands before the last `/src/`: a built program has this module below `src` as well. */
const ROOT = import.meta.url.slice(0, import.meta.url.lastIndexOf("/src/") + 1);

/** Whether this is a built program, where this module is part of another. */
export const isBuilt = !import.meta.url.endsWith("/src/address.ts");

/** The address of a file by its path below the project, such as `src/taken.ts`. */
export function addressOf(path: string): string {
  return ROOT + path;
}

/** Where that file is for the system, which writes spaces and accents as they are. */
export function fileOf(path: string): string {
  return decodeURIComponent(new URL(addressOf(path)).pathname);
}
