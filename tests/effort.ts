/** How much the random tests try: 1 in the gate, more in their long form. */

/** Set by `deno task test:long`. */
export const EFFORT = Number(Deno.env.get("GRIDIRON_EFFORT") ?? 1);
