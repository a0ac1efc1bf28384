// Goal: a thousand connections, made, refused or broken off at any stage, leave nothing behind.
import { expect, test } from "vitest";
import { stoqeyClient } from "../../../../adapters/ib/stoqey/index.ts";
import { loadStoqey } from "../../../../adapters/ib/stoqey/load-stoqey.ts";
import { THIS_MACHINE } from "../../../../adapters/system/machine-time.ts";
import { SystemClock } from "../../../../adapters/system/system-clock.ts";
import { Ear, peerOf } from "./stoqey-world.ts";

/** How many of something this thread has open. */
function open(kind: "TCPSocketWrap" | "Timeout"): number {
  return process.getActiveResourcesInfo().filter((each) => each === kind).length;
}

test("a thousand connections leave no socket, timer or listener", async () => {
  await loadStoqey();
  const peer = await peerOf();
  const dead = await peerOf();
  const deadPort = dead.port;
  await dead.close();
  const warnings: Error[] = [];
  const warned = (warning: Error): number => warnings.push(warning);
  process.on("warning", warned);
  const timers = new Set<() => void>();
  const clock = new SystemClock({
    ...THIS_MACHINE,
    wake(delayMs, action) {
      const cancel = THIS_MACHINE.wake(delayMs, () => {
        timers.delete(cancel);
        action();
      });
      timers.add(cancel);
      return () => {
        timers.delete(cancel);
        cancel();
      };
    },
  });
  const gateway = stoqeyClient({ host: "127.0.0.1", port: peer.port, clock });
  const nobody = stoqeyClient({ host: "127.0.0.1", port: deadPort, clock });
  const timeoutsBefore = open("Timeout");
  expect(open("TCPSocketWrap")).toBe(0);

  for (let round = 0; round < 200; round += 1) {
    const ears = Array.from({ length: 5 }, () => new Ear());
    const [whole, hungUp, early, refused, unloaded] = ears as [Ear, Ear, Ear, Ear, Ear];
    const first = gateway.connect(1, whole.hear);
    gateway.connect(2, hungUp.hear);
    const third = gateway.connect(3, early.hear);
    nobody.connect(4, refused.hear);
    gateway.connect(5, unloaded.hear).close();
    await early.heard("connected");
    third.close();
    await whole.heard("ready");
    first.send({ kind: "current-time" });
    first.close();
    await hungUp.heard("ready");
    for (const { socket } of peer.connections.splice(0)) socket.end();
    await hungUp.heard("closed");
    await refused.heard("closed");
    const ends = ears.map(({ kinds }) => kinds.filter((kind) => kind === "closed").length);
    expect(ends).toEqual([0, 1, 0, 1, 0]);
    expect(timers.size).toBe(0);
  }

  // The other side of the last connections closes a moment later than ours.
  for (let turn = 0; turn < 10_000 && open("TCPSocketWrap") > 0; turn += 1) {
    await new Promise(setImmediate);
  }
  process.off("warning", warned);
  expect(open("TCPSocketWrap")).toBe(0);
  expect(open("Timeout")).toBeLessThanOrEqual(timeoutsBefore);
  expect(warnings).toEqual([]);
});
