/** House rules that a program can hold. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PERMISSIONS, V8_FLAGS } from "../src/nodes/self.ts";
import { commands } from "../tasks/mod.ts";
import { VERSION } from "../src/version.ts";
import { projectFiles, root } from "./project.ts";

const MAX_LINES = 500;
const MAX_COLUMNS = 100;

const sources = projectFiles().filter((file) => file.endsWith(".ts"));

function read(file: string): string {
  return Deno.readTextFileSync(new URL(file, root));
}

/** The files for which a rule gives a complaint, with it. */
function complaints(files: readonly string[], rule: (file: string, text: string) => string[]) {
  return files.flatMap((file) =>
    rule(file, read(file)).map((complaint) => `${file}: ${complaint}`)
  );
}

Deno.test("every source file begins by saying what it is", () => {
  assertEquals(
    complaints(sources, (_, text) => {
      const start = text.replace(/^(\/\/\/ <reference [^\n]*\n)*/, "");
      return start.startsWith("/** ") || start.startsWith("/**\n * ") ? [] : ["no doc sentence"];
    }),
    [],
  );
});

Deno.test("no source file but a test is longer than 500 lines", () => {
  assertEquals(
    complaints(sources.filter((file) => !file.endsWith("_test.ts")), (_, text) => {
      const lines = text.split("\n").length - 1;
      return lines > MAX_LINES ? [`${lines} lines`] : [];
    }),
    [],
  );
});

Deno.test("no line is wider than 100 columns", () => {
  assertEquals(
    complaints(
      sources,
      (_, text) =>
        text.split("\n").flatMap((line, i) =>
          [...line].length > MAX_COLUMNS && !line.includes("https://") ? [`line ${i + 1}`] : []
        ),
    ),
    [],
  );
});

Deno.test("only main.ts and scripts exit, only tasks and main.ts write to the console", () => {
  const quiet = sources.filter((file) => file.startsWith("src/") || file.startsWith("tasks/"));
  assertEquals(
    complaints(quiet, (_, text) => {
      const code = text.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, "");
      return /\bconsole\.|Deno\.exit\(|Deno\.std(out|err)/.test(code) ? ["console or exit"] : [];
    }),
    [],
  );
});

Deno.test("nothing draws from Math.random", () => {
  const pattern = new RegExp("Math\\.random\\(");
  assertEquals(complaints(sources, (_, text) => pattern.test(text) ? ["Math.random"] : []), []);
});

Deno.test("types are never switched off", () => {
  const pattern = new RegExp(`: ${"any"}\\b|as ${"any"}\\b|@ts-${"(ignore|expect-error|nocheck)"}`);
  const checked = sources.filter((file) => !file.includes("/assembly/"));
  assertEquals(
    complaints(checked, (_, text) => pattern.test(text) ? ["switched off"] : []),
    [],
  );
});

Deno.test("commands get no more permissions than the one list", () => {
  const { tasks } = JSON.parse(read("deno.json")) as { tasks: Record<string, string> };
  const common = "deno run --no-prompt --allow-read --allow-write --allow-sys=hostname,cpus " +
    "--allow-env=INIT_CWD,NO_COLOR,TERM,COLUMNS,SLURM_*,OMPI_*,PMI_*,PMIX_*,PBS_* main.ts";
  assertEquals(`deno run ${PERMISSIONS.join(" ")} main.ts`, common);
  for (const [name, line] of Object.entries(tasks)) {
    // Whoever starts other programs may do that besides.
    const isStarter = commands.some((command) => command.name === name && command.isStarter);
    const own = isStarter ? common.replace(/main\.ts$/, "--allow-run main.ts") : common;
    if (/^deno run .* main\.ts /.test(line)) {
      // Deno wipes lines of a terminal unless it is quiet; what V8 is told is no permission.
      assertEquals(line.replace(/ --quiet --v8-flags=\S+/, ""), `${own} ${name}`);
    }
    assertEquals(/(^|\s)(-A|--allow-all)(\s|$)/.test(line), false, name);
  }
});

Deno.test("every command tells V8 the same, and plot more", () => {
  const { tasks } = JSON.parse(read("deno.json")) as { tasks: Record<string, string> };
  for (const { name } of commands) {
    const more = name === "plot" ? ",--wasm-tiering-budget=1000000000" : "";
    const start = `deno run --quiet ${V8_FLAGS}${more} `;
    assertEquals(tasks[name]!.slice(0, start.length), start);
  }
  assertStringIncludes(read("scripts/launch_srun.sh"), ` ${V8_FLAGS} `);
});

Deno.test("what is loaded by its address is there, and deno compile embeds it", () => {
  const { compile } = JSON.parse(read("deno.json")) as { compile: { include: string[] } };
  const loaded = sources.filter((file) => !file.endsWith("_test.ts")).flatMap((file) =>
    [...read(file).matchAll(/addressOf\("(.+?\.ts)"\)/g)].map(([, path]) => path!)
  );
  assert(loaded.length > 0);
  // The program itself is where `deno compile` begins.
  const missing = loaded.filter((path) => path !== "main.ts" && !compile.include.includes(path));
  assertEquals(missing, []);
  for (const path of [...loaded, ...compile.include]) assert(sources.includes(path), path);
});

Deno.test("the version is the same everywhere", () => {
  assertEquals(JSON.parse(read("deno.json")).version, VERSION);
  assertEquals(/^## (\d+\.\d+\.\d+)/m.exec(read("CHANGELOG.md"))?.[1], VERSION);
});

Deno.test("imports are pinned and documented", () => {
  const { imports } = JSON.parse(read("deno.json")) as { imports: Record<string, string> };
  const reasons = read("docs/dependencies.md");
  for (const [name, target] of Object.entries(imports)) {
    const match = /^npm:((?:@[\w-]+\/)?[\w-]+)@\d+\.\d+\.\d+(\/|$)/.exec(target);
    assertEquals(match !== null, true, `${name} is not pinned`);
    assertEquals(reasons.includes(`\`${match![1]}\``), true, `${match![1]} has no reason`);
  }
});

Deno.test("there is no package.json beside deno.json", () => {
  assertEquals(projectFiles().includes("package.json"), false);
});
