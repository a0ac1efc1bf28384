import { type Contender, takeTurns } from "../lib/take-turns.ts";
import { type Feeds, feeds, MappedFeeds, type Received, SplicedFeeds } from "./feeds.ts";

/** Measures the sequencer in this process and sends the timings by name to the parent. */

const WARM_UP_TURNS = 3;

interface Joined {
  readonly received: Received;
  backfill(): void;
  live(): void;
}

function contenders(name: string, join: () => Joined, given: Feeds): Contender[] {
  let joined: Joined;
  const requireBars = (bars: number): void => {
    if (joined.received.bars !== bars) throw new Error(`${name}: ${joined.received.bars} bars`);
  };
  const prepare = (): void => {
    joined = join();
  };
  return [
    {
      name: `${name}, backfill`,
      prepare,
      pass: () => {
        joined.backfill();
        requireBars(given.history.length);
      },
    },
    {
      name: `${name}, live`,
      prepare: () => {
        prepare();
        joined.backfill();
      },
      pass: () => {
        joined.live();
        requireBars(given.history.length + given.live.length);
      },
    },
  ];
}

/** All bars in order, each once: only then is there something to compare. */
function requireSameResult(given: Feeds): void {
  const results = [new MappedFeeds(given), new SplicedFeeds(given)].map((joined) => {
    joined.backfill();
    joined.live();
    return joined.received;
  });
  const [mapped, spliced] = results;
  if (mapped!.bars !== spliced!.bars || mapped!.sum !== spliced!.sum) {
    throw new Error("the two ways come to different bars");
  }
}

const [historyBars, liveBars, turns] = process.argv.slice(2).map(Number);
const given = feeds(historyBars!, liveBars!);
requireSameResult(given);
const race = [
  ...contenders("hand-written map", () => new MappedFeeds(given), given),
  ...contenders("barline splice", () => new SplicedFeeds(given), given),
];
process.send!(Object.fromEntries(await takeTurns(race, turns!, WARM_UP_TURNS)));
