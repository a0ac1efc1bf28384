import { naturalWarmUpEnd } from "../../../core/feed/backfill-plan.ts";
import type { BarColumns } from "../../../core/market/bar-columns.ts";
import { fail } from "../../../core/time/failure.ts";
import { formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import type { GatewayOptions } from "../../../sim/gateway-options.ts";
import type { BarFile } from "../bars/bar-file.ts";
import type { RunFlags } from "../terminal/options.ts";
import { countText } from "../terminal/talk.ts";
import { barsOfFile, carryOut, setUpRun } from "./run-setup.ts";
import { playOut, simulate } from "./simulate.ts";

/** What a live run from a file of bars is told. */
export interface LiveSimFlags extends RunFlags {
  readonly sim: string;
  readonly start: UnixMs;
  readonly backfill: boolean;
  readonly historyBars?: number;
  readonly outage: readonly TimeRange[];
  readonly seed: number;
}

/** `barline live STRATEGY --sim FILE --start INSTANT`: in virtual time. */
export async function liveFromFile(strategyFile: string, flags: LiveSimFlags): Promise<void> {
  const setup = await setUpRun(strategyFile, barsOfFile(flags.sim, flags), flags);
  const { strategy, file, broker, options, talk } = setup;
  const { start, backfill } = flags;
  const { bars, leftOut } = await file.load();
  requireWithin(flags, bars);
  if (leftOut > 0) talk.say(`  ${countText(leftOut)} faulty rows left out`);
  const time = new VirtualTime(start);
  await carryOut(setup, {
    time,
    tellsSignals: true,
    begin: (observed) =>
      simulate({
        strategy,
        broker,
        file,
        bars,
        time,
        backfill,
        gateway: gatewayOf(flags, bars),
        options: { ...options, ...observed },
      }),
    ended: (run) => playOut(run, time),
    remark: (run) => (backfill ? naturalText(file, start, run.summary().warmUpBars) : undefined),
  });
}

function requireWithin({ sim, start }: LiveSimFlags, bars: BarColumns): void {
  if (bars.length === 0)
    fail("no-bars", "it has no bars", { where: sim, cure: "give one that has" });
  const first = bars.openTime[0]!;
  const last = bars.closeTime[bars.length - 1]!;
  if (first <= start && start < last) return;
  fail("invalid-option", `${formatInstant(start)} lies outside the market's time`, {
    where: "--start",
    cure: `${sim} has bars from ${formatInstant(first)} to ${formatInstant(last)}; start within`,
  });
}

/** The gateway that the options describe. */
function gatewayOf(flags: LiveSimFlags, bars: BarColumns): GatewayOptions {
  const outages = [...flags.outage].sort((a, b) => a.from - b.from);
  const options: GatewayOptions = { seed: flags.seed, outages };
  if (flags.historyBars === undefined) return options;
  let closed = 0;
  while (closed < bars.length && bars.closeTime[closed]! <= flags.start) closed += 1;
  const first = closed - flags.historyBars;
  return first < 0 ? options : { ...options, historyFrom: bars.openTime[first] ?? flags.start };
}

/** How long warming up on live bars alone takes from an instant on. */
function naturalText(file: BarFile, start: UnixMs, warmUpBars: number): string {
  const end = naturalWarmUpEnd(file.grid(file.series), start, warmUpBars);
  const until = end === undefined ? "past the end of the calendar" : formatInstant(end);
  return `without backfill the ${warmUpBars} bars to warm up would have taken until ${until}`;
}
