/** What a program that was started takes, as the system tells it while it lives. */

/** The most that was seen of a process. */
export interface Usage {
  /** The largest resident set, in KiB. */
  readonly memory: number;
  /** Open file descriptors. */
  readonly descriptors: number;
  readonly threads: number;
}

/** Looks fifty times a second, with what is built into the shell, and prints what it saw most. */
const WATCH = `
memory=0 descriptors=0 threads=0
while [ -r "/proc/$1/status" ]; do
  while read -r name value rest; do
    case $name in
      VmHWM:) [ "$value" -gt "$memory" ] && memory=$value ;;
      Threads:) [ "$value" -gt "$threads" ] && threads=$value ;;
    esac
  done < "/proc/$1/status"
  set -- "$1" /proc/$1/fd/*
  [ $(($# - 1)) -gt "$descriptors" ] && descriptors=$(($# - 1))
  sleep 0.02
done 2> /dev/null
echo "$memory $descriptors $threads"
`;

/** Watches a process to its end. */
export async function watch(pid: number): Promise<Usage> {
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", WATCH, "watch", String(pid)],
    stdin: "null",
    stderr: "null",
  }).output();
  const [memory = 0, descriptors = 0, threads = 0] = new TextDecoder().decode(stdout).trim()
    .split(" ").map(Number);
  return { memory, descriptors, threads };
}
