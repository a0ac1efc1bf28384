import { posix } from "node:path";
import { maskCode } from "./code-mask.ts";
import type { ProjectFile } from "./project-files.ts";

/** What one import or re-export names. */
export interface ImportStatement {
  /** As written; undefined where it is computed at run time. */
  readonly specifier: string | undefined;
  /** `static` ones exist while the program runs, `type` ones do not, `dynamic` ones are calls. */
  readonly kind: "static" | "type" | "dynamic";
  readonly index: number;
}

const START = "(?<![.\\w$#])";
const TYPE = "(type\\s+(?!from\\b))?";
const NAMES = "[\\w$\\s{},*]+?\\b";
const EXPORTS = "(?:\\*(?:\\s*as\\s+[\\w$]+)?|\\{[\\w$\\s,]*\\})\\s*";
const FROM = "from\\s*[\"']";
const IMPORT_FROM = new RegExp(`${START}import(?![\\w$])\\s*${TYPE}${NAMES}${FROM}`, "g");
const EXPORT_FROM = new RegExp(`${START}export(?![\\w$])\\s*${TYPE}${EXPORTS}${FROM}`, "g");
const IMPORT_ALONE = new RegExp(`${START}import\\s*["']`, "g");
const IMPORT_CALL = new RegExp(`${START}import\\s*\\(\\s*(["']?)`, "g");

/** Every import, re-export and import call of a source text, type-only ones included. */
export function importsOf(file: ProjectFile): readonly ImportStatement[] {
  const code = maskCode(file.text);
  const found: ImportStatement[] = [];
  for (const match of [...code.matchAll(IMPORT_FROM), ...code.matchAll(EXPORT_FROM)]) {
    const kind = match[1] === undefined ? "static" : "type";
    found.push({ specifier: literal(file.text, code, match), kind, index: match.index });
  }
  for (const match of code.matchAll(IMPORT_ALONE)) {
    found.push({ specifier: literal(file.text, code, match), kind: "static", index: match.index });
  }
  for (const match of code.matchAll(IMPORT_CALL)) {
    const specifier = match[1] === "" ? undefined : literal(file.text, code, match);
    found.push({ specifier, kind: "dynamic", index: match.index });
  }
  return found.sort((a, b) => a.index - b.index);
}

/** The text between the quote that ends a match and the one that follows it. */
function literal(text: string, code: string, match: RegExpExecArray): string {
  const from = match.index + match[0].length;
  return text.slice(from, code.indexOf(code[from - 1]!, from));
}

export function isRelative(specifier: string): boolean {
  return /^\.\.?\//.test(specifier);
}

/** The path of the file that a relative specifier means. */
export function resolveImport(fromPath: string, specifier: string): string {
  return posix.join(posix.dirname(fromPath), specifier);
}

/** `@scope/name` or `name`, without the path inside the package. */
export function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
