import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A file of the project: its path from the root, `/`-separated, and its content. */
export interface ProjectFile {
  readonly path: string;
  readonly text: string;
}

/** The folder that holds package.json, with a separator at its end. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

// Installed, built and measured things are not written by us; hidden folders belong to tools.
const NOT_OURS = new Set(["node_modules", "dist", "coverage"]);

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(ROOT + folder, { withFileTypes: true })) {
    const path = folder + entry.name;
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && !NOT_OURS.has(entry.name) && !isToolFolder(entry.name)) {
      yield* walk(`${path}/`);
    }
  }
}

function isToolFolder(name: string): boolean {
  return name.startsWith(".") && name !== ".ci";
}

const PATHS = [...walk("")].sort();

/** The files whose path matches, read. Throws when none does: a check must see what it checks. */
export function projectFiles(pattern: RegExp): readonly ProjectFile[] {
  return seen(
    PATHS.filter((path) => pattern.test(path)).map((path) => ({ path, text: readText(path) })),
    `no file of the project matches ${pattern}`,
  );
}

/** Whether the project has a file or a folder of that path. */
export function exists(path: string): boolean {
  const folder = path.endsWith("/") ? path : `${path}/`;
  return PATHS.some((each) => each === path || each.startsWith(folder));
}

export function readText(path: string): string {
  return readFileSync(ROOT + path, "utf8");
}

/** Every fault that a rule finds in any of the files. Throws when there is no file to look at. */
export function faultsIn(
  files: readonly ProjectFile[],
  rule: (file: ProjectFile) => readonly string[],
): readonly string[] {
  return seen(files, "the rule was given no file").flatMap(rule);
}

function seen<Item>(items: readonly Item[], problem: string): readonly Item[] {
  if (items.length === 0)
    throw new Error(`a check that looks at nothing proves nothing: ${problem}`);
  return items;
}

/** `path:line` of a position in a file. */
export function place(file: ProjectFile, index: number): string {
  return `${file.path}:${file.text.slice(0, index).split("\n").length}`;
}
