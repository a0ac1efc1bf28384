// Goal: who wrote a run is known again, and not taken for somebody who has its number by now.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { isAlive, thisProcess } from "../../../../adapters/store/lmdb/running-process.ts";

const isLinux = process.platform === "linux";

describe("a process", () => {
  it("says the same of itself each time, and is alive", () => {
    const self = thisProcess();
    expect(self).toEqual(thisProcess());
    expect(self).toMatchObject({ host: hostname(), pid: process.pid });
    if (isLinux) expect(Number.isSafeInteger(self.startedAt)).toBe(true);
    else expect(self.startedAt).toBeNull();
    expect(isAlive(self)).toBe("alive");
    expect(isAlive({ ...self, startedAt: null })).toBe("alive");
  });

  it("is not told of on another machine", () => {
    expect(isAlive({ ...thisProcess(), host: "elsewhere" })).toBe("unknown");
  });

  it("is gone when it has ended", async () => {
    const child = spawn(process.execPath, ["-e", "process.stdin.resume()"]);
    const other = { host: hostname(), pid: child.pid!, startedAt: null };
    expect(isAlive(other)).toBe("alive");
    child.kill("SIGKILL");
    await once(child, "close");
    expect(isAlive(other)).toBe("gone");
  });

  it("is gone when its pid is somebody else's", ({ skip }) => {
    skip(!isLinux, "only Linux tells when a process began");
    const self = thisProcess();
    expect(isAlive({ ...self, startedAt: self.startedAt! + 1 })).toBe("gone");
    // The first process of the machine belongs to somebody else, or to us.
    expect(isAlive({ ...self, pid: 1, startedAt: null })).toBe("alive");
    expect(isAlive({ ...self, pid: 1 })).toBe("gone");
  });
});
