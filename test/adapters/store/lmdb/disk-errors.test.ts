// Goal: a disk that is full or broken at any write is told by its code, nothing acknowledged is
// lost, and the store goes on: at once where the disk was full, and once reopened otherwise.
import { beforeEach, describe, expect, it } from "vitest";
import { openLmdbStore } from "../../../../adapters/store/lmdb/open-lmdb-store.ts";
import { digestOf, digestsOf, drawSession } from "./session.ts";
import { type FaultKind, inPairs, StoreLab, whyNoFaults } from "./store-child.ts";

const lab = new StoreLab();
const noFaults = whyNoFaults();
// Larger than the steps in which a file grows, so that it grows several times.
const session = drawSession(3, 7);
const digests = digestsOf(session);

interface Fault {
  readonly kind: FaultKind;
  readonly call: number;
  readonly count?: number;
}

/** Codes of what failed while a session was written on, transactions and openings. */
interface Heard {
  readonly faults: readonly string[];
  readonly openings: readonly string[];
  /** The process died of it. */
  readonly isDead: boolean;
}

async function endure(fault: Fault): Promise<Heard> {
  const directory = lab.name("store");
  const task = { kind: "endure", directory, transactions: session } as const;
  const { code, signal, lines, stderr } = await lab.run(task, { fault });
  if (signal === null && code !== 0) throw new Error(stderr);
  const told = lines.map((line) => line.split(" "));
  const committed = told.filter(([what]) => what === "committed");
  expect(committed.map(([, , digest]) => Number(digest))).toEqual(
    digests.slice(1, 1 + committed.length),
  );
  const faults = told.filter(([what]) => what === "fault");
  for (const [, reason, , after] of faults) {
    // After a full disk it is used on; after any other failure it says the same until reopened.
    expect(after).toBe(reason === "disk-full" ? "usable" : "write-failed,write-failed");
  }
  const store = openLmdbStore(directory, { mode: "read" });
  const found = digests.indexOf(digestOf(store), committed.length);
  store.close();
  const isDead = signal !== null;
  if (isDead) expect([committed.length, committed.length + 1]).toContain(found);
  else expect(found).toBe(session.length);
  const openings = told.filter(([what]) => what === "opening");
  return {
    faults: faults.map(([, reason]) => reason!),
    openings: openings.map(([, reason]) => reason!),
    isDead,
  };
}

/** Lets each call of the session fail in a way, and gives what was heard at each. */
async function everywhere(kind: FaultKind): Promise<readonly Heard[]> {
  const directory = lab.name("store");
  const task = { kind: "endure", directory, transactions: session } as const;
  const { calls } = await lab.run(task, { fault: { kind: "nothing", call: 0 } });
  expect(calls).toBeGreaterThan(3 * session.length);
  const all: Heard[] = [];
  const numbers = Array.from({ length: calls }, (_, index) => index + 1);
  await inPairs(numbers, async (call) => {
    const heard = await endure({ kind, call });
    // A call that fails is heard of once, and one that does not is not.
    expect(heard.faults.length + heard.openings.length).toBeLessThanOrEqual(1);
    all.push(heard);
  });
  return all;
}

/** How often each code was heard of transactions. */
function tally(all: readonly Heard[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of all.flatMap(({ faults }) => faults)) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

describe("a disk that fails", () => {
  beforeEach(({ skip }) => skip(noFaults !== undefined, noFaults));

  it("is told as full where there is no room, and is used on when there is", async () => {
    const all = await everywhere("no-space");
    const counts = tally(all);
    // The sync of each transaction; where the file is made longer, less is then asked for and had.
    expect(counts["disk-full"]).toBe(session.length);
    // What makes a transaction count leaves a doubt.
    expect(counts["write-failed"]).toBe(session.length);
    expect(Object.keys(counts)).toHaveLength(2);
    const openings = all.flatMap(({ openings }) => openings);
    expect(new Set(openings)).toEqual(new Set(["disk-full"]));
    expect(all.some(({ isDead }) => isDead)).toBe(false);
  });

  it("stays full for a while, its last write only half done, and is used on after that", async () => {
    const all: Heard[] = [];
    const starts = Array.from({ length: 12 }, (_, index) => 3 + 4 * index);
    await inPairs(starts, async (call) => {
      all.push(await endure({ kind: "short-write", call, count: 12 }));
    });
    const counts = tally(all);
    expect(counts["disk-full"]).toBeGreaterThan(12);
    expect(all.some(({ isDead }) => isDead)).toBe(false);
  });

  it("is told as failed where it reports an error", async () => {
    const all = await everywhere("io-error");
    const counts = tally(all);
    expect(Object.keys(counts)).toEqual(["write-failed"]);
    // LMDB may end the process when it could not write a page; what was committed is there.
    const dead = all.filter(({ isDead }) => isDead).length;
    expect(counts["write-failed"]! + dead).toBeGreaterThan(3 * session.length - 1);
    expect(dead).toBeLessThan(session.length);
  });
});
