/** The batch script of a run: goes on with it as long as every attempt gets somewhere. */
import { shellWord } from "../format/shell.ts";

/** What a batch script is made of. */
export interface Batch {
  readonly nodes: number;
  readonly cpus: number | undefined;
  readonly time: string | undefined;
  readonly partition: string | undefined;
  /** Passed on to sbatch as they are. */
  readonly launcherArguments: readonly string[];
  readonly maxRequeues: number;
  /** How to start this program. */
  readonly program: readonly string[];
  /** The run directory, and where its log goes. */
  readonly directory: string;
}

/** Seconds before the end of the allocation at which the ranks are asked to stop. */
const NOTICE_SECONDS = 120;

/** A script for sbatch. */
export function batchScript(batch: Batch): string {
  const { nodes, cpus, time, partition, launcherArguments, maxRequeues, program } = batch;
  const directory = shellWord(batch.directory);
  const gridiron = program.map(shellWord).join(" ");
  const directives = [
    "--job-name=gridiron",
    `--nodes=${nodes}`,
    `--ntasks=${nodes}`,
    "--ntasks-per-node=1",
    ...cpus === undefined ? [] : [`--cpus-per-task=${cpus}`],
    ...time === undefined ? [] : [`--time=${time}`],
    ...partition === undefined ? [] : [`--partition=${partition}`],
    ...launcherArguments,
    `--signal=USR2@${NOTICE_SECONDS}`,
    "--requeue",
    "--open-mode=append",
    `--output=${shellWord(`${batch.directory}/slurm-%j.log`)}`,
  ];
  // srun does not inherit --cpus-per-task from sbatch.
  const ownCpus = cpus === undefined ? "" : ` --cpus-per-task=${cpus}`;
  return `#!/bin/sh
${directives.map((directive) => `#SBATCH ${directive}`).join("\n")}

# Exit code 75: the ranks were asked to stop before the time was up, and kept what was finished.
# Slurm starts a job again only when it is told to.
gridiron() {
  ${gridiron} "$@"
}
points() {
  gridiron status ${directory} --json | sed -n 's/.*"done":\\([0-9]*\\).*/\\1/p'
}

restarts=\${SLURM_RESTART_COUNT:-0}
before=$(points)
srun --ntasks-per-node=1${ownCpus} --wait=0 --kill-on-bad-exit=0 \\
  ${gridiron} resume ${directory}
rc=$?
if [ $rc -eq 75 ]; then
  if [ "$(points)" -le "$before" ]; then
    echo "no point was finished within the time limit: it must be longer than a point takes"
    gridiron status ${directory}
  elif [ "$restarts" -ge ${maxRequeues} ]; then
    echo "requeued $restarts times: no more (--max-requeues ${maxRequeues})"
  else
    scontrol requeue "$SLURM_JOB_ID"
  fi
fi
exit $rc
`;
}
