/** `map FUNCTION LIST…`; what it does is loaded when it is used, as it is most of a library. */
import type { Command } from "./command.ts";

export const map: Command = {
  name: "map",
  doc: "a function over lists of values, one result a line",

  async run(argv, surroundings) {
    const { runMap } = await import("./map_run.ts");
    return await runMap(argv, surroundings);
  },
};
