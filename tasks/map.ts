/** `map FUNCTION LIST…`; what it does is loaded when it is used, as it is most of a library. */
import type { Command } from "./command.ts";

/**
 * Not a literal in `import()`: Deno would look at every module behind it at each start of any
 * command, which costs sweep 2 ms. So deno.json names it for `deno compile`.
 */
const MODULE = import.meta.resolve("./map_run.ts");

export const map: Command = {
  name: "map",
  doc: "a function over lists of values, one result a line",

  async run(argv, surroundings) {
    const { runMap }: typeof import("./map_run.ts") = await import(MODULE);
    return await runMap(argv, surroundings);
  },
};
