#!/bin/sh
# Runs gridiron on several nodes, in plain shell, to read and to edit:
#
#     scripts/launch_srun.sh NODES CPUS COMMAND …
#     scripts/launch_srun.sh 4 16 sweep --beta 0.1:10:0.1
#
# Inside an allocation its nodes are used, else srun makes one. `gridiron launch` does the same, and
# besides looks at the result in the end.
set -u
if [ $# -lt 3 ]; then
  echo "usage: $0 NODES CPUS COMMAND …, such as $0 4 16 sweep --beta 0.1:10:0.1" >&2
  exit 2
fi
nodes=$1
cpus=$2
shift 2

# The binary, else Deno with this checkout. On a cluster keep DENO_DIR on the nodes' own disks, as
# ranks must not share it.
project=$(cd "$(dirname "$0")/.." && pwd)
if command -v gridiron >/dev/null; then
  set -- gridiron "$@"
else
  set -- deno run --quiet --no-prompt \
    --v8-flags=--no-lazy,--min-semi-space-size=4,--invocation-count-for-maglev=2000 \
    --allow-read --allow-write --allow-sys=hostname,cpus \
    "--allow-env=INIT_CWD,NO_COLOR,TERM,COLUMNS,SLURM_*,OMPI_*,PMI_*,PMIX_*,PBS_*" \
    "$project/main.ts" "$@"
fi

# A step inside a step waits for CPUs that its parent holds.
overlap=
if [ -n "${SLURM_STEP_ID:-}" ]; then overlap=--overlap; fi

# One rank a node. A rank that dies leaves its points to the others, who must not be ended with it.
exec srun --nodes="$nodes" --ntasks="$nodes" --ntasks-per-node=1 --cpus-per-task="$cpus" \
  --wait=0 --kill-on-bad-exit=0 --input=none $overlap "$@"
