/** Paths without symbolic links: what permissions are given for, and what is written to. */
import { dirname } from "@std/path/posix/dirname";
import { join } from "@std/path/posix/join";

/** The path with every link on its way resolved, as far as it is there. */
export function resolveLinks(path: string): string {
  let there = path;
  let missing = "";
  for (;;) {
    try {
      return join(Deno.realPathSync(there), missing);
    } catch (error) {
      const parent = dirname(there);
      if (!(error instanceof Deno.errors.NotFound) || parent === there) return path;
      missing = join(there.slice(parent.length), missing);
      there = parent;
    }
  }
}
