import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { GATEWAY_OPTIONS } from "./market.mjs";

const PROGRAM = join(import.meta.dirname, "../../dist/adapters/cli/main.js");
const DEADLINE_MS = 30_000;

/**
 * Starts `barline gateway` on a free port of this machine.
 *
 * @param serverVersion the version of the protocol that it speaks at most.
 * @returns where it listens, when it was started and when it said that it listens, in seconds of
 *   the wall clock; and how to end it.
 */
export async function startGateway(serverVersion) {
  const spawnedAt = Date.now() / 1000;
  const child = spawn(
    process.execPath,
    [
      ...[PROGRAM, "gateway", "--port", "0", "--json", "--quiet"],
      ...["--server-version", String(serverVersion), ...GATEWAY_OPTIONS],
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    words += text;
  });
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([
    once(lines, "line").then(([text]) => text),
    ended.then(([code]) => {
      throw new Error(`the gateway ended at once, with ${code}; is it built?\n${words}`);
    }),
    new Promise((_, reject) => {
      const error = new Error("the gateway did not say in time that it listens");
      setTimeout(reject, DEADLINE_MS, error).unref();
    }),
  ]);
  const { host, port } = JSON.parse(line);
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  return { place: { host, port, spawnedAt, listeningAt: Date.now() / 1000 }, stop };
}
