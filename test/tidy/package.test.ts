import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { ROOT } from "./project-files.ts";

// Goal: the package carries the built library, its licence and its documents, and nothing that only
// its makers need.

describe("the package", () => {
  it("holds what a user needs, and nothing else", () => {
    const arguments_ = ["pack", "--dry-run", "--json", "--ignore-scripts", "--silent"];
    const output = execFileSync("npm", arguments_, { cwd: ROOT, encoding: "utf8" });
    const [{ files }] = JSON.parse(output) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    const needed = ["LICENSE", "README.md", "CHANGELOG.md", "package.json", "docs/dependencies.md"];
    expect(needed.filter((path) => !paths.includes(path))).toEqual([]);
    // Source maps would point to sources that are not in the package.
    const documents = /^(?:LICENSE|README\.md|CHANGELOG\.md|package\.json|docs\/.+|examples\/.+)$/;
    const program = "adapters/cli/barline.mjs";
    const library = /^dist\/(?:core|adapters|sim)\/.+(?:\.js|\.d\.ts)$/;
    const isWanted = (path: string) =>
      path === program || documents.test(path) || library.test(path);
    expect(paths).toContain(program);
    expect(paths.filter((path) => !isWanted(path))).toEqual([]);
  });
});
