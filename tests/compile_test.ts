/**
 * The compile-layout test: exactly the files that `deno compile` embeds, in an empty folder, run
 * every command without network. The binary itself needs a base that only a machine with network
 * can get; there the release runs it.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { build } from "../scripts/build.ts";
import { compileArguments } from "../scripts/compile.ts";
import { inFolder, permissionsOf } from "./program.ts";
import { root } from "./project.ts";

/** The program's files in the tree that `deno compile` prints. */
function embeddedFiles(tree: string, program: string): string[] {
  const files: string[] = [];
  const folders: string[] = [];
  for (const line of tree.split("\n")) {
    const match = /^((?:[│ ] )*)[├└]─([┬─]) (.+?) \([^()]*\)$/.exec(line);
    if (match === null) continue;
    const depth = match[1]!.length / 2;
    const path = [...folders.slice(0, depth), match[3]!];
    if (match[2] === "┬") folders.splice(depth, Infinity, match[3]!);
    else if (!path[0]!.startsWith(".deno_compile")) {
      files.push(...filesOf(path.join("/"), program));
    }
  }
  return files;
}

/** A line's file, or all of a folder that is embedded whole. */
function filesOf(path: string, program: string): string[] {
  if (!path.endsWith("/*")) return [path];
  const folder = path.slice(0, -1);
  return [...Deno.readDirSync(program + folder)].map(({ name }) => folder + name);
}

Deno.test("what deno compile embeds is enough for every command, without network", () =>
  inFolder(async (folder) => {
    const program = `${folder}/program/`;
    await build(program);
    const compiled = await new Deno.Command(Deno.execPath(), {
      args: compileArguments(program, ["--output", `${folder}/gridiron`]),
      cwd: root.pathname,
      env: { DENORT_BIN: Deno.realPathSync(Deno.execPath()), NO_COLOR: "1", RUST_BACKTRACE: "" },
    }).output();
    const tree = new TextDecoder().decode(compiled.stderr) +
      new TextDecoder().decode(compiled.stdout);
    assertEquals(compiled.code, 0, tree);
    const files = embeddedFiles(tree, program);
    for (
      const file of ["src/workers/metropolis.ts", "src/ranked_sweep.ts", "wasm/pi/kernel.wasm"]
    ) {
      assert(files.includes(file), `${file} is not embedded`);
    }
    for (const file of files) {
      const target = `${folder}/alone/${file}`;
      await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
      await Deno.copyFile(program + file, target);
    }
    for (const file of ["deno.json", "deno.lock"]) {
      await Deno.copyFile(program + file, `${folder}/alone/${file}`);
    }
    const offline = Deno.uid() === 0 && Deno.build.os === "linux" ? ["unshare", "-n"] : [];
    const run = async (argv: readonly string[], permissions = permissionsOf("sweep")) => {
      const line = [
        ...[...offline, Deno.execPath(), "run", "--cached-only", ...permissions],
        ...[`${folder}/alone/main.ts`, ...argv],
      ];
      const { code, stdout, stderr } = await new Deno.Command(line[0]!, {
        args: line.slice(1),
        cwd: folder,
        env: { INIT_CWD: folder, NO_COLOR: "1", RUST_BACKTRACE: "" },
        stdin: "null",
      }).output();
      assertEquals(code, 0, argv.join(" ") + new TextDecoder().decode(stderr));
      return new TextDecoder().decode(stdout);
    };
    const photo = new URL("tests/images", root).pathname;
    const [image] = [...Deno.readDirSync(photo)].map(({ name }) => name)
      .filter((name) => name.endsWith(".png")).sort();
    await run(["sweep", "--beta", "1,2", "--iterations", "100", "-o", "scan"]);
    await run(["pi", "--samples", "1e6", "-o", "pi"]);
    await run(["fourier", `${photo}/${image}`, "--radius", "2", "-o", "fourier"]);
    await run(["sweep", "--beta", "1,2", "--dry-run"]);
    await run(["resume", "scan"]);
    await run(["verify", "scan"]);
    await run(["status", "scan"]);
    await run(["merge", "scan"]);
    assertStringIncludes(await run(["kernels"]), "metropolis");
    assertEquals(await run(["map", "pow", "1,2", "2,3"]), "1\n8\n");
    await run(
      ["launch", "-N2", "--scheduler", "local", "--", "sweep", "--beta", "1:4", "-o", "two"],
      permissionsOf("launch"),
    );
    const ranked = ["launch", "-N2", "--scheduler", "local", "--", "map", "pow", "1,2", "2,3"];
    assertEquals(await run(ranked, permissionsOf("launch")), "1\n8\n");
  }));

Deno.test("compileArguments() puts options before main.ts, and names the file by target", () => {
  const program = "/p/";
  const words = compileArguments(program, ["--target", "aarch64-apple-darwin"]).join(" ");
  assertStringIncludes(
    words,
    " --output dist/gridiron-aarch64-apple-darwin --target aarch64-apple-darwin /p/main.ts",
  );
  assertStringIncludes(
    compileArguments(program, []).join(" "),
    " --output dist/gridiron /p/main.ts",
  );
});
