/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** The worker of a pool whose functions come from no module. */
import { serveTasks } from "./task_serve.ts";

serveTasks({});
