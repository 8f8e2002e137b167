/** What a pool runs its maps on: workers, or its own thread. */
import type { Job } from "./job.ts";

/** Runs jobs until it is ended. */
export interface Engine {
  /** Takes up a job. */
  add(job: Job): void;
  /** A job has tasks where it had none, or is over. */
  poke(): void;
  /** Ends all jobs, for that reason, and all workers. */
  end(reason: unknown): void;
  /** Workers that were given up while they computed. */
  readonly lost: number;
}
