// Goal: a store with a journal in it that was altered or cut short leads to a run that is right, or
// to an error that is named: when it is opened, when it is read, or by whoever verifies it.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkDataFile, DATA_FILE } from "../../../../adapters/store/lmdb/data-file.ts";
import { BarlineError } from "../../../../core/time/failure.ts";
import { MINUTE_MS } from "../../../../core/time/instant.ts";
import { Random } from "../../../../sim/random.ts";
import { barline, IF_15M, SMA_CROSS } from "../../cli/barline.ts";
import { inPairs } from "../lmdb/store-child.ts";
import { type KeptSession, startOf, truthOf } from "./kept-session.ts";
import { type LifeEnd, SessionLab } from "./session-lab.ts";
import { SessionWatch, unhurtSession } from "./session-watch.ts";

const BARS = 40;
const PAGE_BYTES = 4_096;
/** Of so many bits. */
const HALF = 150;

const lab = new SessionLab();
const truth = truthOf({ bars: BARS });
const from = startOf(truth);
const middle = from + 10 * 15 * MINUTE_MS;
const unhurt = unhurtSession(lab.session(0, BARS));

/** A session that was ended in the middle, and its file as far as it is used. */
async function pristineSession(): Promise<{ readonly whole: KeptSession; readonly used: Buffer }> {
  const whole = lab.session(9, BARS);
  expect(await lab.live({ ...whole, from, to: middle })).toMatchObject({ isThrough: true });
  const bytes = readFileSync(join(whole.folder, "store", "data.mdb"));
  const pages = Math.ceil((bytes.findLastIndex((byte) => byte !== 0) + 1) / PAGE_BYTES);
  return { whole, used: bytes.subarray(0, pages * PAGE_BYTES) };
}

/** The same session with other bytes in its store. */
function damagedSession(whole: KeptSession, bytes: Uint8Array): KeptSession {
  const session = lab.session(whole.seed, BARS);
  mkdirSync(join(session.folder, "store"));
  writeFileSync(join(session.folder, "store", "data.mdb"), bytes);
  copyFileSync(join(whole.folder, "ledger"), join(session.folder, "ledger"));
  return session;
}

/** Goes on with each, in another process where one died of it; gives what that came to. */
async function outcomesOf(sessions: readonly KeptSession[]): Promise<string[]> {
  const outcomes: string[] = [];
  while (outcomes.length < sessions.length) {
    const rest = sessions.slice(outcomes.length);
    const ends = await lab.liveEach(rest.map((session) => ({ ...session, from: middle })));
    for (const [index, end] of ends.entries()) outcomes.push(outcomeOf(rest[index]!, end));
    // Of its own accord it goes on after everything that has a name.
    if (ends.at(-1)!.signal === null) expect(ends.at(-1)!.stderr).toBe("");
  }
  return outcomes;
}

function outcomeOf(session: KeptSession, end: LifeEnd): string {
  if (end.fault !== undefined) return end.fault;
  if (!end.isThrough) return "died";
  try {
    const watch = new SessionWatch(session);
    watch.look({ commits: end.commits });
    watch.expectWhole(unhurt);
    return "right";
  } catch (error) {
    if (error instanceof BarlineError) return "later";
    throw error;
  }
}

function isNotOpened({ folder }: KeptSession): boolean {
  try {
    checkDataFile(join(folder, "store", DATA_FILE), true);
    return false;
  } catch {
    return true;
  }
}

/** The program says that the store is damaged. */
async function expectNamed({ folder }: KeptSession, words: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await barline([...words, "--store", join(folder, "store")]);
  expect(stdout + stderr).toMatch(/damaged|its head|checksum/);
  expect([1, 2]).toContain(code);
}

function tally(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** Any bit of a file, most often one of those that say where everything is. */
function drawBit(random: Random, used: Buffer): number {
  const byte = random.integer(0, used.length - 1);
  const isInHead = random.chance(0.5);
  const inHead = byte - (byte % PAGE_BYTES) + random.integer(0, 167);
  return 8 * (isInHead ? Math.min(inHead, used.length - 1) : byte) + random.integer(0, 7);
}

describe("a store with a journal that is damaged", () => {
  it("is gone on with where the bit does not matter, and named where it does", async () => {
    const { whole, used } = await pristineSession();
    const random = new Random(17, "bits");
    const sessions = Array.from({ length: 2 * HALF }, () => {
      const bit = drawBit(random, used);
      const bytes = Buffer.from(used);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      return damagedSession(whole, bytes);
    });
    const outcomes = new Map<KeptSession, string>();
    await inPairs([sessions.slice(0, HALF), sessions.slice(HALF)], async (half) => {
      for (const [index, outcome] of (await outcomesOf(half)).entries()) {
        outcomes.set(half[index]!, outcome);
      }
    });
    const counts = tally([...outcomes.values()]);
    const { right = 0, later = 0, died = 0, ...refused } = counts;
    expect(Object.keys(refused).sort()).toEqual(["damaged-store"]);
    expect(right).toBeGreaterThan(HALF);
    expect(later).toBeGreaterThan(10);
    expect(refused["damaged-store"]).toBeGreaterThan(20);
    // All that LMDB follows is looked at before it does.
    expect(died).toBeLessThanOrEqual(2);
    const some = (outcome: string): KeptSession[] =>
      sessions.filter((session) => outcomes.get(session) === outcome).slice(0, 3);
    for (const session of [...some("later"), ...some("damaged-store")]) {
      await expectNamed(session, ["bars", "verify"]);
    }
    const market = ["--sim", IF_15M, "--calendar", "CFFEX", "--start", "2024-03-05T02:07:30Z"];
    const live = ["live", SMA_CROSS, ...market];
    // A commit of another run does not concern it.
    const unopened = sessions.filter(isNotOpened).slice(0, 3);
    expect(unopened).toHaveLength(3);
    for (const session of unopened) await expectNamed(session, live);
  });

  it("is refused when it is cut short", async () => {
    const { whole, used } = await pristineSession();
    const random = new Random(18, "lengths");
    const lengths = Array.from({ length: 60 }, () => random.integer(0, used.length - 1));
    const sessions = lengths.map((length) => damagedSession(whole, used.subarray(0, length)));
    const { right = 0, ...refused } = tally(await outcomesOf(sessions));
    expect(Object.keys(refused)).toEqual(["damaged-store"]);
    // Pages at the end that nothing is on are no loss.
    expect(right).toBeLessThan(15);
  });
});
