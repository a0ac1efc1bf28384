// Goal: at whatever write call of the real store a process dies, or its disk is full or broken, the
// error has a name, nothing that was acknowledged is lost, and the next process goes on.
import { beforeEach, describe, expect, it } from "vitest";
import { MINUTE_MS, type UnixMs } from "../../../../core/time/instant.ts";
import { type FaultKind, inPairs, whyNoFaults } from "../lmdb/store-child.ts";
import { type KeptSession, startOf, truthOf } from "./kept-session.ts";
import { type LifeEnd, SessionLab } from "./session-lab.ts";
import { SessionWatch, unhurtSession } from "./session-watch.ts";

const BARS = 26;

const lab = new SessionLab();
const noFaults = whyNoFaults();
const truth = truthOf({ bars: BARS });
const from = startOf(truth);
/** One bar and its orders: what comes after it is as what comes before. */
const to = from + 15 * MINUTE_MS;

interface Hurt {
  readonly session: KeptSession;
  readonly watch: SessionWatch;
  readonly end: LifeEnd;
  /** When the next life begins. */
  readonly next: UnixMs;
}

/** A life from nothing on whose disk something happens at one write call. */
async function hurtAt(kind: FaultKind, call: number): Promise<Hurt & { readonly calls: number }> {
  const session = lab.session(5, BARS);
  const { env, calls } = lab.stores.faultyDisk({ kind, call });
  const end = await lab.live({ ...session, from, to }, { env });
  const watch = new SessionWatch(session);
  const next = watch.look(end) === undefined ? from : to;
  return { session, watch, end, next, calls: calls() };
}

/** Something at every write call of that life. */
async function everywhere(kinds: readonly FaultKind[]): Promise<readonly Hurt[]> {
  const { calls, end } = await hurtAt("nothing", 0);
  expect(end).toMatchObject({ code: 0, isThrough: true, stderr: "" });
  // A commit is two writes and a sync at least.
  expect(calls).toBeGreaterThan(3 * end.commits.length);
  const all: Hurt[] = [];
  const cases = kinds.flatMap((kind) => Array.from({ length: calls }, (_, at) => [kind, at + 1]));
  await inPairs(cases as [FaultKind, number][], async ([kind, call]) => {
    all.push(await hurtAt(kind, call));
  });
  return all;
}

/** Lets all of them go on to the end of their session, and expects that nothing is to be seen. */
async function expectGoingOn(all: readonly Hurt[]): Promise<void> {
  const unhurt = unhurtSession(lab.session(0, BARS));
  const ends = await lab.liveEach(all.map(({ session, next }) => ({ ...session, from: next })));
  expect(ends).toHaveLength(all.length);
  all.forEach(({ watch }, index) => {
    expect(ends[index]).toMatchObject({ code: 0, isThrough: true, stderr: "" });
    watch.look(ends[index]!);
    watch.expectWhole(unhurt);
  });
}

describe("a run on a bad disk", () => {
  beforeEach(({ skip }) => skip(noFaults !== undefined, noFaults));

  it("goes on after a kill before, in or after every write call", async () => {
    const all = await everywhere(["kill-before", "kill-torn", "kill-after"]);
    for (const { end } of all) expect(end.signal).toBe("SIGKILL");
    await expectGoingOn(all);
  });

  it("ends with an error that is named where the disk is full, and goes on", async () => {
    const all = await everywhere(["no-space"]);
    const codes = new Set(all.map(({ end }) => end.fault));
    expect(codes).toEqual(new Set([undefined, "disk-full", "write-failed"]));
    for (const { end } of all) {
      expect(end.code).toBe(end.fault === undefined ? 0 : 1);
      expect(end.isThrough).toBe(end.fault === undefined);
    }
    await expectGoingOn(all);
  });

  it("ends with an error that is named where the disk is broken, and goes on", async () => {
    const all = await everywhere(["io-error"]);
    const codes = new Set<string | undefined>();
    let ended = 0;
    for (const { end } of all) {
      expect(end.isThrough).toBe(false);
      expect(end.code).not.toBe(0);
      // LMDB may end the process where it cannot write a page.
      if (end.signal === null) codes.add(end.fault);
      else ended += 1;
    }
    expect(codes).toEqual(new Set(["cannot-open", "write-failed"]));
    expect(ended).toBeLessThan(all.length / 4);
    await expectGoingOn(all);
  });
});
