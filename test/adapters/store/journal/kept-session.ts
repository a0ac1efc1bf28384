import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { isAlive, thisProcess } from "../../../../adapters/store/lmdb/running-process.ts";
import { ema } from "../../../../core/indicators/ema.ts";
import { sma } from "../../../../core/indicators/sma.ts";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import { instant, MINUTE_MS, type UnixMs, utcDay } from "../../../../core/time/instant.ts";
import { TradingCalendar } from "../../../../core/time/trading-calendar.ts";
import type { Order } from "../../../../core/trading/order.ts";
import { defineStrategy, type Strategy } from "../../../../core/trading/strategy.ts";
import type { Truth } from "../../../../sim/index.ts";
import { ExternalBroker } from "../../../support/external-broker.ts";
import { ExternalExchange } from "../../../support/external-exchange.ts";
import type { JournaledSetting } from "../../../support/journaled-world.ts";
import { barAt, market } from "../../../support/market.ts";

/** One session of a run, as its process and whoever looks after it know it. */
export interface KeptSession {
  /** Its folder; the store is `store` in it, the ledger of the market `ledger`. */
  readonly folder: string;
  /** Of what becomes of its orders. */
  readonly seed: number;
  /** Bars of the market, the first 12 of which are over when the session begins. */
  readonly bars: number;
}

/** What a process is told. */
export interface SessionTask extends KeptSession {
  /** When it starts, and when it is over; default: at the end of the session. */
  readonly from: UnixMs;
  readonly to?: UnixMs;
}

const BARS_BEFORE = 12;
/** At the end of the market nothing is traded, and all is told. */
const QUIET_BARS = 8;

const FROM = "2024-03-04T00:00:00Z";
const ALWAYS = calendarByName("24/7");
/** Of a calendar that reaches far, each life would write down some thousand sessions first. */
const CALENDAR = new TradingCalendar({
  name: ALWAYS.name,
  zone: ALWAYS.zone,
  firstDay: utcDay(instant(FROM)) - 30,
  lastDay: utcDay(instant(FROM)) + 60,
  sessionOn: (day) => ALWAYS.sessionOn(day),
});

export function truthOf({ bars }: Pick<KeptSession, "bars">): Truth {
  return market({ calendar: CALENDAR, size: "15m", from: FROM, bars });
}

export function startOf(truth: Truth): UnixMs {
  return barAt(truth, BARS_BEFORE).openTime + 5 * MINUTE_MS;
}

/** The last bar has just begun. */
export function endOf(truth: Truth): UnixMs {
  return lastOf(truth) + 5 * MINUTE_MS;
}

/** When the last bar opens, which does not close before the end. */
export function lastOf(truth: Truth): UnixMs {
  return barAt(truth, -1).openTime;
}

/** From when on nothing is traded. */
export function closingOf(truth: Truth): UnixMs {
  return barAt(truth, -QUIET_BARS).openTime;
}

/** Says on each bar what it sees, and trades often. */
export function strategyOf(truth: Truth): Strategy {
  const closing = closingOf(truth);
  return defineStrategy({
    name: "watchful",
    parameters: {},
    setup(declare) {
      const fast = declare.indicator(sma(3));
      const slow = declare.indicator(ema(5, { tolerance: 0.5 }));
      const memory = declare.memory({ bars: 0 });
      return {
        onBar(bar, trade) {
          memory.bars += 1;
          const isUp = fast.value > slow.value;
          trade.signal(`${memory.bars} ${isUp}`);
          if (bar.closeTime <= closing) trade.target(isUp ? 1 + (memory.bars % 3) : -1);
        },
      };
    },
  });
}

/**
 * The market as its ledger says, a file that outlives every process: a line for each order that was
 * sent, in the order in which they were.
 */
export function exchangeOf({ folder, seed }: KeptSession): ExternalExchange {
  const exchange = new ExternalExchange({ seed, lostShare: 0.1, workingMs: 20 * MINUTE_MS });
  for (const { order, at } of ledgerOf(folder)) exchange.send(order, at);
  return exchange;
}

/** All orders that were ever sent. */
export function ledgerOf(folder: string): readonly { order: Order; at: UnixMs }[] {
  const path = join(folder, "ledger");
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

/** A run whose orders go to the ledger, in a process of this machine. */
export function settingOf(session: KeptSession): JournaledSetting {
  const truth = truthOf(session);
  const { folder, seed } = session;
  return {
    truth,
    strategy: () => strategyOf(truth),
    snapshotBars: 16,
    isSeamed: true,
    processes: { thisProcess, isAlive },
    broker: (time) =>
      new ExternalBroker(exchangeOf(session), time, {
        seed,
        unheardShare: 0.2,
        onSend: (order) => note(join(folder, "ledger"), JSON.stringify({ order, at: time.now() })),
      }),
  };
}

function note(path: string, line: string): void {
  const file = openSync(path, "a");
  writeSync(file, `${line}\n`);
  closeSync(file);
}
