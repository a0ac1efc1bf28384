import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const here = import.meta.dirname;
const run = promisify(execFile);

/** Ignored by git, as everything beside it. */
const CACHE = join(here, "../../node_modules/.cache/barline-interop");
const OLDEST_PYTHON = [3, 11];
const CANDIDATES = [process.env.PYTHON, "python3", "python"].filter((name) => name);

/** What is missing on this machine, so that nothing could be tried. */
export class Missing extends Error {}

/** The Python of the machine. Throws `Missing` where there is none that the clients run on. */
export async function findPython() {
  const found = [];
  for (const command of CANDIDATES) {
    const code = "import sys, venv; print('.'.join(map(str, sys.version_info[:3])))";
    const version = await run(command, ["-c", code]).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
    if (version === undefined) continue;
    found.push(version);
    const [major, minor] = version.split(".").map(Number);
    if (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1]) return { command, version };
  }
  const what = found.length === 0 ? "none was found" : `${found.join(", ")} is too old`;
  throw new Missing(
    `Python ${OLDEST_PYTHON.join(".")} or later is needed: ${what}; install it, with its module ` +
      "venv (on Debian python3-venv), or name one in the environment variable PYTHON",
  );
}

/**
 * The Python of an environment that has one client installed: made where it is not there yet, or
 * where what it was made of has changed. Throws `Missing` where it cannot be made.
 */
export async function environmentOf(name, python) {
  const folder = join(CACHE, name);
  const files = ["build", name].map((each) => join(here, "requirements", `${each}.txt`));
  const hash = createHash("sha256").update(python.version);
  for (const file of files) hash.update(readFileSync(file));
  const key = hash.digest("hex");
  const mark = join(folder, "made-of");
  const command = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  if (existsSync(mark) && readFileSync(mark, "utf8") === key) return command;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  try {
    await run(python.command, ["-m", "venv", folder]);
    for (const file of files) await run(command, ["-m", "pip", ...PIP, file]);
  } catch (error) {
    const words = String(error.stderr ?? error.message).trim();
    const last = words.split("\n").slice(-3).join("\n  ");
    throw new Missing(`${name} could not be installed from PyPI:\n  ${last}`);
  }
  writeFileSync(mark, key);
  return command;
}

const PIP = [
  "install",
  "--quiet",
  "--no-input",
  "--disable-pip-version-check",
  "--no-deps",
  "--no-build-isolation",
  "--require-hashes",
  "--requirement",
];
