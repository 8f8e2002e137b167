/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** A worker's side of a pool: makes functions of words and runs chunks of tasks. */
import { globalFunction } from "./global_functions.ts";
import { exportOf } from "./module_export.ts";
import { markNested, type Modules } from "./nested.ts";
import { inWords, Transfer } from "./protocol.ts";
import { sendDeath, sendPart, serve } from "./serve.ts";
import { sourceFunction } from "./source_function.ts";
import type { Chunk, ChunkResult, FunctionWords, TaskSetup } from "./task_protocol.ts";
import { Watch } from "./task_protocol.ts";
import { type TaskCode, TaskRunner } from "./task_runner.ts";

let runner: TaskRunner | undefined;
let isSpent = false;
let isDying = false;

// Before any module of the user's begins: Deno tells the parent nothing of these ends.
markNested({});
const close = self.close;
self.close = () => die("it closed itself, as by self.close");
self.addEventListener("unload", () => die("it exited, as by Deno.exit"));
self.addEventListener("error", (event) => {
  event.preventDefault();
  die(`nothing caught its error: ${event.message}`);
});
self.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  const { name, message } = inWords(event.reason);
  die(`nothing caught its rejection: ${name}: ${message}`);
});

/** Takes tasks; their module functions are in `modules`, by address. */
export function serveTasks(modules: Modules): void {
  markNested(modules);
  const resolve = (words: FunctionWords) => resolveWords(words, modules);
  serve({
    async open({ worker, initializer, watch }: TaskSetup): Promise<void> {
      const part = (result: ChunkResult, buffers: readonly Transferable[]) =>
        sendPart(result, buffers);
      runner = new TaskRunner({ resolve, watch: new Watch(watch), part });
      if (initializer !== undefined) await (await runner.code(initializer))(worker);
    },

    async run(chunk: Chunk): Promise<Transfer<ChunkResult>> {
      // What is left of a task that ran out of its time may still use this thread.
      if (isSpent) await new Promise<never>(() => {});
      const { result, buffers } = await runner!.run(chunk);
      isSpent = result.isSpent;
      return new Transfer(result, buffers);
    },
  });
}

/** Sends what was done and why there will be no more, and ends this thread. */
function die(reason: string): void {
  if (isDying) return;
  isDying = true;
  runner?.flush();
  sendDeath(reason);
  close.call(self);
}

function resolveWords(words: FunctionWords, modules: Modules): TaskCode {
  if (words.kind === "source") return sourceFunction(words);
  if (words.kind === "global") {
    const found = globalFunction(words.path);
    if (found !== undefined) return found;
    throw new TypeError(`Cannot find "${words.path}": this worker has no such function`);
  }
  return exportOf(modules[words.module]!, words);
}
