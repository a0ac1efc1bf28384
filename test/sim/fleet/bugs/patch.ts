import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** A mistake that someone could make in the real code, as a small change of one source file. */
export interface PatchedBug {
  readonly name: string;
  /** The file, by its path from the folder of the package. */
  readonly file: string;
  /** What stands there; it must occur exactly once. */
  readonly find: string;
  /** What stands there instead. */
  readonly replace: string;
  /** The only fault in the runs in which it is looked for; default: whatever is drawn. */
  readonly fault?: string;
  /** Of the catalogue of failures of other engines, the entry that it is like. */
  readonly like?: string;
}

/** npm runs its scripts, and Vitest its tests, in the folder of the package. */
export const ROOT = process.cwd();

/** The source file of a bug with the bug in it. Throws where what it changes is not there. */
export function patchedText({ name, file, find, replace }: PatchedBug): string {
  const text = readFileSync(resolve(ROOT, file), "utf8");
  const count = text.split(find).length - 1;
  if (count === 1) return text.replace(find, () => replace);
  throw new Error(`the bug "${name}" is stale: ${file} has ${count} times what it changes`);
}
