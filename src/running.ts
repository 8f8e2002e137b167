/** A run that was planned and not yet begun. */
import type { SweepOptions } from "./sweep_options.ts";

/** The plan, where it goes, and what the report needs. */
export type Running =
  & Pick<SweepOptions, "kernel" | "plan" | "directory" | "folder" | "argv" | "inputs">
  & {
    readonly points: number;
    /** As the user typed it. */
    readonly typedDirectory: string;
  };
