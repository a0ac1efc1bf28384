import { maskCode } from "./code-mask.ts";
import { type ProjectFile, place } from "./project-files.ts";

const MODIFIERS = "(?:default\\s+|declare\\s+|abstract\\s+|async\\s+)*";
const KINDS = "(?:function\\b\\s*\\*?|class|interface|type|const|let)";
const EXPORTED = new RegExp(`^export\\s+${MODIFIERS}${KINDS}\\s*([\\w$]+)`, "gm");

/** Exported declarations without a docstring right before them; of overloads the first has it. */
export function undocumentedExports(file: ProjectFile): readonly string[] {
  const code = maskCode(file.text);
  const known = new Set<string>();
  return [...code.matchAll(EXPORTED)].flatMap((match) => {
    const name = match[1]!;
    if (known.has(name)) return [];
    known.add(name);
    const before = file.text.slice(0, match.index).trimEnd();
    const isDocumented = before.endsWith("*/") && /^\/\*\*(?!\/)/.test(lastComment(before));
    return isDocumented ? [] : [`${place(file, match.index)}: ${name} has no docstring`];
  });
}

function lastComment(before: string): string {
  return before.slice(before.lastIndexOf("/*"));
}
