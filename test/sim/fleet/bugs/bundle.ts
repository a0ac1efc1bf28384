import { resolve } from "node:path";
import { build } from "esbuild";
import { type PatchedBug, patchedText, ROOT } from "./patch.ts";

/** The thread that looks for a bug, as its source. */
const HUNTER = "test/sim/fleet/bugs/hunter.ts";

/**
 * The whole fleet as one program for a thread, with a bug in it if there is one. Files are patched
 * as they are read: nothing on the disk is changed. Throws for a bug that is stale or whose file is
 * no part of the fleet.
 */
export async function buggyFleet(bug: PatchedBug | undefined): Promise<string> {
  const text = bug === undefined ? "" : patchedText(bug);
  const file = bug === undefined ? "" : resolve(ROOT, bug.file);
  let isMet = bug === undefined;
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [HUNTER],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node20",
    logLevel: "silent",
    plugins: [
      {
        name: "planted-bug",
        setup: ({ onLoad }) => {
          onLoad({ filter: /\.ts$/ }, ({ path }) => {
            if (path !== file) return undefined;
            isMet = true;
            return { contents: text, loader: "ts" };
          });
        },
      },
    ],
  });
  if (!isMet)
    throw new Error(`the bug "${bug?.name}" is in ${bug?.file}, which the fleet never loads`);
  return outputFiles[0]!.text;
}
