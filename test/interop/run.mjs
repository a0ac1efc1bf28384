// Clients of the TWS API that other people wrote ask the built `barline gateway` everything that it
// answers, and each field that they read is compared with the file it comes from. Then bars go as
// files between Barline and what people read and write them with, see files.mjs. Exits with 1 when
// something differs, and with 3 when it cannot be tried here, for want of Python or PyPI.
// With --prepare it only sets up what it needs.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { environmentOf, findPython, Missing } from "./environment.mjs";
import { compareFiles } from "./files.mjs";
import { startGateway } from "./gateway.mjs";
import { taskOf } from "./market.mjs";

const here = import.meta.dirname;
const run = promisify(execFile);

const CANNOT_BE_TRIED = 3;
/** Far beyond what a client takes. */
const CLIENT_MS = 120_000;

/** Each client's requirements, its program, and the version of the gateway that it asks. */
const CLIENTS = [
  { name: "ibapi", program: "ibapi_client.py", serverVersion: 178 },
  { name: "nautilus_ibapi", program: "ibapi_client.py", serverVersion: 178 },
  { name: "nautilus_ibapi", program: "ibapi_client.py", serverVersion: 193 },
  { name: "ib_async", program: "ib_async_client.py", serverVersion: 178 },
];

/** The requirements of the readers and writers of files. */
const FILES = "parquet";

/** The Python of each client and of what works on files, by its name. */
async function prepare() {
  const python = await findPython();
  const names = [...new Set(CLIENTS.map(({ name }) => name)), FILES];
  const made = names.map(async (name) => [name, await environmentOf(name, python)]);
  return new Map(await Promise.all(made));
}

/** One client's task and answers, as files. */
async function ask({ name, program, serverVersion }, python, task, folder) {
  const files = ["task", "answers"].map((what) =>
    join(folder, `${name}-${serverVersion}-${what}.json`),
  );
  writeFileSync(files[0], JSON.stringify(task));
  const client = join(here, "clients", program);
  await run(python, ["-B", client, ...files], { timeout: CLIENT_MS });
  return files;
}

/** Everybody asks at once. What was answered, as files; says who could not end. */
async function askAll(pythons, folder) {
  const gateways = new Map();
  try {
    for (const version of new Set(CLIENTS.map(({ serverVersion }) => serverVersion))) {
      gateways.set(version, await startGateway(version));
    }
    const asked = await Promise.allSettled(
      CLIENTS.map((client, index) => {
        const { place } = gateways.get(client.serverVersion);
        const task = { ...taskOf(place), clientId: 11 + index };
        return ask(client, pythons.get(client.name), task, folder);
      }),
    );
    for (const [index, { reason }] of asked.entries()) {
      if (reason === undefined) continue;
      const words = reason.stderr || reason.message;
      process.stdout.write(`FAILED  ${CLIENTS[index].name}: it ended early\n${words}\n`);
    }
    return asked.map(({ value }) => value);
  } finally {
    for (const gateway of gateways.values()) await gateway.stop();
  }
}

/** Whether all that was answered is right. */
async function compare(pythons, folder) {
  const answers = await askAll(pythons, folder);
  const given = answers.filter((files) => files !== undefined);
  if (given.length === 0) return false;
  const [python] = pythons.values();
  const checked = run(python, ["-B", join(here, "checks/check.py"), ...given.flat()]);
  const { stdout, stderr, code } = await checked.catch((error) => error);
  process.stdout.write(`${stdout}${stderr}`);
  return given.length === answers.length && code === undefined;
}

async function main() {
  const pythons = await prepare();
  if (process.argv.includes("--prepare")) return;
  const folder = mkdtempSync(join(tmpdir(), "barline-interop-"));
  try {
    const isAnswered = await compare(pythons, folder);
    const isExchanged = await compareFiles(pythons.get(FILES), folder);
    if (!(isAnswered && isExchanged)) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`interop: ${error.message}\n`);
  process.exitCode = error instanceof Missing ? CANNOT_BE_TRIED : 1;
}
