import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../tidy/project-files.ts";
import { linesOf } from "./documents.ts";

const PROGRAM = join(ROOT, "dist/adapters/cli/main.js");
/** Far beyond what anything takes: a command that is still there by then hangs. */
const HANGS_MS = 180_000;

/** A folder that looks to the commands of a document like the clone that its reader is in. */
export interface Workshop {
  readonly folder: string;
  /** Writes a script beside the documents' files and gives its name. */
  writeScript(text: string): string;
  /** Runs a command line; the lines that it printed on both outputs, as a terminal shows them. */
  run(command: string): Promise<readonly string[]>;
  remove(): void;
}

export function openWorkshop(): Workshop {
  const folder = mkdtempSync(join(tmpdir(), "barline-docs-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(ROOT, "examples"), join(folder, "examples"));
  symlinkSync(ROOT, join(folder, "node_modules/barline"));
  let scripts = 0;
  return {
    folder,
    writeScript(text) {
      scripts += 1;
      const name = `script-${scripts}.mjs`;
      writeFileSync(join(folder, name), text);
      return name;
    },
    run: (command) => runIn(folder, command),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function runIn(cwd: string, command: string): Promise<readonly string[]> {
  const built = command.replaceAll("npx barline", `"${process.execPath}" "${PROGRAM}"`);
  const child = spawn("sh", ["-c", `exec 2>&1\n${built}`], {
    cwd,
    timeout: HANGS_MS,
    killSignal: "SIGKILL",
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve(linesOf(output)));
  });
}
