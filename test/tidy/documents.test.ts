import { describe, expect, it } from "vitest";
import { brokenLinks, changelogFaults, npmCommands, unknownNpmCommands } from "./document-rules.ts";
import { faultsIn, type ProjectFile, projectFiles, readText } from "./project-files.ts";

// Goal: what the documents say can be followed: links lead somewhere, commands exist, the changelog
// has the form that readers and tools know, and every package has its reason.

const manifest = JSON.parse(readText("package.json")) as {
  version: string;
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};
const scripts = Object.keys(manifest.scripts);
const file = (text: string, path = "docs/a.md"): ProjectFile => ({ path, text });

describe("the documents", () => {
  it("link to what is there", () => {
    expect(faultsIn(projectFiles(/\.md$/), brokenLinks)).toEqual([]);
  });

  it("name commands that exist", () => {
    const check = (each: ProjectFile) => unknownNpmCommands(each, scripts);
    expect(faultsIn(projectFiles(/\.md$/), check)).toEqual([]);
    expect(npmCommands(readText("README.md"))).toEqual(expect.arrayContaining(["ci", "test"]));
  });

  it("have a changelog in the usual form", () => {
    expect(changelogFaults(readText("CHANGELOG.md"), manifest.version)).toEqual([]);
  });

  it("give a reason for every package, and for no other", () => {
    const rows = readText("docs/dependencies.md").matchAll(/^\| `([^`]+)` \| .{10,} \|$/gm);
    const named = [...rows].map((match) => match[1]);
    const used = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(named.toSorted()).toEqual(used.sort());
  });
});

describe("brokenLinks", () => {
  it.each([
    "[a](missing.md)",
    "[a](../missing/)",
    "![a](missing.png)",
    "[a](../README.md#no-such-heading)",
    "[a](#no-such-heading)",
    "[a]: missing.md",
  ])("finds %s", (text) => {
    expect(brokenLinks(file(text))).toHaveLength(1);
  });

  it.each([
    "[a](../package.json)",
    "[a](../core/time/)",
    "[a](../core)",
    "[a](https://example.org/missing.md)",
    "# A `b`, or c?\n[a](#a-b-or-c)",
    "`[a](missing.md)`",
    "```\n[a](missing.md)\n```",
  ])("lets %s pass", (text) => {
    expect(brokenLinks(file(text))).toEqual([]);
  });
});

describe("unknownNpmCommands", () => {
  it("finds a command without a script, in code alone", () => {
    expect(unknownNpmCommands(file("`npm run nothing`"), ["test"])).toEqual([
      'docs/a.md: package.json has no script "nothing"',
    ]);
    expect(unknownNpmCommands(file("```\nnpm start\n```"), ["test"])).toHaveLength(1);
    expect(
      unknownNpmCommands(file("`npm ci && npm test`, `npm run --silent test`"), ["test"]),
    ).toEqual([]);
    expect(unknownNpmCommands(file("the npm registry"), [])).toEqual([]);
  });
});

describe("changelogFaults", () => {
  const sound = "# Changelog\n\nText.\n\n## [0.2.0] - 2026-02-01\n\n### Added\n\n- A.\n\n";
  const older = "## [0.1.0] - 2026-01-01\n\n### Fixed\n\n- B.\n";

  it("accepts the form, with and without what is not released", () => {
    expect(changelogFaults(sound + older, "0.2.0")).toEqual([]);
    const next = sound.replace("## [0.2", "## [Unreleased]\n\n### Changed\n\n- C.\n\n## [0.2");
    expect(changelogFaults(next + older, "0.3.0")).toEqual([]);
  });

  it.each([
    ["another title", sound.replace("# Changelog", "# History")],
    [
      "a release without a date",
      sound.replace(" - 2026-02-01", "") + sound.slice(sound.indexOf("##")),
    ],
    ["an unknown kind of change", sound.replace("### Added", "### New")],
    ["an old release on top", `# Changelog\n\n${older}\n${sound.slice(sound.indexOf("##"))}`],
    ["a release twice", sound + sound.slice(sound.indexOf("##"))],
    ["no word of this version", sound.replaceAll("0.2.0", "0.1.9")],
  ])("finds %s", (_fault, text) => {
    expect(changelogFaults(text, "0.2.0")).toHaveLength(1);
  });
});
