/** What is thrown when tasks fail. */
import type { ErrorWords } from "./protocol.ts";

/** Failures that the message of a `MapError` tells. */
const SHOWN_FAILURES = 3;
/** Letters of an argument that a message shows. */
const SHOWN_LETTERS = 40;

/** What failed: a task with its arguments, and the error in words. */
export interface FailedTask {
  /** The task's place in the lists, counted from 0. */
  readonly index: number;
  /** Its arguments. */
  readonly arguments: readonly unknown[];
  /** How often it was tried. */
  readonly attempts: number;
  /** The name of the error's class, such as `RangeError`. */
  readonly name: string;
  /** What the error says. */
  readonly message: string;
  /** Where it was thrown in the worker. */
  readonly stack: string | undefined;
}

/** One task that failed. Its `name` and `stack` are those of the error in the worker. */
export class TaskError extends Error {
  /** The task's place in the lists, counted from 0. */
  readonly index: number;
  /** Its arguments. */
  readonly arguments: readonly unknown[];
  /** How often it was tried. */
  readonly attempts: number;
  /** The name of the error's class in the worker, or `TimeoutError`, `WorkerLost`. */
  override readonly name: string;

  /** Made by pools. */
  constructor(task: FailedTask) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(task.message);
    Error.stackTraceLimit = limit;
    this.index = task.index;
    this.arguments = task.arguments;
    this.attempts = task.attempts;
    this.name = task.name;
    this.stack = task.stack ?? `${task.name}: ${task.message}`;
  }
}

/** A map of which tasks failed: `errors` has a {@linkcode TaskError} for each, in order. */
export class MapError extends AggregateError {
  /** Each failing task. */
  declare readonly errors: TaskError[];
  /** Always `MapError`. */
  override readonly name = "MapError";

  /** Made by pools. */
  constructor(label: string, errors: readonly TaskError[]) {
    const sorted = errors.toSorted((a, b) => a.index - b.index);
    const shown = sorted.slice(0, SHOWN_FAILURES).map(
      (error) =>
        `task ${error.index} (${error.arguments.map(show).join(", ")}): ` +
        `${error.name}: ${error.message}`,
    );
    const more = sorted.length > shown.length ? [`… and ${sorted.length - shown.length} more`] : [];
    const tasks = sorted.length === 1 ? "1 task" : `${sorted.length} tasks`;
    super(
      sorted,
      `Cannot map ${label} over all: ${tasks} failed\n${[...shown, ...more].join("\n")}`,
    );
  }
}

/** The words of a task whose worker ended under it. */
export function workerLost(reason: string): ErrorWords {
  return {
    name: "WorkerLost",
    message: `Cannot finish the task: its worker ended, ${reason}`,
    stack: undefined,
  };
}

/** An argument as text, short. */
function show(value: unknown): string {
  let text: string;
  try {
    text = typeof value === "string" || (typeof value === "object" && value !== null)
      ? JSON.stringify(value)
      : String(value);
  } catch {
    text = String(value);
  }
  return text.length > SHOWN_LETTERS ? text.slice(0, SHOWN_LETTERS) + "…" : text;
}
