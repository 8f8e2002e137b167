/** The version of gridiron; a test holds it equal to deno.json's. */
export const VERSION = "0.1.0";

/** How whoever runs this starts it, for lines that say what to type. */
export const PROGRAM = Deno.build.standalone ? "gridiron" : "deno task";
