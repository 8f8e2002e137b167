/** Signals that ask a program to stop: the first one gently, a later one at once. */

/** Exit codes by signal. Never SIGUSR1: Deno answers that by opening a debugger port. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGUSR2: 75 } as const;
/** One Ctrl-C arrives twice under `deno task`: signals this close together are one. */
const SAME_MS = 500;

/**
 * A signal that is aborted, with the exit code as its reason, when the program is asked to stop.
 * `exit` is called when it is asked again.
 */
export function listenForStop(exit: (code: number) => void): AbortSignal {
  const controller = new AbortController();
  let firstMs = -Infinity;
  for (const name of listenable(Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[])) {
    Deno.addSignalListener(name, () => {
      const nowMs = performance.now();
      if (controller.signal.aborted && nowMs - firstMs > SAME_MS) exit(EXIT_CODES[name]);
      if (!controller.signal.aborted) firstMs = nowMs;
      controller.abort(EXIT_CODES[name]);
    });
  }
  return controller.signal;
}

/** Those of some signals that this system lets a program listen for: on Windows only Ctrl-C. */
export function listenable<Name extends Deno.Signal>(names: readonly Name[]): Name[] {
  return names.filter((name) => Deno.build.os !== "windows" || name === "SIGINT");
}
