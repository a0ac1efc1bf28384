import { statSync } from "node:fs";
import { fail } from "../../../core/time/failure.ts";

/**
 * Refuses to write over what is about to be read: the commonest way to lose data is to give the
 * same name twice. Other names of the same file, such as links, are seen through.
 */
export function requireNotInput(option: string, output: string, inputs: readonly string[]): void {
  const target = statSync(output, { throwIfNoEntry: false, bigint: true });
  if (target === undefined) return;
  for (const input of inputs) {
    const source = statSync(input, { throwIfNoEntry: false, bigint: true });
    if (source?.ino !== target.ino || source.dev !== target.dev || !target.isFile()) continue;
    fail("would-overwrite", `${output} would be written over ${input}, which is read`, {
      where: option,
      cure: "name another file",
    });
  }
}

/** Refuses to replace a folder, a device or a pipe by a file. */
export function requirePlainFile(option: string, output: string): void {
  const target = statSync(output, { throwIfNoEntry: false });
  if (target === undefined || target.isFile()) return;
  fail("cannot-write", `${output} is a ${target.isDirectory() ? "directory" : "device or pipe"}`, {
    where: option,
    cure: "name a file",
  });
}
