/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** What the workers of Metropolis chains begin with: it is small, to begin soon. */
import { open } from "../../wasm/metropolis/kernel.ts";
import { servePoints } from "../point_service.ts";

servePoints({ open });
