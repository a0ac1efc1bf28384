#!/usr/bin/env node
// The program of the package. It stands in the repository, so that a clone has a `barline` before it
// is built, and builds it the first time.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const program = new URL("../../dist/adapters/cli/main.js", import.meta.url);

if (!existsSync(program)) {
  process.stderr.write("barline: this clone is not built yet; building it once\n");
  const cwd = fileURLToPath(new URL("../../", import.meta.url));
  const stdio = ["ignore", "ignore", "inherit"];
  const { status } = spawnSync("npm run --silent build", { cwd, stdio, shell: true });
  if (status !== 0 || !existsSync(program)) {
    process.stderr.write("barline: it could not be built; run npm ci, then npm run build\n");
    process.exit(2);
  }
}

await import(program.href);
