// Goal: a process that is killed while it trades, at any moment and hundreds of times, has lost
// nothing that it acknowledged, has sent no order twice, and ends as the one that never died.
import { describe, expect, it } from "vitest";
import { MINUTE_MS } from "../../../../core/time/instant.ts";
import { Random } from "../../../../sim/random.ts";
import { inPairs } from "../lmdb/store-child.ts";
import { closingOf, startOf, truthOf } from "./kept-session.ts";
import { type LifeOptions, SessionLab } from "./session-lab.ts";
import { SessionWatch, unhurtSession } from "./session-watch.ts";

const BARS = 180;
/** Kills of one round, and rounds. By night they are 500 together. */
const KILLS = Number(process.env.BARLINE_KILLS ?? 150) / 5;
const ROUNDS = 5;

const lab = new SessionLab();
const unhurt = unhurtSession(lab.session(0, BARS));
const figures = { sessions: 0, kills: 0, orders: 0, commits: 0, unacknowledged: 0 };

/** Lets the rounds that are over, and this one, have their kills. */
let quota = 0;

/** Kills while it starts, or some moments after one of the next commits was acknowledged. */
function killed(random: Random): Pick<LifeOptions, "onCommit"> {
  const commits = random.chance(0.1) ? 0 : random.integer(1, 9);
  const delayMs = random.integer(0, commits === 0 ? 150 : 4);
  let isDue = false;
  return {
    onCommit: (said, child) => {
      if (isDue || said < commits) return;
      isDue = true;
      const kill = (): void => void child.kill("SIGKILL");
      if (delayMs === 0) kill();
      else setTimeout(kill, delayMs);
    },
  };
}

/** Kills a session again and again until it is nearly over, and lets it come to its end. */
async function liveThrough(seed: number): Promise<void> {
  const random = new Random(seed, "kills");
  const session = lab.session(seed, BARS);
  const watch = new SessionWatch(session);
  const closing = closingOf(truthOf(session));
  let from = startOf(truthOf(session));
  for (;;) {
    const isLast = from >= closing || figures.kills >= quota;
    const end = await lab.live({ ...session, from }, isLast ? {} : killed(random));
    expect(end.stderr).toBe("");
    const at = watch.look(end);
    if (end.signal === null) expect(end).toMatchObject({ code: 0, isThrough: true });
    else expect(end.signal).toBe("SIGKILL");
    if (end.isThrough) break;
    figures.kills += 1;
    const dead = random.integer(0, 30) * MINUTE_MS;
    if (at !== undefined) from = Math.min(Math.max(from, at) + dead, closing);
  }
  watch.expectWhole(unhurt);
  figures.sessions += 1;
  figures.orders += watch.orders;
  figures.commits += watch.commits;
  figures.unacknowledged += watch.unacknowledged;
}

describe("a process that trades", () => {
  it.each(Array.from({ length: ROUNDS }, (_, round) => round))(
    "may be killed at any moment, and cannot be told from one that was not: round %i",
    async (round) => {
      quota = KILLS * (round + 1);
      await inPairs([1_000 * round, 1_000 * round + 500], async (first) => {
        for (let seed = first; figures.kills < quota; seed += 1) await liveThrough(seed);
      });
      expect(figures.kills).toBeGreaterThanOrEqual(quota);
    },
  );

  it("was killed in all ways", () => {
    expect(figures.kills).toBeGreaterThanOrEqual(KILLS * ROUNDS);
    expect(figures.sessions).toBeGreaterThan(5);
    expect(figures.orders).toBeGreaterThan(100);
    expect(figures.commits).toBeGreaterThan(1_000);
    // Some died between a commit and the word of it.
    expect(figures.unacknowledged).toBeGreaterThan(0);
  });
});
