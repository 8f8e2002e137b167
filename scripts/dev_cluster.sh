#!/usr/bin/env bash
# A throw-away Slurm cluster on this machine, for tests and for trying things out:
#
#     scripts/dev_cluster.sh up [NODES] | down | status
#
# Needs root and Debian's slurm-wlm and munge. All files are in one folder (GRIDIRON_CLUSTER, else
# /tmp/gridiron-cluster); only slurm.conf is linked to where srun looks, and `down` removes it. Every
# node has its own host name, node1, node2, …, in a UTS namespace of its own.
set -euo pipefail

folder=${GRIDIRON_CLUSTER:-/tmp/gridiron-cluster}
link=/etc/slurm/slurm.conf
munge_socket=/run/munge/munge.socket.2
controller_port=17000
cpus=${GRIDIRON_CLUSTER_CPUS:-2}
max_nodes=32

fail() {
  echo "$1" >&2
  exit "${2:-1}"
}

# Whether the process of a pid file is alive and runs the program that we started.
is_alive() {
  local pid
  pid=$(cat "$1" 2>/dev/null) || return 1
  [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$2" ]
}

# Ends the process of a pid file, and waits until it is gone.
end() {
  if is_alive "$1" "$2"; then
    kill "$(cat "$1")"
    for _ in $(seq 100); do
      is_alive "$1" "$2" || break
      sleep 0.1
    done
    ! is_alive "$1" "$2" || kill -9 "$(cat "$1")"
  fi
  rm -f "$1"
}

is_ours() {
  [ -L "$link" ] && [ "$(readlink "$link")" = "$folder/slurm.conf" ]
}

write_conf() {
  cat >"$folder/slurm.conf" <<CONF
ClusterName=gridiron
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=$controller_port
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$munge_socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool-%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=2
MpiDefault=none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SlurmdParameters=config_overrides
ReturnToService=2
SlurmdTimeout=10
KillWait=5
MinJobAge=60
SrunPortRange=17100-17900
NodeName=node[1-$1] NodeHostname=localhost NodeAddr=127.0.0.1 Port=[17001-$((17000 + $1))] CPUs=$cpus
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
CONF
  echo "IgnoreSystemd=yes" >"$folder/cgroup.conf"
}

start_munge() {
  if munge -n >/dev/null 2>&1; then return; fi
  [ -f /etc/munge/munge.key ] || mungekey --create
  install -d -o munge -g munge -m 0755 /run/munge
  install -d -o munge -g munge -m 0700 /var/log/munge /var/lib/munge
  chown -R munge:munge /etc/munge
  setpriv --reuid=munge --regid=munge --clear-groups munged
  # Only a munged of ours is ended by `down`.
  cp /run/munge/munged.pid "$folder/munged.pid"
}

up() {
  local nodes=$1
  [[ "$nodes" =~ ^[1-9][0-9]*$ ]] && [ "$nodes" -le "$max_nodes" ] ||
    fail "Cannot start \"$nodes\" nodes: expected a number from 1 to $max_nodes" 2
  [ "$(id -u)" = 0 ] || fail "Cannot start a cluster: this is not root, expected sudo $0 up $nodes"
  for program in slurmctld slurmd srun munged; do
    command -v "$program" >/dev/null ||
      fail "Cannot start $program: it is not installed, expected apt-get install slurm-wlm munge"
  done
  if [ -e "$link" ] || [ -L "$link" ]; then
    is_ours || fail "Cannot link \"$link\": there is one that $0 did not make"
  fi
  ! is_alive "$folder/slurmctld.pid" slurmctld ||
    fail "Cannot start a cluster: one is up in \"$folder\", expected $0 down first"
  rm -rf "$folder"
  mkdir -p "$folder/state"
  chmod 755 "$folder"
  write_conf "$nodes"
  start_munge
  mkdir -p "$(dirname "$link")"
  ln -sfn "$folder/slurm.conf" "$link"
  slurmctld -f "$folder/slurm.conf"
  for number in $(seq "$nodes"); do
    mkdir -p "$folder/spool-node$number"
    unshare --uts sh -c "hostname node$number && exec slurmd -f '$folder/slurm.conf' -N node$number"
  done
  for _ in $(seq 150); do
    if [ "$(sinfo -h -N -t idle -o %N 2>/dev/null | wc -l)" = "$nodes" ]; then
      echo "$nodes nodes are up in $folder: srun -N$nodes hostname"
      return
    fi
    sleep 0.2
  done
  fail "Cannot start a cluster: the nodes did not come up within 30 s; see $folder/*.log"
}

down() {
  local pid_file
  for pid_file in "$folder"/slurmd-*.pid; do
    [ ! -e "$pid_file" ] || end "$pid_file" slurmd
  done
  end "$folder/slurmctld.pid" slurmctld
  [ ! -e "$folder/munged.pid" ] || end "$folder/munged.pid" munged
  if is_ours; then rm "$link"; fi
  rm -rf "$folder"
  echo "down"
}

status() {
  is_alive "$folder/slurmctld.pid" slurmctld || fail "no cluster is up in $folder"
  sinfo -N -o "%N %T %C"
  squeue
}

case "${1:-}" in
  up) up "${2:-4}" ;;
  down) down ;;
  status) status ;;
  *) fail "usage: $0 up [NODES] | down | status" 2 ;;
esac
