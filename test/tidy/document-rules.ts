import { posix } from "node:path";
import { exists, type ProjectFile, readText } from "./project-files.ts";

/** A document without its code blocks and code spans, whose brackets are no links. */
function prose(markdown: string): string {
  return markdown.replace(/^ *(```|~~~)[\s\S]*?^ *\1/gm, "").replace(/`[^`\n]*`/g, "");
}

/** Relative links of a document that lead to no file of the project, or to no heading of it. */
export function brokenLinks(file: ProjectFile): readonly string[] {
  const links = prose(file.text).matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)/gm);
  return [...links]
    .map((match) => (match[1] ?? match[2])!)
    .filter((target) => !/^[a-z]+:/i.test(target) && !leadsSomewhere(file, target))
    .map((target) => `${file.path}: ${target} leads nowhere`);
}

function leadsSomewhere(file: ProjectFile, target: string): boolean {
  const [path, anchor] = target.split("#", 2);
  const to = path === "" ? file.path : posix.join(posix.dirname(file.path), path!);
  if (to !== file.path && !exists(to)) return false;
  if (anchor === undefined || !to.endsWith(".md")) return true;
  return headingAnchors(to === file.path ? file.text : readText(to)).includes(anchor);
}

/** The anchors that GitHub gives to the headings of a document, without numbered repetitions. */
function headingAnchors(markdown: string): readonly string[] {
  const withoutBlocks = markdown.replace(/^ *(```|~~~)[\s\S]*?^ *\1/gm, "");
  return [...withoutBlocks.matchAll(/^#{1,6} +(.+?) *#*$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\s_-]/gu, "")
      .replace(/\s/g, "-"),
  );
}

// What npm does by itself, without a script of that name in package.json.
const NPM_COMMANDS = ["ci", "install", "pack", "link", "init"];

/** Commands of npm in a document that package.json has no script for. */
export function unknownNpmCommands(
  file: ProjectFile,
  scripts: readonly string[],
): readonly string[] {
  return npmCommands(file.text)
    .filter((name) => !NPM_COMMANDS.includes(name) && !scripts.includes(name))
    .map((name) => `${file.path}: package.json has no script "${name}"`);
}

/** The commands of npm that a document tells its reader to give. */
export function npmCommands(markdown: string): readonly string[] {
  const commands = markdown.matchAll(/\bnpm (?:run(?:-script)? )?(?:--?\S+ )*([a-z][\w:-]*)/g);
  const code = [...markdown.matchAll(/^ *(```|~~~)[\s\S]*?^ *\1|`[^`\n]+`/gm)];
  return [...commands]
    .filter(({ index }) => code.some((each) => each.index < index && index < endOf(each)))
    .map((match) => match[1]!);
}

function endOf(match: RegExpExecArray): number {
  return match.index + match[0].length;
}

const CHANGES = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

/** Where a changelog departs from the form of keepachangelog.com, version 1.1.0. */
export function changelogFaults(text: string, version: string): readonly string[] {
  const faults: string[] = [];
  if (!text.startsWith("# Changelog\n")) faults.push("it does not begin with # Changelog");
  const headings = [...text.matchAll(/^(##+) (.+)$/gm)].map((match) => [match[1]!, match[2]!]);
  const dates: string[] = [];
  const releases: string[] = [];
  for (const [level, title] of headings) {
    const release = /^\[(\d+\.\d+\.\d+(?:-[\w.]+)?)\] - (\d{4}-\d{2}-\d{2})(?: \[YANKED\])?$/.exec(
      title!,
    );
    if (level === "###" && CHANGES.includes(title!)) continue;
    if (level === "##" && title === "[Unreleased]" && releases.length === 0) continue;
    if (level !== "##" || release === null) {
      faults.push(`its heading "${level} ${title}" is neither a release nor a kind of change`);
      continue;
    }
    releases.push(release[1]!);
    dates.push(release[2]!);
  }
  if (dates.some((date, index) => index > 0 && date > dates[index - 1]!)) {
    faults.push("its releases are not in order, the newest first");
  }
  if (new Set(releases).size < releases.length) faults.push("it names a release twice");
  if (!releases.includes(version) && !text.includes("\n## [Unreleased]\n")) {
    faults.push(`it says nothing of ${version}`);
  }
  return faults;
}
