import { describe, expect, it } from "vitest";
import { type LockFile, lockFaults } from "./lock-rules.ts";
import { readText } from "./project-files.ts";

// Goal: `npm ci` works in a fresh clone, on every platform, from whatever registry the reader uses,
// and no package runs a program while it is installed.

describe("the lock file", () => {
  it("is complete, and names no host", () => {
    const manifest = JSON.parse(readText("package.json"));
    expect(lockFaults(JSON.parse(readText("package-lock.json")), manifest)).toEqual([]);
  });
});

describe("lockFaults", () => {
  const manifest = { dependencies: { a: "1.0.0" }, devDependencies: {}, allowScripts: {} };
  const lock = (packages: LockFile["packages"]): LockFile => ({
    packages: { "": { dependencies: { a: "1.0.0" } }, ...packages },
  });
  const a = { version: "1.0.0", integrity: "sha512-x" };

  it("accepts a sound file, with nested packages", () => {
    const nested = lock({
      "node_modules/a": { ...a, dependencies: { b: "1" }, optionalDependencies: { c: "1" } },
      "node_modules/b": { ...a, dependencies: { c: "1" } },
      "node_modules/a/node_modules/c": a,
      "node_modules/c": a,
    });
    expect(lockFaults(nested, manifest)).toEqual([]);
  });

  it.each([
    ["no package", lock({})],
    ["a host", lock({ "node_modules/a": { ...a, resolved: "https://example.org/a.tgz" } })],
    ["no checksum", lock({ "node_modules/a": { version: "1.0.0" } })],
    [
      "a missing package of another platform",
      lock({ "node_modules/a": { ...a, optionalDependencies: { b: "1" } } }),
    ],
    ["an unreviewed install script", lock({ "node_modules/a": { ...a, hasInstallScript: true } })],
    [
      "another version of a direct dependency",
      { packages: { "": { dependencies: { a: "2.0.0" } }, "node_modules/a": a } },
    ],
  ])("finds %s", (_fault, text) => {
    expect(lockFaults(text, manifest)).toHaveLength(1);
  });

  it("accepts an install script that the manifest forbids", () => {
    const withScript = lock({ "node_modules/a": { ...a, hasInstallScript: true } });
    expect(lockFaults(withScript, { ...manifest, allowScripts: { a: false } })).toEqual([]);
  });
});
