/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** What the workers of streams of π begin with: it is small, to begin soon. */
import { open } from "../../wasm/pi/kernel.ts";
import { servePoints } from "../point_service.ts";

servePoints({ open });
