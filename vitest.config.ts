import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// An example imports the package by its name. In a test that means the sources, so that a test
// never mixes them with what was built from them.
const SOURCES = ["core", "adapters/csv", "adapters/system", "sim"].map((folder) => ({
  find: new RegExp(`^barline${folder === "core" ? "" : `/${folder.split("/").at(-1)}`}$`),
  replacement: fileURLToPath(new URL(`${folder}/index.ts`, import.meta.url)),
}));

export default defineConfig({
  resolve: { alias: SOURCES },
  test: {
    include: ["test/**/*.test.ts"],
    // No test is timed; this only ends one that hangs.
    testTimeout: 120_000,
    pool: "threads",
    coverage: {
      provider: "v8",
      include: ["core/**/*.ts"],
      exclude: ["test/**"],
      reporter: ["text", "json-summary"],
      thresholds: { branches: 100 },
    },
  },
});
