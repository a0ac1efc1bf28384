import type { OrderedStore } from "../../../adapters/store/port/ordered-store.ts";
import type { BarBatch, BarSink, BarSource } from "../../../core/feed/bar-source.ts";
import type { FeedEvent } from "../../../core/feed/feed-event.ts";
import type { Bar } from "../../../core/market/bar.ts";
import { BarColumns } from "../../../core/market/bar-columns.ts";
import type { Strategy } from "../../../core/trading/strategy.ts";
import type { Composition } from "../../../sim/fleet/life.ts";
import { changed } from "../../support/market.ts";

/** A bug as someone could make it, put in the place of a sound part. */
export interface PlantedBug {
  readonly name: string;
  /** The only fault in the runs in which it is looked for; default: whatever is drawn. */
  readonly fault?: string;
  readonly plant: () => Composition;
}

/** What stands between a source and who listens to it. */
type Spoil = (sink: BarSink) => Partial<BarSink>;

function spoiled(spoil: Spoil): (source: BarSource) => BarSource {
  return (source) => ({
    ...(source.impliesFinals === undefined ? {} : { impliesFinals: source.impliesFinals }),
    open: (query, sink) =>
      source.open(query, {
        bars: (batch) => sink.bars(batch),
        coverage: (range) => sink.coverage(range),
        event: (event) => sink.event(event),
        end: (outcome) => sink.end(outcome),
        ...spoil(sink),
      }),
  });
}

/** Changes batches that are live, from the third on. */
function live(change: (batch: BarBatch, sink: BarSink, number: number) => void): () => Composition {
  return () => {
    let number = 0;
    return {
      source: spoiled((sink) => ({
        bars: (batch) => {
          if (batch.origin === "live") number += 1;
          if (batch.origin === "live" && number >= 3) change(batch, sink, number);
          else sink.bars(batch);
        },
      })),
    };
  };
}

function withBars(batch: BarBatch, change: (bar: Bar) => Bar): BarBatch {
  return { ...batch, bars: BarColumns.of([...batch.bars].map(change)) };
}

function events(change: (event: FeedEvent, sink: BarSink) => void): () => Composition {
  return () => ({ source: spoiled((sink) => ({ event: (event) => change(event, sink) })) });
}

/** Every commit reaches the disk one transaction late. */
function lateStore(store: OrderedStore): OrderedStore {
  let waiting: Parameters<OrderedStore["write"]>[0] | undefined;
  let writes = 0;
  return {
    read: (work) => store.read(work),
    close: () => store.close(),
    write: <T>(work: Parameters<typeof store.write<T>>[0]): T => {
      writes += 1;
      // What a start writes is read at once.
      if (writes < 6) return store.write(work);
      const before = waiting;
      waiting = work;
      if (before !== undefined) store.write(before);
      return undefined as T;
    },
  };
}

function strategy(change: (rules: Strategy) => Strategy): () => Composition {
  return () => ({ strategy: change });
}

/** Twelve and more bugs, each of which the fleet has to find. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: "a forming bar goes out as final",
    plant: live((batch, sink) =>
      sink.bars(withBars(batch, (bar) => changed(bar, { volume: Math.floor(bar.volume / 2) }))),
    ),
  },
  {
    name: "a bar is dropped",
    plant: live((batch, sink, number) => {
      if (number !== 4) sink.bars(batch);
    }),
  },
  {
    name: "a bar is doubled",
    plant: live((batch, sink, number) => {
      sink.bars(batch);
      if (number === 4) sink.bars(batch);
    }),
  },
  {
    name: "a repaired bar is lost",
    fault: "lost-link",
    plant: () => ({
      source: spoiled((sink) => ({
        bars: (batch) => {
          if (batch.origin !== "repair") sink.bars(batch);
        },
      })),
    }),
  },
  {
    name: "a revision is forgotten",
    fault: "disagreement",
    plant: events((event, sink) => {
      if (event.type !== "revision") sink.event(event);
    }),
  },
  {
    name: "a revision names the wrong bar",
    fault: "revision",
    plant: events((event, sink) => {
      const isNamed = event.type === "revision" && event.before !== null;
      sink.event(isNamed ? { ...event, before: changed(event.after, { volume: 1 }) } : event);
    }),
  },
  {
    name: "a revision is told twice",
    fault: "disagreement",
    plant: events((event, sink) => {
      sink.event(event);
      if (event.type === "revision") sink.event(event);
    }),
  },
  {
    name: "an outage is not told, and the run stays READY",
    fault: "lost-link",
    plant: events((event, sink) => {
      const isTold = event.type !== "status" || ["backfilling", "live"].includes(event.state);
      if (isTold) sink.event(event);
    }),
  },
  {
    name: "prices of the backfill are one cent off",
    plant: () => ({
      source: spoiled((sink) => ({
        bars: (batch) => {
          const raised = (bar: Bar): Bar => changed(bar, { high: bar.high + 0.01 });
          sink.bars(batch.origin === "backfill" ? withBars(batch, raised) : batch);
        },
      })),
    }),
  },
  {
    name: "the labels of bars are a second late",
    plant: live((batch, sink) => {
      const moved = (bar: Bar): Bar => changed(bar, { openTime: bar.openTime + 1_000 });
      sink.bars(withBars(batch, moved));
    }),
  },
  {
    name: "effects come before their commit",
    plant: () => ({ store: lateStore }),
  },
  {
    name: "an effect is told twice",
    plant: () => ({
      observer: (observer) => ({
        ...observer,
        signal: (at, seq, name) => {
          observer.signal(at, seq, name);
          observer.signal(at, seq, name);
        },
      }),
    }),
  },
  {
    name: "a value is rounded on its way",
    plant: () => ({
      observer: (observer) => ({
        ...observer,
        indicator: (seq, name, value) => observer.indicator(seq, name, Math.round(value * 8) / 8),
      }),
    }),
  },
  {
    name: "a strategy's memory is lost in a restart",
    fault: "kill",
    plant: strategy((sound) => {
      let bars = 0;
      return {
        ...sound,
        setup: (declare, parameters) => {
          const rules = sound.setup(declare, parameters);
          return {
            onBar: (bar, trade) => {
              bars += 1;
              if (bars % 7 === 0) trade.signal(`${bars}`);
              rules.onBar(bar, trade);
            },
          };
        },
      };
    }),
  },
  {
    name: "the connection is opened twice",
    plant: () => ({
      client: (client) => ({
        connect: (clientId, hear) => {
          client.connect(clientId + 1, () => {});
          return client.connect(clientId, hear);
        },
      }),
    }),
  },
];
