/** The version of this program, and how it is started. */
import { isBuilt } from "./address.ts";

/** The version of gridiron; a test holds it equal to deno.json's. */
export const VERSION = "0.1.0";

/** How whoever runs this starts it, for lines that say what to type. */
export const PROGRAM = isBuilt ? "gridiron" : "deno task";
