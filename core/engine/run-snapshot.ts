import type { ByteReader } from "../codec/byte-reader.ts";
import type { ByteWriter } from "../codec/byte-writer.ts";
import { readPlain, writePlain } from "../codec/plain-value.ts";
import type { Instrument } from "../market/instrument.ts";
import { BarlineError } from "../time/failure.ts";
import type { UnixMs } from "../time/instant.ts";
import type { BrokerState } from "../trading/broker.ts";
import type { Portfolio } from "../trading/portfolio.ts";
import type { BarTeller } from "./bar-teller.ts";
import type { DerivedBars } from "./derived-bars.ts";
import type { DerivedSeries } from "./derived-series.ts";
import type { Desk } from "./desk.ts";
import type { RunStateKeeper } from "./run-state.ts";
import type { SeriesFeed } from "./series-feed.ts";

/** Everything of a run that changes with what it hears, but for its equity curve. */
export interface RunParts {
  readonly main: SeriesFeed;
  readonly derived: readonly DerivedSeries[];
  readonly derivedBars: DerivedBars;
  readonly teller: BarTeller;
  readonly desk: Desk;
  readonly state: RunStateKeeper;
  readonly portfolio: Portfolio;
  readonly instrument: Instrument;
  /** Undefined where the strategy did not promise to remember everything in it. */
  readonly memory: Record<string, unknown> | undefined;
  /** Undefined where the broker is no part of the run. */
  readonly broker: BrokerState | undefined;
  /** Everything that opens before this instant was heard, or is known not to come. */
  goesOnAt: UnixMs;
}

/** Whether all of a run can be saved: its indicators, and what its strategy remembers. */
export function canSaveRun({ main, derived, derivedBars, memory }: RunParts): boolean {
  if (memory === undefined || derivedBars.areWaiting) return false;
  return main.canSave && derived.every(({ canSave }) => canSave);
}

/** Writes the state of a run. Throws `not-plain` for a memory that cannot be kept. */
export function saveRun(to: ByteWriter, parts: RunParts): void {
  const { main, derived, teller, desk, state, portfolio, memory, broker } = parts;
  to.float64(teller.seq).float64(parts.goesOnAt);
  main.save(to);
  for (const each of derived) each.save(to);
  desk.save(to);
  state.save(to);
  portfolio.save(to);
  writePlain(to, memory, "the strategy's memory");
  to.bool(broker !== undefined);
  broker?.save(to);
}

/** Reads what `saveRun` wrote into the parts of a new run; throws `damaged-bytes`. */
export function loadRun(from: ByteReader, parts: RunParts): void {
  const { main, derived, desk, state, portfolio, instrument, memory, broker } = parts;
  parts.teller.seq = from.float64();
  parts.goesOnAt = from.float64();
  main.load(from);
  for (const each of derived) each.load(from);
  desk.load(from);
  state.load(from);
  portfolio.load(from, [instrument]);
  remember(memory!, readPlain(from) as Record<string, unknown>);
  if (from.bool() !== (broker !== undefined)) {
    throw new BarlineError("damaged-bytes", "it was saved with another kind of broker");
  }
  broker?.load(from, new Map(desk.openOrders.map((order) => [order.id, order])));
}

/**
 * The strategy has the record in its hands, and maybe lists and records that were in it from the
 * beginning: what is in them is exchanged, and they stay.
 */
function remember(memory: Record<string, unknown>, saved: Record<string, unknown>): void {
  for (const name of Object.keys(memory)) if (!Object.hasOwn(saved, name)) delete memory[name];
  for (const [name, value] of Object.entries(saved)) memory[name] = restored(memory[name], value);
}

function restored(held: unknown, saved: unknown): unknown {
  if (!isAny(held) || !isAny(saved) || Array.isArray(held) !== Array.isArray(saved)) return saved;
  if (Object.isFrozen(held)) return saved;
  if (Array.isArray(held)) held.length = (saved as unknown as readonly unknown[]).length;
  remember(held, saved);
  return held;
}

function isAny(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
