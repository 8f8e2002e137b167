/** Tests of batch scripts: directives, quoting, and that a shell can read them. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { batchScript } from "./batch_script.ts";

const BATCH = {
  ...{ nodes: 2, cpus: 4, time: "1:00:00", partition: "long", launcherArguments: ["--account=me"] },
  ...{ maxRequeues: 3, program: ["gridiron"], directory: "/a b/scan" },
};

Deno.test("batchScript() asks for what was asked for, and quotes what needs it", () => {
  const script = batchScript(BATCH);
  for (
    const directive of [
      ...["--nodes=2", "--cpus-per-task=4", "--time=1:00:00", "--partition=long", "--account=me"],
      ...["--signal=USR2@120", "--requeue", "--open-mode=append"],
      "--output='/a b/scan/slurm-%j.log'",
    ]
  ) assertStringIncludes(script, `\n#SBATCH ${directive}\n`);
  assertStringIncludes(script, "gridiron resume '/a b/scan'");
  assertStringIncludes(script, "-ge 3 ]");
});

Deno.test("batchScript() leaves out what was not asked for", () => {
  const script = batchScript({
    ...BATCH,
    ...{ cpus: undefined, time: undefined, partition: undefined, launcherArguments: [] },
  });
  const lines = script.split("\n").filter((line) => line.startsWith("#SBATCH"));
  assertEquals(lines.some((line) => /cpus|time=|partition|account/.test(line)), false);
});
