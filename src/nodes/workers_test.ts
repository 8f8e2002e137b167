/** How many workers a process takes, alone and under Slurm. */
import { assertEquals } from "@std/assert";
import { defaultWorkers, tasksOnNode } from "./workers.ts";

function workers(systemCpus: number, variables: Record<string, string> = {}) {
  return defaultWorkers((name) => variables[name], systemCpus);
}

Deno.test("defaultWorkers() takes every CPU of the system", () => {
  assertEquals(workers(8), { count: 8, reason: "8 CPUs" });
  assertEquals(workers(1), { count: 1, reason: "1 CPU" });
});

Deno.test("defaultWorkers() takes no more than the task was given", () => {
  assertEquals(workers(64, { SLURM_CPUS_PER_TASK: "4", SLURM_CPUS_ON_NODE: "32" }), {
    count: 4,
    reason: "SLURM_CPUS_PER_TASK=4",
  });
  assertEquals(workers(2, { SLURM_CPUS_PER_TASK: "4" }), { count: 2, reason: "2 CPUs" });
  assertEquals(workers(4, { SLURM_CPUS_PER_TASK: "4" }), { count: 4, reason: "4 CPUs" });
});

Deno.test("defaultWorkers() shares the CPUs of a node among its tasks", () => {
  const step = (tasks: string, node: string) =>
    workers(64, {
      ...{ SLURM_CPUS_ON_NODE: "7", SLURM_STEP_TASKS_PER_NODE: tasks, SLURM_NODEID: node },
    });
  assertEquals(step("1(x4)", "3"), { count: 7, reason: "SLURM_CPUS_ON_NODE=7" });
  assertEquals(step("2(x3),3", "2"), { count: 3, reason: "SLURM_CPUS_ON_NODE=7 for 2 tasks" });
  assertEquals(step("2(x3),3", "3"), { count: 2, reason: "SLURM_CPUS_ON_NODE=7 for 3 tasks" });
  assertEquals(step("20", "0"), { count: 1, reason: "SLURM_CPUS_ON_NODE=7 for 20 tasks" });
  assertEquals(workers(64, { SLURM_CPUS_ON_NODE: "7" }).count, 7);
});

Deno.test("defaultWorkers() ignores what is no whole number above 0", () => {
  for (const text of ["", "0", "-1", "2.5", "2x", " 2", "1e1", "NaN"]) {
    assertEquals(workers(8, { SLURM_CPUS_PER_TASK: text }), { count: 8, reason: "8 CPUs" }, text);
    assertEquals(workers(8, { SLURM_CPUS_ON_NODE: text }).count, 8, text);
  }
  const next = { SLURM_CPUS_PER_TASK: "0", SLURM_CPUS_ON_NODE: "3" };
  assertEquals(workers(8, next).reason, "SLURM_CPUS_ON_NODE=3");
});

Deno.test("tasksOnNode() reads Slurm's short form", () => {
  const tasks = Array.from({ length: 7 }, (_, node) => tasksOnNode("2(x3),1,12(x2)", node));
  assertEquals(tasks, [2, 2, 2, 1, 12, 12, 1]);
  assertEquals(tasksOnNode("4", 0), 4);
});

Deno.test("tasksOnNode() takes one task for what it cannot read", () => {
  assertEquals(tasksOnNode(undefined, 0), 1);
  for (const text of ["", "x", "0", "2(x3", "(x3)", "2 (x3)", "-2"]) {
    assertEquals(tasksOnNode(text, 0), 1, text);
  }
});
