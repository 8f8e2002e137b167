/** What the system said, as it is told. */
import { assertEquals } from "@std/assert";
import { isAbsence, isFull, plainly, reasonOf } from "./errors.ts";

Deno.test("plainly() leaves out numbers of errors, and advice that gridiron cannot follow", () => {
  assertEquals(plainly("No such file (os error 2): open 'x'"), "No such file: open 'x'");
  const advice = 'Requires all access to "/dev/null", run again with the --allow-all flag';
  assertEquals(plainly(advice), 'Deno lets no program use "/dev/null"');
});

Deno.test("reasonOf() has nothing behind the number of an error", () => {
  assertEquals(reasonOf(new Error("Is a directory (os error 21): open 'x'")), "Is a directory");
  assertEquals(reasonOf(new Deno.errors.NotADirectory("x")), "it is not a folder");
});

Deno.test("isFull() knows what workers pass on of full disks, isAbsence() files in the way", () => {
  assertEquals(isFull(new Error("No space left on device (os error 28)")), true);
  assertEquals(isFull(new Error("Disk quota exceeded")), true);
  assertEquals(isFull(new Error("Cannot use it: No space left on device")), false);
  assertEquals(isAbsence(new Deno.errors.NotADirectory()), true);
  assertEquals(isAbsence(new Deno.errors.PermissionDenied()), false);
});
