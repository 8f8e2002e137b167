/** How many workers this process should have, and why. */

/** A number of workers with the reason for it, in words. */
export interface WorkerCount {
  readonly count: number;
  readonly reason: string;
}

/**
 * As many as there are CPUs to use: what the system grants this process and, under Slurm, no more
 * than the task was given.
 */
export function defaultWorkers(
  environment: (name: string) => string | undefined,
  systemCpus: number,
): WorkerCount {
  const slurm = slurmCpus(environment);
  if (slurm !== undefined && slurm.count < systemCpus) return slurm;
  return { count: systemCpus, reason: systemCpus === 1 ? "1 CPU" : `${systemCpus} CPUs` };
}

/** SLURM_CPUS_PER_TASK, else this node's CPUs over its tasks in the step. */
function slurmCpus(environment: (name: string) => string | undefined): WorkerCount | undefined {
  const perTask = wholeNumber(environment("SLURM_CPUS_PER_TASK"));
  if (perTask !== undefined) {
    return { count: perTask, reason: `SLURM_CPUS_PER_TASK=${perTask}` };
  }
  const onNode = wholeNumber(environment("SLURM_CPUS_ON_NODE"));
  if (onNode === undefined) return undefined;
  const tasks = tasksOnNode(
    environment("SLURM_STEP_TASKS_PER_NODE"),
    wholeNumber(environment("SLURM_NODEID"), 0) ?? 0,
  );
  const reason = `SLURM_CPUS_ON_NODE=${onNode}` + (tasks > 1 ? ` for ${tasks} tasks` : "");
  return { count: Math.max(1, Math.floor(onNode / tasks)), reason };
}

/** Tasks on one node from Slurm's short form, such as `2(x3),1`: 2, 2, 2, 1. */
export function tasksOnNode(text: string | undefined, node: number): number {
  let before = 0;
  for (const part of (text ?? "").split(",")) {
    const match = /^(\d+)(?:\(x(\d+)\))?$/.exec(part);
    if (match === null) return 1;
    before += Number(match[2] ?? 1);
    if (node < before) return Math.max(1, Number(match[1]));
  }
  return 1;
}

function wholeNumber(text: string | undefined, minimum = 1): number | undefined {
  const value = Number(text);
  return text !== undefined && /^\d+$/.test(text) && value >= minimum ? value : undefined;
}
