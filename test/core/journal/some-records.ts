import fc from "fast-check";
import type { JournalRecord } from "../../../core/journal/journal-record.ts";
import type { Fill, Order } from "../../../core/trading/order.ts";
import { SERIES } from "../feed/seam/seam-fixture.ts";
import { numbers, ranges, texts, words } from "../feed/words/some-words.ts";

const { instrument } = SERIES;
const small = fc.nat(0xff);
const places = fc.nat(0xffff_ffff);
const sides = fc.constantFrom("buy", "sell");
const states = fc.constantFrom("INITIALIZING", "WARMING_UP", "READY", "SUSPENDED", "STOPPED");
const kind = <const T>(value: T) => fc.constant(value);

export const orders = fc.record({
  id: numbers,
  instrument: kind(instrument),
  side: sides,
  quantity: numbers,
  submittedAt: numbers,
}) as unknown as fc.Arbitrary<Order>;

export const fills = fc.record({
  orderId: numbers,
  instrument: kind(instrument),
  side: sides,
  quantity: numbers,
  price: numbers,
  fee: numbers,
  at: numbers,
}) as unknown as fc.Arbitrary<Fill>;

export const knownCalendars = fc.record({
  name: texts,
  zone: texts,
  firstDay: numbers,
  lastDay: numbers,
  sessions: fc.array(fc.record({ day: numbers, segments: fc.array(ranges, { maxLength: 3 }) }), {
    maxLength: 5,
  }),
});

/** Instants or nothing: what is open is kept as no number. */
const bounds = fc.option(fc.double({ noNaN: true }), { nil: undefined });
const settings = fc.dictionary(texts, fc.oneof(numbers, texts, fc.boolean(), kind(undefined)), {
  noNullPrototype: true,
});

const kinds: { readonly [K in JournalRecord["kind"]]: fc.Arbitrary<unknown> } = {
  begin: fc.record({ kind: kind("begin"), at: numbers }),
  calendar: fc.record({ kind: kind("calendar"), at: numbers, known: knownCalendars }),
  word: fc.record({ kind: kind("word"), at: numbers, word: words }),
  filled: fc.record({ kind: kind("filled"), at: numbers, fill: fills }),
  refused: fc.record({ kind: kind("refused"), at: numbers, orderId: numbers, reason: texts }),
  stop: fc.record({ kind: kind("stop"), at: numbers, reason: texts }),
  state: fc.record({
    kind: kind("state"),
    change: fc.record({
      at: numbers,
      from: states,
      to: states,
      reason: texts,
      bars: numbers,
      required: numbers,
    }),
  }),
  signal: fc.record({ kind: kind("signal"), at: numbers, seq: numbers, name: texts }),
  order: fc.record({
    kind: kind("order"),
    event: fc.record({
      order: orders,
      status: fc.constantFrom("submitted", "filled", "rejected", "canceled"),
      at: numbers,
      reason: texts,
    }),
  }),
  fill: fc.record({ kind: kind("fill"), fill: fills }),
  mark: fc.record({ kind: kind("mark"), seq: numbers, digest: texts }),
  opened: fc.record({
    kind: kind("opened"),
    at: numbers,
    from: bounds,
    to: bounds,
    warmUpBars: numbers,
    known: numbers,
    settings,
  }),
  heard: fc.record({
    kind: kind("heard"),
    at: numbers,
    stream: places,
    sources: places,
    depth: small,
    word: words,
  }),
  due: fc.record({ kind: kind("due"), at: numbers, timer: numbers }),
};

/** Any record of a journal of a run on `SERIES`, of every kind, whether it makes sense or not. */
export const records = fc.oneof(...Object.values(kinds)) as unknown as fc.Arbitrary<JournalRecord>;
