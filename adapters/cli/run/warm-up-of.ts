import { run } from "../../../core/engine/run.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { series } from "../../../core/market/series.ts";
import { BarGrid } from "../../../core/time/bar-grid.ts";
import type { BarSize } from "../../../core/time/bar-size.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { instant } from "../../../core/time/instant.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import type { Parameters, Strategy } from "../../../core/trading/strategy.ts";
import { SimBroker } from "../../../sim/sim-broker.ts";

/**
 * How many bars a strategy asks a source for before its first decision. It is set up once for it,
 * on a market that never closes and never has a bar, because no contract is known yet.
 */
export function warmUpOf(strategy: Strategy, parameters: Parameters, size: BarSize): number {
  const calendar = calendarByName("24/7");
  let asked = 0;
  const probe = run({
    strategy,
    parameters,
    series: series(instrument("X"), size),
    source: {
      open: ({ warmUpBars = 0 }) => {
        asked = warmUpBars;
        return { close: () => {}, pause: () => {}, resume: () => {} };
      },
    },
    broker: new SimBroker(),
    clock: new VirtualTime(MIDDLE),
    grid: (of) => new BarGrid(calendar, of.size),
  });
  probe.stop();
  const { outcome } = probe;
  if (outcome?.kind === "crashed") throw outcome.error;
  return asked;
}

/** Somewhere in the time that the calendar knows. */
const MIDDLE = instant("2020-01-01T00:00:00Z");
