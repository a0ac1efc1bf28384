import { maskCode } from "./code-mask.ts";
import { type ProjectFile, place } from "./project-files.ts";

const LONGEST_LINE = 100;
const LONGEST_SOURCE = 300;
const LONGEST_TEST = 400;

// The patterns are written so that they do not match this file.
const UNFINISHED = /\b(?:TO[D]O|FIX[M]E|X{3}|HA[C]K)\b/g;
const MACHINE_PATH = /(?<![\w.])\/(?:work|home|tmp|root|Users)\/|\b[A-Z]:\\Users\b/g;
const REGISTRY_HOST = /\bregistry\.[a-z]+\.[a-z]+|\bnpm\.pkg\.[a-z]+|\bnpmmirror\b/g;
const SKIPPED =
  /(?:\.\s*(?:only|skip|skipIf|runIf|todo|fails)\b|\b(?:xit|xdescribe|xtest|fit)\s*\()/g;
const GOAL = /^\/\/ Goal: \S/m;
// The formatter keeps the title of a test in one line, and an address cannot be broken.
const UNBREAKABLE = /https?:\/\/\S{40,}|^\s*(?:describe|it|test)\b[\w.]*\(["'`]/;

/** Lines that are too many or too long; an address and the title of a test may be long. */
export function sizeFaults(file: ProjectFile): readonly string[] {
  const lines = file.text.replace(/\n$/, "").split("\n");
  const most = file.path.startsWith("test/") ? LONGEST_TEST : LONGEST_SOURCE;
  const tooMany =
    lines.length > most ? [`${file.path}: ${lines.length} lines, ${most} at most`] : [];
  const tooLong = lines.flatMap((line, index) =>
    [...line].length > LONGEST_LINE && !UNBREAKABLE.test(line)
      ? [`${file.path}:${index + 1}: ${[...line].length} columns, ${LONGEST_LINE} at most`]
      : [],
  );
  return [...tooMany, ...tooLong];
}

/** Folders and files are named in kebab-case; `.test`, `.bench` and `.config` may follow a name. */
export function nameFaults(file: ProjectFile): readonly string[] {
  const word = "[a-z0-9]+(?:-[a-z0-9]+)*";
  const pattern = new RegExp(`^(?:${word}/)*${word}(?:\\.(?:test|bench|config))?\\.ts$`);
  return pattern.test(file.path) ? [] : [`${file.path}: not in kebab-case`];
}

/** Notes of unfinished work, places that exist on one machine only, hosts of package registries. */
export function leftoverFaults(file: ProjectFile): readonly string[] {
  return [
    ...matches(file, file.text, UNFINISHED, "unfinished"),
    ...matches(file, file.text, MACHINE_PATH, "a path of one machine"),
    ...matches(file, file.text, REGISTRY_HOST, "the host of a registry"),
  ];
}

/** Test files that do not open with what they are for. */
export function missingGoals(file: ProjectFile): readonly string[] {
  return GOAL.test(file.text) ? [] : [`${file.path}: no line begins with "// Goal: "`];
}

/** Tests that do not run, and those that keep others from running. */
export function skippedTests(file: ProjectFile): readonly string[] {
  return matches(file, maskCode(file.text), SKIPPED, "a test that is left out");
}

function matches(
  file: ProjectFile,
  text: string,
  pattern: RegExp,
  problem: string,
): readonly string[] {
  return [...text.matchAll(pattern)].map(
    (match) => `${place(file, match.index)}: ${problem}: ${match[0]}`,
  );
}
