import { fork } from "node:child_process";

/**
 * Runs a module in a process of its own and resolves with the one message that it sends. A fresh
 * process sees a call site as a user's program does: with one kind of object there, not with all
 * that were measured before.
 */
export function inFreshProcess<Result>(
  module: URL,
  parameters: readonly string[],
  nodeOptions: readonly string[] = [],
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = fork(module, [...parameters], { execArgv: [...nodeOptions] });
    let result: { readonly value: Result } | undefined;
    child.on("message", (value) => {
      result = { value: value as Result };
    });
    child.on("error", reject);
    child.on("exit", (code) => {
      if (result === undefined || code !== 0) {
        reject(new Error(`${module.pathname} ${parameters.join(" ")} ended with code ${code}`));
      } else resolve(result.value);
    });
  });
}
