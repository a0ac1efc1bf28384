import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// An example imports the package by its name. In a test that means the sources, so that a test
// never mixes them with what was built from them.
const DOORS = {
  barline: "core",
  "barline/csv": "adapters/csv",
  "barline/ib": "adapters/ib",
  "barline/parquet": "adapters/parquet",
  "barline/store": "adapters/store",
  "barline/system": "adapters/system",
  "barline/sim": "sim",
  "barline/sim/ib": "sim/ib",
  "barline/sim/tws": "sim/tws",
};
const SOURCES = Object.entries(DOORS).map(([door, folder]) => ({
  find: new RegExp(`^${door}$`),
  replacement: fileURLToPath(new URL(`${folder}/index.ts`, import.meta.url)),
}));

export default defineConfig({
  resolve: { alias: SOURCES },
  test: {
    include: ["test/**/*.test.ts"],
    // No test is timed; this only ends one that hangs.
    testTimeout: 120_000,
    pool: "threads",
    // Many tests wait for programs that they started: no processor is left to idle meanwhile.
    maxWorkers: "100%",
    coverage: {
      provider: "v8",
      include: ["core/**/*.ts"],
      exclude: ["test/**"],
      reporter: ["text", "json-summary"],
      thresholds: { branches: 100 },
    },
  },
});
