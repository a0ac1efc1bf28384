// Goal: a process that is killed at any write leaves exactly what it acknowledged, and at most the
// one transaction more that was in flight; nothing in between can be seen by whoever comes next.
import { beforeEach, describe, expect, it } from "vitest";
import { openLmdbStore } from "../../../../adapters/store/lmdb/open-lmdb-store.ts";
import { Random } from "../../../../sim/random.ts";
import { digestOf, digestsOf, drawSession } from "./session.ts";
import { type ChildEnd, inPairs, StoreLab, whyNoFaults } from "./store-child.ts";

const lab = new StoreLab();
const noFaults = whyNoFaults();

/** Expects the first `acknowledged` transactions, or one more; gives how many there are. */
function expectPrefix(directory: string, digests: readonly number[], acknowledged: number): number {
  const store = openLmdbStore(directory, { mode: "write" });
  const found = digests.indexOf(digestOf(store));
  expect([acknowledged, acknowledged + 1]).toContain(found);
  // Whoever comes next can write.
  store.write((writer) => writer.put(Uint8Array.of(9), Uint8Array.of(9)));
  store.close();
  return found;
}

function acknowledgedIn({ lines }: ChildEnd): number {
  expect(lines).toEqual(lines.map((_, index) => `${index + 1}`));
  return lines.length;
}

describe("killed at a call", () => {
  beforeEach(({ skip }) => skip(noFaults !== undefined, noFaults));

  const session = drawSession(1, 7);
  const digests = digestsOf(session);

  // A process for each call: `power-loss.test.ts` has a longer session, without the processes.
  it.each(["kill-before", "kill-torn", "kill-after"] as const)(
    "keeps an exact prefix: %s",
    async (kind) => {
      const whole = lab.name("store");
      const task = { kind: "write", directory: whole, transactions: session } as const;
      const { calls, lines, stderr } = await lab.run(task, { fault: { kind: "nothing", call: 0 } });
      expect(stderr).toBe("");
      expect(lines).toHaveLength(session.length);
      // A transaction is two writes and a sync at least.
      expect(calls).toBeGreaterThan(3 * session.length);
      expect(expectPrefix(whole, digests, session.length)).toBe(session.length);
      let more = 0;
      const all = Array.from({ length: calls }, (_, index) => index + 1);
      await inPairs(all, async (call) => {
        const directory = lab.name("store");
        const end = await lab.run({ ...task, directory }, { fault: { kind, call } });
        expect(end.signal).toBe("SIGKILL");
        expect(end.calls).toBe(call);
        const acknowledged = acknowledgedIn(end);
        if (expectPrefix(directory, digests, acknowledged) > acknowledged) more += 1;
      });
      // Only what is killed right after its last call is there without having been acknowledged.
      expect(more).toBe(kind === "kill-after" ? session.length : 0);
    },
  );
});

describe("killed at any moment", () => {
  it("keeps an exact prefix, and goes on from it", async () => {
    const random = new Random(7, "kills");
    const session = drawSession(2, 400);
    const digests = digestsOf(session);
    const directory = lab.name("store");
    let from = 0;
    let kills = 0;
    while (from < session.length) {
      const last = random.integer(1, 60);
      const end = await lab.run(
        { kind: "write", directory, transactions: session, from },
        {
          meanwhile: (child) => {
            let heard = 0;
            child.stdout!.on("data", (text: string) => {
              heard += text.split("\n").length - 1;
              // Somewhere in one of the next transactions.
              if (heard >= last) child.kill("SIGKILL");
            });
          },
        },
      );
      if (end.signal !== null) kills += 1;
      const acknowledged = from + end.lines.length;
      const store = openLmdbStore(directory, { mode: "write" });
      const found = digests.indexOf(digestOf(store), Math.max(0, acknowledged - 1));
      store.close();
      expect([acknowledged, acknowledged + 1]).toContain(found);
      from = found;
    }
    expect(kills).toBeGreaterThan(5);
  });
});
