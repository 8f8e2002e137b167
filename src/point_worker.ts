/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** The module that the workers of most runs begin with: it is small, to begin soon. */
import { servePoints } from "./point_service.ts";

servePoints(undefined);
